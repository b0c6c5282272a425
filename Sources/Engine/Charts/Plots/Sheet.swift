/// One plot of a figure.
protocol Panel: Sendable {
  /// Draws the plot, its titles and its axes inside an area.
  func draw(on canvas: Canvas, in area: Rectangle)
}

/// Title, panels in a grid, legend: the frame of every figure.
struct Sheet: Drawing {
  var title: String
  /// A line below the title: what is shown, with which settings.
  var subtitle = ""
  var panels: [any Panel]
  var columns = 1
  var width = 720.0
  var panelHeight = 300.0
  var legend = Legend(entries: [])

  private let gap = 16.0
  private let subtitleSize = 11.0

  private var inner: Double { width - 2 * Theme.margin }

  private func header(on canvas: Canvas) -> (title: [String], subtitle: [String], height: Double) {
    let titles = canvas.broken(title, to: inner, size: Theme.titleSize, weight: .bold)
    let subtitles = canvas.broken(subtitle, to: inner, size: subtitleSize)
    return (
      titles, subtitles,
      Double(titles.count) * 20 + Double(subtitles.count) * 16 + 8
    )
  }

  private var rows: Int { (panels.count + columns - 1) / columns }

  func height(on canvas: Canvas) -> Double {
    let grid = Double(rows) * panelHeight + Double(max(0, rows - 1)) * gap
    let key = legend.height(width: inner, on: canvas)
    return header(on: canvas).height + grid + (key > 0 ? key + 8 : 0) + 2 * Theme.margin
  }

  func draw(on canvas: Canvas) {
    let header = header(on: canvas)
    var y = Theme.margin
    for line in header.title {
      canvas.text(
        line, at: Point(x: Theme.margin, y: y + 9), size: Theme.titleSize, weight: .bold)
      y += 20
    }
    for line in header.subtitle {
      canvas.text(
        line, at: Point(x: Theme.margin, y: y + 7), size: subtitleSize, color: Theme.faintText)
      y += 16
    }
    y = Theme.margin + header.height
    let panelWidth = (inner - gap * Double(columns - 1)) / Double(columns)
    for (index, panel) in panels.enumerated() {
      panel.draw(
        on: canvas,
        in: Rectangle(
          x: Theme.margin + Double(index % columns) * (panelWidth + gap),
          y: y + Double(index / columns) * (panelHeight + gap),
          width: panelWidth, height: panelHeight))
    }
    y += Double(rows) * (panelHeight + gap) - gap + 8
    legend.draw(on: canvas, x: Theme.margin, y: y, width: inner)
  }
}
