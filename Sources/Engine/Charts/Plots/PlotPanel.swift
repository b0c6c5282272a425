/// Lines and dots over two axes.
struct PlotPanel: Panel {
  struct Mark: Sendable {
    enum Shape: Sendable {
      case line(width: Double, dash: [Double])
      case dots(radius: Double, rim: Color?)
      /// What the points go around.
      case surface
    }

    var points: [Point]
    var color: Color
    var shape: Shape
    var opacity = 1.0
  }

  /// A name written beside a point.
  struct Note: Sendable {
    let text: String
    let at: Point
    let color: Color
  }

  var title = ""
  var x: AxisTitle
  var y: AxisTitle
  /// Fixed ends, for quantities that have them.
  var xRange: ClosedRange<Double>?
  var yRange: ClosedRange<Double>?
  /// The values that the vertical axis has to cover, where these are not all: what lies beyond
  /// leaves the plot at its frame.
  var yCovered: [Double]?
  /// The horizontal axis counts: epochs, boxes.
  var countsX = false
  var countsY = false
  /// Start at zero where all values are positive.
  var fromZeroX = false
  var fromZeroY = true
  /// The vertical axis points down, as rows of a picture do.
  var downwards = false
  var marks: [Mark]
  var notes: [Note] = []

  func draw(on canvas: Canvas, in area: Rectangle) {
    let points = marks.flatMap(\.points)
    let vertical = verticalAxis(points, height: area.height)
    let horizontal = horizontalAxis(points, width: area.width)
    let labels = vertical.ticks.map { canvas.width(of: $0.label, size: 11) }.max() ?? 0
    let frame = AxisFrame(
      plot: area.inset(left: labels + 26, top: title.isEmpty ? 8 : 24, right: 12, bottom: 38),
      horizontal: horizontal, vertical: vertical, downwards: downwards)
    frame.draw(on: canvas, title: title, x: x, y: y)
    guard points.contains(where: { $0.x.isFinite && $0.y.isFinite }) else {
      canvas.text(
        "no values", at: Point(x: frame.plot.midX, y: frame.plot.midY), color: Theme.faintText,
        anchor: .middle)
      return
    }
    // A line on the frame itself shows its full width; one that goes on beyond ends there.
    let above = yCovered != nil && points.contains { $0.y > vertical.upper }
    canvas.clipped(to: frame.plot.inset(left: -6, top: above ? 0 : -6, right: -6, bottom: -6)) {
      for mark in marks { draw(mark, in: frame, on: canvas) }
    }
    drawNotes(in: frame, on: canvas)
  }

  private func verticalAxis(_ points: [Point], height: Double) -> Axis {
    let count = max(2, Int(height / 55))
    guard let yRange else {
      return Axis(
        covering: yCovered ?? points.map(\.y), count: count, wholeNumbers: countsY, zero: fromZeroY)
    }
    return Axis(from: yRange.lowerBound, to: yRange.upperBound, count: count)
  }

  private func horizontalAxis(_ points: [Point], width: Double) -> Axis {
    // Small panels need their ticks as close as the labels allow.
    let count = max(2, Int(width / (width > 400 ? 80 : 55)))
    guard let range = xRange ?? countedRange(points.map(\.x)) else {
      return Axis(covering: points.map(\.x), count: count, wholeNumbers: countsX, zero: fromZeroX)
    }
    // A handful of epochs gets a tick each.
    let span = range.upperBound - range.lowerBound
    return Axis(
      from: range.lowerBound, to: range.upperBound,
      count: countsX && span <= 6 ? max(1, Int(span)) : count, wholeNumbers: countsX)
  }

  /// From zero to the last epoch; a handful of epochs starts at the first one.
  private func countedRange(_ values: [Double]) -> ClosedRange<Double>? {
    let finite = values.filter(\.isFinite)
    guard countsX, let least = finite.min(), let largest = finite.max(), least >= 0 else {
      return nil
    }
    let first = largest <= 12 ? least : 0
    // A single epoch stands in the middle.
    return first < largest ? first...largest : (first - 0.5)...(first + 0.5)
  }

  private func draw(_ mark: Mark, in frame: AxisFrame, on canvas: Canvas) {
    switch mark.shape {
    case .surface: canvas.fill(mark.points.map(frame.place), mark.color, opacity: mark.opacity)
    case .dots(let radius, let rim):
      for point in mark.points where point.x.isFinite && point.y.isFinite {
        canvas.dot(
          frame.place(point), radius: radius, mark.color, opacity: mark.opacity, rim: rim)
      }
    case .line(let width, let dash):
      // What is not finite breaks the line; a value alone between two breaks is a dot.
      let runs = mark.points.split { !($0.x.isFinite && $0.y.isFinite) }
      for run in runs {
        let places = run.map(frame.place)
        if places.count == 1 {
          // Of a dashed line a ring is left.
          canvas.dot(
            places[0], radius: width + 0.75, dash.isEmpty ? mark.color : .white,
            opacity: mark.opacity, rim: dash.isEmpty ? nil : mark.color)
        } else {
          canvas.line(places, mark.color, width: width, dash: dash, opacity: mark.opacity)
        }
      }
    }
  }

  /// Puts each name beside its point, where it covers neither a point nor another name; where there
  /// is no such place it is left out, as the legend has it, too.
  private func drawNotes(in frame: AxisFrame, on canvas: Canvas) {
    let dots = marks.flatMap(\.points).map(frame.place)
    var taken = dots.map { Rectangle(x: $0.x - 6, y: $0.y - 6, width: 12, height: 12) }
    for note in notes {
      let point = frame.place(note.at)
      let width = canvas.width(of: note.text, size: 11)
      let offsets: [(Double, Double)] = [
        (9, -7), (9, -20), (-9 - width, -7), (-width / 2, -24), (-width / 2, 10), (9, 6),
        (-9 - width, -22), (-9 - width, 8), (9, 20), (9, -34), (-9 - width, 22), (9, 34),
      ]
      let candidates = offsets.map {
        Rectangle(x: point.x + $0.0, y: point.y + $0.1, width: width, height: 14)
      }
      let inside = candidates.filter {
        $0.x >= frame.plot.x && $0.maxX <= frame.plot.maxX && $0.y >= frame.plot.y - 4
          && $0.maxY <= frame.plot.maxY + 4
      }
      let cost = { (place: Rectangle) in taken.reduce(0.0) { $0 + $1.overlap(place) } }
      guard let best = inside.first(where: { cost($0) == 0 }) else { continue }
      taken.append(best)
      canvas.text(note.text, at: Point(x: best.x, y: best.midY), size: 11, color: note.color)
    }
  }
}
