internal import Geometry
public import Images

/// Images in a grid with boxes drawn over them: contact sheets, galleries, comparisons.
public struct ImageGrid: Sendable {
  /// One image of the grid.
  public struct Cell: Sendable {
    /// The line below it, such as the file's name.
    public let caption: String
    /// What the table of numbers calls it.
    public let name: String
    /// The image.
    public let image: Image
    /// The boxes over it.
    public let boxes: [BoxOverlay.Item]

    /// One image; the numbers call it by its caption where it has no other name.
    public init(
      caption: String, named name: String? = nil, image: Image, boxes: [BoxOverlay.Item]
    ) {
      (self.caption, self.name) = (caption, name ?? caption)
      (self.image, self.boxes) = (image, boxes)
    }
  }

  /// What stands above the picture.
  public let title: String
  /// The classes' names.
  public let names: [String]
  /// What stands above each column; empty where the columns mean nothing.
  public let headings: [String]
  /// The images, row by row.
  public let cells: [Cell]
  /// Images in a row.
  public let columns: Int

  /// A contact sheet or gallery: the columns mean nothing.
  public init(title: String, names: [String], cells: [Cell], columns: Int) {
    (self.title, self.names, headings) = (title, names, [])
    (self.cells, self.columns) = (cells, max(1, columns))
  }

  /// A comparison: one row an image, one column a model, or labels beside predictions.
  public init(title: String, names: [String], headings: [String], rows: [[Cell]]) {
    precondition(
      rows.allSatisfy { $0.count == headings.count }, "every row needs \(headings.count) cells")
    (self.title, self.names, self.headings) = (title, names, headings)
    (cells, columns) = (rows.flatMap { $0 }, max(1, headings.count))
  }

  /// The picture with its numbers, one row a box.
  public var chart: Chart {
    let count = cells.count
    // A comparison has few columns and many rows: smaller images keep it on a screen.
    let width = min(980.0, max(480, Double(columns) * (headings.isEmpty ? 300 : 260)))
    return Chart(
      title: title,
      alternativeText: "\(title): \(count) image\(count == 1 ? "" : "s") with boxes"
        + (headings.isEmpty ? "" : " for " + headings.joined(separator: ", ")),
      numbers: numbers, holdsImages: true, drawing: ImageSheet(grid: self, width: width))
  }

  private var numbers: NumberTable {
    var table = NumberTable(
      columns: ["image", "column", "class", "confidence", "left", "top", "right", "bottom"])
    for (index, cell) in cells.enumerated() {
      let column = headings.isEmpty ? "" : headings[index % columns]
      for item in cell.boxes {
        let name =
          names.indices.contains(item.classIndex)
          ? names[item.classIndex] : "class \(item.classIndex)"
        let edges = [item.box.minX, item.box.minY, item.box.maxX, item.box.maxY]
        table.append(
          [
            .text(cell.name), .text(column), .text(name),
            item.confidence.map { .number($0) } ?? .empty,
          ] + edges.map { .number(Double("\($0)") ?? Double($0)) })
      }
    }
    return table
  }
}

/// The drawing of a grid of images.
struct ImageSheet: Drawing {
  let grid: ImageGrid
  let width: Double

  private let gap = 10.0
  private let captionHeight = 18.0
  private let headingLine = 16.0

  private var inner: Double { width - 2 * Theme.margin }
  private var cellWidth: Double {
    (inner - gap * Double(grid.columns - 1)) / Double(grid.columns)
  }

  private var rows: [ArraySlice<ImageGrid.Cell>] {
    stride(from: 0, to: grid.cells.count, by: grid.columns).map {
      grid.cells[$0..<min($0 + grid.columns, grid.cells.count)]
    }
  }

  /// The height that the tallest image of a row needs; beside broad ones a tall one is made
  /// smaller, so that little is left empty.
  private func imageHeight(_ row: ArraySlice<ImageGrid.Cell>) -> Double {
    let heights = row.map {
      cellWidth * Double($0.image.height) / Double(max(1, $0.image.width))
    }
    let allTall = heights.allSatisfy { $0 > cellWidth }
    return min(heights.max() ?? 0, cellWidth * (allTall ? 1.5 : 1))
  }

