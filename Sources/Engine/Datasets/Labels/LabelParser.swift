/// Reads label files in the form that YOLO users write, and finds everything that is wrong with them.
///
/// Five columns are a box: class, center x, center y, width, height, as fractions of the image. Seven
/// or more are a polygon, whose bounding box counts. What is accepted, corrected and rejected is what
/// the reference accepts, corrects and rejects, with its tolerance of one hundredth at the borders.
public struct LabelParser: Sendable {
  /// The number of classes; every class must be below it.
  public let classCount: Int

  /// A reader for a dataset of that many classes.
  public init(classCount: Int) { self.classCount = classCount }

  /// What a label file says.
  public struct Result: Equatable, Sendable {
    /// The boxes, without duplicates; empty where a problem rejects the file.
    public var rows: [LabelRow] = []
    /// Everything wrong, in the order of the file.
    public var problems: [DatasetProblem] = []
    /// Whether the file holds polygons.
    public var isPolygons = false

    /// Whether the image must go.
    public var isRejected: Bool { problems.contains { $0.effect == .rejects } }
  }

  /// Reads a file's bytes; never fails, whatever they are.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - file: Its name, for the places of the problems.
  /// - Returns: The boxes, and everything that is wrong.
  public func parse(_ bytes: [UInt8], file: String) -> Result {
    let lines = LabelText(bytes).lines
    var result = Result()
    // One polygon makes the whole file one of polygons.
    result.isPolygons = lines.contains { $0.count > 6 }
    var rows: [(row: LabelRow, key: [Float], line: LabelText.Token)] = []
    for line in lines {
      switch read(line, polygons: result.isPolygons, file: file) {
      case .success(let (row, key)): rows.append((row, key, line[0]))
      case .failure(let problems): result.problems += problems.all
      }
    }
    var firstLine: [[Float]: Int] = [:]
    var kept: [LabelRow] = []
    for (row, key, token) in rows {
      if let first = firstLine[key] {
        result.problems.append(token.problem(.duplicate(ofLine: first), file, value: row.text))
      } else {
        firstLine[key] = token.line
        kept.append(row)
      }
    }
    result.problems.sort { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
    guard !result.isRejected else { return result }
    // Removing duplicates sorts the reference's rows; without duplicates their order stays.
    result.rows = kept.count < rows.count ? sorted(kept) : kept
    return result
  }

  private func sorted(_ rows: [LabelRow]) -> [LabelRow] {
    rows.enumerated().sorted { a, b in
      let (x, y) = (a.element.key, b.element.key)
      return x == y ? a.offset < b.offset : x.lexicographicallyPrecedes(y)
    }.map(\.element)
  }

  /// All that is wrong with one row.
  private struct RowProblems: Error { var all: [DatasetProblem] }

  private func read(
    _ line: [LabelText.Token], polygons: Bool, file: String
  ) -> Swift.Result<(LabelRow, [Float]), RowProblems> {
    var problems: [DatasetProblem] = []
    if polygons ? line.count < 7 : line.count != 5 {
      let mixed = polygons && line.count == 5
      problems.append(line[0].problem(mixed ? .mixedKinds : .columnCount(line.count), file))
    } else if polygons && line.count.isMultiple(of: 2) {
      problems.append(line[0].problem(.oddPolygon, file))
    }
    var numbers: [Double] = []
    for token in line {
      guard let number = token.number else {
        problems.append(token.problem(.notANumber, file))
        continue
      }
      if !number.isFinite { problems.append(token.problem(.notFinite, file)) }
      numbers.append(number)
    }
    guard problems.isEmpty else { return .failure(RowProblems(all: problems)) }
    if let problem = classProblem(numbers[0], token: line[0], file) { problems.append(problem) }
    let box = polygons ? boundingBox(Array(numbers[1...])) : Array(numbers[1...])
    for (i, value) in box.enumerated() {
      let token = line[polygons ? 1 : i + 1]
      let text = polygons ? "\(Float(value))" : token.text
      // Single precision, in which the reference compares; its tolerance is for centers alone.
      if Float(value) < (i < 2 ? -0.01 : 0) {
        problems.append(token.problem(.below, file, value: text))
      }
      if Float(value) > 1.01 { problems.append(token.problem(.above, file, value: text)) }
    }
    guard problems.isEmpty else { return .failure(RowProblems(all: problems)) }
    let row = LabelRow(
      classIndex: Int(numbers[0]), centerX: box[0], centerY: box[1], width: box[2], height: box[3])
    // Two polygons with one bounding box are two objects; the same polygon twice is one.
    return .success((row, numbers.map { Float($0) }))
  }

  private func classProblem(
    _ value: Double, token: LabelText.Token, _ file: String
  ) -> DatasetProblem? {
    if value < 0 { return token.problem(.negativeClass, file) }
    if value != value.rounded() { return token.problem(.fractionalClass, file) }
    guard value < Double(classCount) else {
      return token.problem(.classTooLarge(classCount: classCount), file)
    }
    return nil
  }

  /// Center and size of the box around the points x, y, x, y and so on.
  private func boundingBox(_ points: [Double]) -> [Double] {
    var (minX, minY, maxX, maxY) = (points[0], points[1], points[0], points[1])
    for i in stride(from: 2, to: points.count, by: 2) {
      (minX, maxX) = (min(minX, points[i]), max(maxX, points[i]))
      (minY, maxY) = (min(minY, points[i + 1]), max(maxY, points[i + 1]))
    }
    return [(minX + maxX) / 2, (minY + maxY) / 2, maxX - minX, maxY - minY]
  }
}
