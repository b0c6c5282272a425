internal import Files
internal import Foundation

extension Dataset {
  /// Reads a CSV table with a box a line, or the VGG Image Annotator's.
  ///
  /// Two orders of columns are common, `filename,width,height,class,xmin,ymin,xmax,ymax` and
  /// `image,xmin,ymin,xmax,ymax,label`; a header may name them in any order, and without a header one of
  /// the two is told by where the numbers are. A line with an image alone is a background.
  ///
  /// - Parameters:
  ///   - file: The CSV file.
  ///   - options: Where the images are, and how the numbers count.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` with the line.
  public init(
    table file: String, options: ImportOptions = ImportOptions(), work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let text = CSVText(try Datasets.text(of: file, limit: BoxTable.limit))
    if let line = text.openQuote {
      throw DatasetError(
        file: file, line: line,
        problem: .syntax(format: "a CSV table", reason: "a quote that begins here is not closed"))
    }
    if let images = try VIATable.images(of: text, file: file) {
      try self.init(via: images, file: file, options, work)
      return
    }
    let table = try BoxTable(text, file: file)
    var reader = AnnotationImport(
      index: ImageIndex(folder: options.images ?? folder(of: file)), options: options.coco)
    let boxes = table.images.flatMap { image in
      image.boxes.map { box in
        BoxNumbers(
          item: "line \(box.line ?? 0)", edges: [box.left, box.top, box.right, box.bottom])
      }
    }
    reader.isNormalized = try BoxNumbers.areFractions(boxes, options.coco.coordinates, file: file)
    if !boxes.isEmpty {
      reader.tally.notes.append(
        .coordinates(
          isNormalized: reader.isNormalized, chosen: options.coco.coordinates != .automatic))
    }
    let (splits, classNames) = try reader.samples(of: table.images, work)
    self.init(
      name: stem(PathText.name(of: file)), file: file, classNames: classNames,
      splits: splits, notes: reader.tally.allNotes)
  }
}

/// A table of boxes, sorted out by its columns.
private struct BoxTable {
  /// The images in the order of their first lines.
  let images: [AnnotatedImage]

  /// The largest table that is read, in bytes.
  static let limit = 1 << 29

  private enum Column: CaseIterable {
    case image, width, height, name, left, top, right, bottom, split

    /// What headers call it, in small letters and without `_`, `-` and spaces.
    var headers: Set<String> {
      switch self {
      case .image:
        ["filename", "image", "imagename", "imagepath", "imageid", "file", "path", "img"]
      case .width: ["width", "imagewidth", "imgwidth"]
      case .height: ["height", "imageheight", "imgheight"]
      case .name: ["class", "label", "classname", "labelname", "category", "name"]
      case .left: ["xmin", "x1", "left", "bboxxmin"]
      case .top: ["ymin", "y1", "top", "bboxymin"]
      case .right: ["xmax", "x2", "right", "bboxxmax"]
      case .bottom: ["ymax", "y2", "bottom", "bboxymax"]
      case .split: ["split", "set", "subset"]
      }
    }
  }

  private static let needed: [Column] = [.image, .name, .left, .top, .right, .bottom]

  init(_ text: CSVText, file: String) throws(DatasetError) {
    guard let first = text.records.first else {
      throw DatasetError(
        file: file, problem: .syntax(format: "a CSV table of boxes", reason: "it is empty"))
    }
    let header = try Self.header(first, file: file)
    let columns = header ?? Self.order(first.fields)
    guard let columns else {
      throw DatasetError(
        file: file, line: first.line,
        problem: .syntax(
          format: "a CSV table of boxes",
          reason: """
            expected the columns filename,width,height,class,xmin,ymin,xmax,ymax or \
            image,xmin,ymin,xmax,ymax,label
            """))
    }
    var images: [AnnotatedImage] = []
    var numbers: [String: Int] = [:]
    for record in text.records.dropFirst(header == nil ? 0 : 1) {
      let row = Row(record: record, columns: columns, file: file)
      let name = try row.text(.image)
      let number: Int
      if let known = numbers[name] {
        number = known
      } else {
        number = images.count
        numbers[name] = number
        images.append(
          AnnotatedImage(
            file: file, written: name, stem: name, width: try row.number(.width),
            height: try row.number(.height), boxes: [],
            split: row.optional(.split).flatMap(SplitFolders.split(named:)) ?? .train))
      }
      guard !row.isBackground else { continue }
      images[number].boxes.append(
        AnnotatedImage.Box(
          name: try row.text(.name), left: try row.edge(.left), top: try row.edge(.top),
          right: try row.edge(.right), bottom: try row.edge(.bottom), line: record.line))
    }
    self.images = images
  }