  private var sheet: Sheet { Sheet(title: grid.title, panels: [], width: width, legend: legend) }

  private var legend: Legend {
    let used = Set(grid.cells.flatMap(\.boxes).map(\.classIndex)).sorted()
    return Legend(
      entries: used.map { index in
        .init(
          name: grid.names.indices.contains(index) ? grid.names[index] : "class \(index)",
          color: Theme.color(index), mark: .square)
      })
  }

  func height(on canvas: Canvas) -> Double {
    let images = rows.reduce(0) { $0 + imageHeight($1) + captionHeight + gap }
    let key = legend.height(width: inner, on: canvas)
    return titleHeight(on: canvas) + headingHeight(on: canvas) + images - gap
      + (key > 0 ? key + 8 : 0) + 2 * Theme.margin
  }

  private func titleLines(on canvas: Canvas) -> [String] {
    canvas.broken(grid.title, to: inner, size: Theme.titleSize, weight: .bold)
  }

  /// What stands above each column, in three lines at most.
  private func headings(on canvas: Canvas) -> [[String]] {
    grid.headings.map { heading in
      let lines = canvas.broken(heading, to: cellWidth, size: 12, weight: .bold)
      guard lines.count > 3 else { return lines }
      let end = canvas.fitted(
        lines[2...].joined(separator: " "), to: cellWidth, size: 12, weight: .bold)
      return Array(lines[..<2]) + [end]
    }
  }

  private func headingHeight(on canvas: Canvas) -> Double {
    let rows = headings(on: canvas).map(\.count).max() ?? 0
    return rows == 0 ? 0 : Double(rows) * headingLine + 4
  }

  private func titleHeight(on canvas: Canvas) -> Double {
    Double(titleLines(on: canvas).count) * 20 + 8
  }

  func draw(on canvas: Canvas) {
    var y = Theme.margin
    for line in titleLines(on: canvas) {
      canvas.text(
        line, at: Point(x: Theme.margin, y: y + 9), size: Theme.titleSize, weight: .bold)
      y += 20
    }
    y += 8
    for (index, lines) in headings(on: canvas).enumerated() {
      let x = Theme.margin + Double(index) * (cellWidth + gap) + cellWidth / 2
      for (row, line) in lines.enumerated() {
        canvas.text(
          line, at: Point(x: x, y: y + 7 + Double(row) * headingLine), size: 12, weight: .bold,
          anchor: .middle)
      }
    }
    y += headingHeight(on: canvas)
    for row in rows {
      let height = imageHeight(row)
      for (index, cell) in row.enumerated() {
        let x = Theme.margin + Double(index) * (cellWidth + gap)
        draw(cell, in: Rectangle(x: x, y: y, width: cellWidth, height: height), on: canvas)
      }
      y += height + captionHeight + gap
    }
    legend.draw(on: canvas, x: Theme.margin, y: y - gap + 8, width: inner)
  }

  private func draw(_ cell: ImageGrid.Cell, in area: Rectangle, on canvas: Canvas) {
    let width = Double(max(1, cell.image.width)), height = Double(max(1, cell.image.height))
    let scale = min(area.width / width, area.height / height)
    let place = Rectangle(
      x: area.x + (area.width - width * scale) / 2, y: area.y, width: width * scale,
      height: height * scale)
    canvas.draw(cell.image, in: place)
    BoxOverlay(names: grid.names, items: cell.boxes).draw(
      on: canvas, over: place, imageWidth: cell.image.width, imageHeight: cell.image.height,
      line: min(2.5, max(1.2, place.width / 150)), letters: min(11, max(8, place.width / 20)))
    canvas.text(
      canvas.fitted(cell.caption, to: area.width, size: 10.5),
      at: Point(x: area.midX, y: place.maxY + 10), size: 10.5, color: Theme.faintText,
      anchor: .middle)
  }
}
