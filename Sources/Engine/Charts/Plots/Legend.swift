/// A key to colors and lines that takes as many rows as its entries need.
struct Legend: Sendable {
  struct Entry: Sendable {
    enum Mark: Sendable { case line(dash: [Double], width: Double), dot, square, ring }

    let name: String
    let color: Color
    let mark: Mark
  }

  let entries: [Entry]
  private let rowHeight = 18.0
  private let markWidth = 22.0
  private let gap = 18.0

  /// Each entry's place, from the top left of the legend, and the height of all; what needs several
  /// rows stands in columns where two fit, and names longer than a row go on in further lines.
  private func layout(
    width: Double, on canvas: Canvas
  ) -> (places: [(x: Double, y: Double, lines: [String])], height: Double) {
    var places: [(x: Double, y: Double, lines: [String])] = []
    var x = 0.0, y = 0.0, rows = 1.0
    let texts = entries.map { canvas.broken($0.name, to: width - markWidth - 6) }
    let widths = texts.map { lines in
      markWidth + 6 + (lines.map { canvas.width(of: $0) }.max() ?? 0)
    }
    let widest = widths.max() ?? 0
    let isGrid =
      widths.reduce(0, +) + gap * Double(widths.count - 1) > width && 2 * widest + gap <= width
    for (lines, own) in zip(texts, widths) {
      let needed = isGrid ? widest : own
      if x > 0, x + needed > width { (x, y, rows) = (0, y + rows * rowHeight, 1) }
      places.append((x, y, lines))
      rows = max(rows, Double(lines.count))
      x += needed + gap
    }
    return (places, entries.isEmpty ? 0 : y + rows * rowHeight)
  }

  /// How high the legend is at a width.
  func height(width: Double, on canvas: Canvas) -> Double {
    layout(width: width, on: canvas).height
  }

  func draw(on canvas: Canvas, x: Double, y: Double, width: Double) {
    let places = layout(width: width, on: canvas).places
    for (entry, place) in zip(entries, places) {
      let center = Point(x: x + place.x + markWidth / 2, y: y + place.y + rowHeight / 2)
      draw(entry, at: center, on: canvas)
      for (index, line) in place.lines.enumerated() {
        let below = Double(index) * rowHeight
        canvas.text(line, at: Point(x: x + place.x + markWidth + 6, y: center.y + below))
      }
    }
  }

  private func draw(_ entry: Entry, at center: Point, on canvas: Canvas) {
    let half = markWidth / 2
    switch entry.mark {
    case .line(let dash, let width):
      let ends = [Point(x: center.x - half, y: center.y), Point(x: center.x + half, y: center.y)]
      canvas.line(ends, entry.color, width: width, dash: dash)
    case .dot: canvas.dot(center, radius: 5, entry.color)
    case .ring: canvas.dot(center, radius: 4, .white, rim: entry.color)
    case .square:
      canvas.fill(
        Rectangle(x: center.x - 6, y: center.y - 6, width: 12, height: 12), entry.color)
    }
  }
}

extension Canvas {
  /// A text in lines of at most `limit` units, broken at blanks, and inside words that are longer.
  func broken(
    _ text: String, to limit: Double, size: Double = Theme.textSize, weight: Weight = .regular
  ) -> [String] {
    wrapped(text, to: limit, size: size, weight: weight).flatMap { line -> [String] in
      var pieces: [String] = [], rest = Substring(line)
      while width(of: String(rest), size: size, weight: weight) > limit, rest.count > 1 {
        var piece = rest
        while piece.count > 1, width(of: String(piece), size: size, weight: weight) > limit {
          piece = piece.dropLast()
        }
        pieces.append(String(piece))
        rest = rest[piece.endIndex...]
      }
      return pieces + [String(rest)]
    }
  }
}