  /// The columns that a header names; nil where the line is none.
  ///
  /// - Throws: ``DatasetError`` where it is a header and lacks a column.
  private static func header(
    _ record: CSVText.Record, file: String
  ) throws(DatasetError) -> [Column: Int]? {
    var columns: [Column: Int] = [:]
    for (number, field) in record.fields.enumerated() {
      let name = field.lowercased().filter { $0.isLetter || $0.isNumber }
      for column in Column.allCases where column.headers.contains(name) && columns[column] == nil {
        columns[column] = number
      }
    }
    // A line of values has no more than one word that is also a heading, such as the class 'left'.
    guard columns.count > 2 else { return nil }
    let missing = needed.filter { columns[$0] == nil }
    guard missing.isEmpty else {
      let names = missing.map { $0.headers.sorted().joined(separator: " or ") }
      throw DatasetError(
        file: file, line: record.line,
        problem: .missingKey(
          names.joined(separator: "', '"),
          hint: "the columns are \(record.fields.joined(separator: ","))"))
    }
    return columns
  }

  /// One of the two usual orders, by where the numbers are; nil for another.
  private static func order(_ fields: [String]) -> [Column: Int]? {
    let orders: [[Column]] = [
      [.image, .width, .height, .name, .left, .top, .right, .bottom],
      [.image, .left, .top, .right, .bottom, .name],
    ]
    for order in orders where fields.count == order.count {
      let fits = zip(order, fields).allSatisfy { column, field in
        let isNumber = Double(field.trimmingCharacters(in: .whitespaces)) != nil
        return column == .image || isNumber != (column == .name)
      }
      if fits {
        return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
      }
    }
    return nil
  }

  /// One line of the table.
  private struct Row {
    let record: CSVText.Record
    let columns: [Column: Int]
    let file: String

    /// A value; nil where the column is not there, or empty.
    func optional(_ column: Column) -> String? {
      guard let number = columns[column], number < record.fields.count else { return nil }
      let text = record.fields[number].trimmingCharacters(in: .whitespaces)
      return text.isEmpty ? nil : text
    }

    /// Whether it names an image and no box.
    var isBackground: Bool {
      [Column.name, .left, .top, .right, .bottom].allSatisfy { optional($0) == nil }
    }

    private func wrong(_ column: Column, _ expected: String) -> DatasetError {
      DatasetError(
        file: file, line: record.line,
        problem: .conversion(
          .badItem(
            item: "column \((columns[column] ?? 0) + 1)", expected: expected,
            found: optional(column).map { "'\($0.prefix(40))'" } ?? "nothing")))
    }

    func text(_ column: Column) throws(DatasetError) -> String {
      guard let text = optional(column) else {
        throw wrong(column, column == .image ? "the name of an image" : "the name of a class")
      }
      return text
    }

    func number(_ column: Column) throws(DatasetError) -> Double? {
      guard let text = optional(column) else { return nil }
      guard let number = Double(text), number.isFinite else { throw wrong(column, "a number") }
      return number
    }

    func edge(_ column: Column) throws(DatasetError) -> Double {
      guard let number = try number(column) else { throw wrong(column, "a number") }
      return number
    }
  }
}

/// The CSV table of the VGG Image Annotator, a region a line.
private enum VIATable {
  /// The images with their regions; nil where it is another table.
  static func images(of text: CSVText, file: String) throws(DatasetError) -> [VIAFile.Image]? {
    func name(_ field: String) -> String {
      // Version 1 wrote its header behind a '#'.
      String(field.drop { $0 == "#" || $0 == " " })
    }
    guard let header = text.records.first?.fields.map(name),
      let image = header.firstIndex(of: "filename"),
      let shape = header.firstIndex(of: "region_shape_attributes"),
      let attributes = header.firstIndex(of: "region_attributes")
    else { return nil }
    var images: [VIAFile.Image] = []
    var numbers: [String: Int] = [:]
    for record in text.records.dropFirst() {
      guard record.fields.count > max(image, shape, attributes) else {
        throw DatasetError(
          file: file, line: record.line,
          problem: .conversion(
            .badItem(
              item: "the line", expected: counted(header.count, "value"),
              found: "\(record.fields.count)")))
      }
      let name = record.fields[image]
      let number = numbers[name] ?? images.count
      if number == images.count {
        numbers[name] = number
        images.append(VIAFile.Image(name: name))
      }
      let decoder = JSONDecoder()
      do {
        let region = try decoder.decode(VIAFile.Shape.self, from: Data(record.fields[shape].utf8))
        // An image without a region has a line with an empty shape.
        guard region.name != nil else { continue }
        let values = try decoder.decode(
          VIAFile.Attributes.self, from: Data(record.fields[attributes].utf8))
        images[number].regions.append(
          VIAFile.Region(shape: region, attributes: values.values, line: record.line))
      } catch {
        throw DatasetError(
          file: file, line: record.line,
          problem: .syntax(
            format: "a line of the VGG Image Annotator", reason: JSONKind.reason(error)))
      }
    }
    return images
  }
}
