/// Two axes around a plot, with grid, ticks and titles.
struct AxisFrame {
  let plot: Rectangle
  let horizontal, vertical: Axis
  var downwards = false
  private let size = 11.0

  init(plot: Rectangle, horizontal: Axis, vertical: Axis, downwards: Bool = false) {
    (self.plot, self.horizontal, self.vertical) = (plot, horizontal, vertical)
    self.downwards = downwards
  }

  /// Where a point of data lies on the canvas.
  func place(_ point: Point) -> Point {
    let up = vertical.fraction(point.y)
    return Point(
      x: plot.x + plot.width * horizontal.fraction(point.x),
      y: downwards ? plot.y + plot.height * up : plot.maxY - plot.height * up)
  }

  func draw(on canvas: Canvas, title: String, x: AxisTitle, y: AxisTitle) {
    drawVertical(on: canvas, title: y)
    drawHorizontal(on: canvas, title: x)
    canvas.line([Point(x: plot.x, y: plot.y), Point(x: plot.x, y: plot.maxY)], Theme.frame)
    guard !title.isEmpty else { return }
    let shown = canvas.fitted(title, to: plot.width, size: 12, weight: .bold)
    canvas.text(
      shown, at: Point(x: plot.midX, y: plot.y - 14), size: 12, weight: .bold, anchor: .middle)
  }

  private func drawVertical(on canvas: Canvas, title: AxisTitle) {
    for tick in vertical.ticks {
      let at = place(Point(x: horizontal.lower, y: tick.value))
      canvas.line([at, Point(x: plot.maxX, y: at.y)], Theme.grid)
      canvas.text(tick.label, at: Point(x: plot.x - 6, y: at.y), size: size, anchor: .end)
    }
    let labels = vertical.ticks.map { canvas.width(of: $0.label, size: size) }.max() ?? 0
    canvas.text(
      [title.text, vertical.multiplier].filter { !$0.isEmpty }.joined(separator: "  "),
      at: Point(x: plot.x - labels - 17, y: plot.midY), size: size, anchor: .middle, upwards: true)
  }

  /// Grid, ticks, labels and title below the plot; where labels would touch, every second one is
  /// left out.
  func drawHorizontal(on canvas: Canvas, title: AxisTitle) {
    let widest = horizontal.ticks.map { canvas.width(of: $0.label, size: size) }.max() ?? 0
    let spacing = plot.width / Double(max(1, horizontal.ticks.count - 1))
    let every = spacing < widest + 6 ? 2 : 1
    for (index, tick) in horizontal.ticks.enumerated() {
      let at = Point(x: place(Point(x: tick.value, y: 0)).x, y: plot.maxY)
      canvas.line([Point(x: at.x, y: plot.y), at], Theme.grid)
      canvas.line([at, Point(x: at.x, y: at.y + 4)], Theme.frame)
      guard index % every == 0 else { continue }
      canvas.text(tick.label, at: Point(x: at.x, y: at.y + 13), size: size, anchor: .middle)
    }
    canvas.line([Point(x: plot.x, y: plot.maxY), Point(x: plot.maxX, y: plot.maxY)], Theme.frame)
    canvas.text(
      [title.text, horizontal.multiplier].filter { !$0.isEmpty }.joined(separator: "  "),
      at: Point(x: plot.midX, y: plot.maxY + 30), size: size, anchor: .middle)
  }
}
