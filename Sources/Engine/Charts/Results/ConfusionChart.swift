/// Which class was taken for which: counts, and the same as shares of what is there.
public struct ConfusionChart: Sendable {
  /// What stands above the picture.
  public let title: String
  /// The classes' names, without the background.
  public let names: [String]
  /// `counts[predicted][true]`; the last row and column are the background: objects missed and
  /// objects that are not there.
  public let counts: [[Int]]
  /// The thresholds that made the matrix, and so belong beside it.
  public let confidence, iou: Double

  /// A matrix of `names.count + 1` rows and columns.
  public init(title: String, names: [String], counts: [[Int]], confidence: Double, iou: Double) {
    precondition(
      counts.count == names.count + 1 && counts.allSatisfy { $0.count == names.count + 1 },
      "\(names.count) classes and the background need \(names.count + 1) rows and columns")
    (self.title, self.names, self.counts) = (title, names, counts)
    (self.confidence, self.iou) = (confidence, iou)
  }

  /// The picture with its numbers.
  public var chart: Chart {
    let labels = names + ["background"]
    let shares = Self.shares(counts)
    let panels: [any Panel] = [
      MatrixPanel(
        title: "counts", labels: labels,
        values: counts.map { $0.map(Double.init) },
        texts: counts.map { $0.map { $0 == 0 ? "" : String($0) } }),
      MatrixPanel(
        title: "percent of the true class", labels: labels, values: shares, strongest: 1,
        texts: shares.map { $0.map(Self.percent) }),
    ]
    let wide = labels.count <= 12
    let side = max(wide ? 330 : 620, 110 + Double(labels.count) * 15)
    return Chart(
      title: title,
      alternativeText: "\(title): confusion matrix of " + labels.joined(separator: ", "),
      numbers: numbers(shares),
      drawing: Sheet(
        title: title,
        subtitle: "Confidence at least \(NumberText.short(confidence)), IoU above "
          + "\(NumberText.short(iou)). Background: false positives, or missed objects.",
        panels: panels, columns: wide ? 2 : 1, width: wide ? 2 * side + 60 : side + 60,
        panelHeight: side))
  }

  /// "85", or "<1" for what would round to nothing.
  private static func percent(_ share: Double) -> String {
    share == 0 ? "" : share < 0.005 ? "<1" : NumberText.fixed(share * 100, 0)
  }

  /// Each column divided by its sum; zero where the sum is zero.
  private static func shares(_ counts: [[Int]]) -> [[Double]] {
    let sums = counts.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
    return counts.map { row in
      zip(row, sums).map { count, sum in sum == 0 ? 0 : Double(count) / Double(sum) }
    }
  }

  private func numbers(_ shares: [[Double]]) -> NumberTable {
    let labels = names + ["background"]
    var table = NumberTable(columns: ["predicted", "true", "count", "share"])
    for (row, predicted) in labels.enumerated() {
      for (column, truth) in labels.enumerated() {
        table.append(
          [
            .text(predicted), .text(truth), .count(counts[row][column]),
            .number(shares[row][column]),
          ])
      }
    }
    return table
  }
}

/// A square matrix of shaded cells.
struct MatrixPanel: Panel {
  let title: String
  let labels: [String]
  /// `values[row][column]`, none negative.
  let values: [[Double]]
  /// The value with the strongest color; the largest one where nil.
  var strongest: Double?
  /// What stands in each cell.
  let texts: [[String]]

  private let shade = Color(0x0A4C7D)

  func draw(on canvas: Canvas, in area: Rectangle) {
    let count = Double(labels.count)
    let widest = labels.map { canvas.width(of: $0, size: 11) }.max() ?? 0
    let room = min(widest + 8, area.width * 0.3)
    let side = min(area.width - room - 22, area.height - 24 - 22 - room)
    let cell = side / count
    let size = min(11, cell * 0.8)
    let plot = Rectangle(x: area.x + room + 22, y: area.y + 24, width: side, height: side)
    canvas.text(
      title, at: Point(x: plot.midX, y: plot.y - 13), size: 12, weight: .bold, anchor: .middle)
    let largest = strongest ?? values.flatMap { $0 }.max() ?? 0
    for (row, line) in values.enumerated() {
      for (column, value) in line.enumerated() {
        let square = Rectangle(
          x: plot.x + Double(column) * cell, y: plot.y + Double(row) * cell, width: cell,
          height: cell)
        let color = Color.white.mixed(with: shade, largest > 0 ? value / largest : 0)
        canvas.fill(square, color)
        drawText(texts[row][column], in: square, ink: color.ink, on: canvas)
      }
    }
    drawGrid(plot, cell: cell, on: canvas)
    drawLabels(plot, cell: cell, room: room - 8, size: size, on: canvas)
  }

  private func drawText(_ text: String, in square: Rectangle, ink: Color, on canvas: Canvas) {
    guard !text.isEmpty else { return }
    let fitting = (square.width - 2) / max(1, canvas.width(of: text, size: 1))
    let size = min(13, fitting, square.height * 0.7)
    // Below six units nobody reads it; the numbers stand in the CSV.
    guard size >= 6 else { return }
    canvas.text(
      text, at: Point(x: square.midX, y: square.midY), size: size, color: ink, anchor: .middle)
  }

  private func drawGrid(_ plot: Rectangle, cell: Double, on canvas: Canvas) {
    for index in 1..<max(2, labels.count) {
      let offset = Double(index) * cell
      canvas.line(
        [Point(x: plot.x + offset, y: plot.y), Point(x: plot.x + offset, y: plot.maxY)], Theme.grid)
      canvas.line(
        [Point(x: plot.x, y: plot.y + offset), Point(x: plot.maxX, y: plot.y + offset)], Theme.grid)
    }
    canvas.stroke(plot, Theme.frame)
  }

  private func drawLabels(
    _ plot: Rectangle, cell: Double, room: Double, size: Double, on canvas: Canvas
  ) {
    let upright = labels.contains { canvas.width(of: $0, size: size) > cell - 4 }
    for (index, label) in labels.enumerated() {
      let offset = (Double(index) + 0.5) * cell
      let text = canvas.fitted(label, to: room, size: size)
      canvas.text(
        text, at: Point(x: plot.x - 6, y: plot.y + offset), size: size, anchor: .end)
      if upright {
        canvas.text(
          text, at: Point(x: plot.x + offset, y: plot.maxY + 6), size: size, anchor: .end,
          upwards: true)
      } else {
        canvas.text(
          label, at: Point(x: plot.x + offset, y: plot.maxY + 12), size: size, anchor: .middle)
      }
    }
    let below = upright ? labels.map { min(room, canvas.width(of: $0, size: size)) }.max() ?? 0 : 14
    canvas.text(
      "true", at: Point(x: plot.midX, y: plot.maxY + below + 18), size: 11, anchor: .middle)
    canvas.text(
      "predicted", at: Point(x: plot.x - room - 14, y: plot.midY), size: 11, anchor: .middle,
      upwards: true)
  }
}
