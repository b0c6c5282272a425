/// Where the rows of a label file stand in its text.
public enum LabelLines {
  /// The line, from 1, of each row; nil for a row that is not in the file, or a file that is no YOLO labels.
  ///
  /// - Parameters:
  ///   - rows: The rows as they were read.
  ///   - file: The label file.
  ///   - classCount: The number of classes.
  /// - Returns: One entry a row.
  public static func lines(of rows: [LabelRow], in file: String, classCount: Int) -> [Int?] {
    guard file.hasSuffix(".txt"), let content = try? text(of: file, limit: 16 << 20) else {
      return rows.map { _ in nil }
    }
    let parser = LabelParser(classCount: classCount)
    var line = 0
    var places: [LabelRow: [Int]] = [:]
    for text in content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      line += 1
      for row in parser.parse(Array(text.utf8), file: file).rows {
        places[row, default: []].append(line)
      }
    }
    return rows.map { row in
      guard let own = places[row], let first = own.first else { return nil }
      if own.count > 1 { places[row]?.removeFirst() }
      return first
    }
  }
}
