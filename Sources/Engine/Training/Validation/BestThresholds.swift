public import Checkpoints
public import Datasets
public import Evaluation

/// The confidence thresholds with the best F1 that a validation found, as a checkpoint carries them.
///
/// In the checkpoint's metadata they are `best_f1`: `split`, `imgsz`, then `conf`, `precision`, `recall` and
/// `f1` for all classes together, and the same with a `name` for each class in `classes`.
public struct BestThresholds: Codable, Hashable, Sendable {
  /// The best threshold of one class.
  public struct Class: Codable, Hashable, Sendable {
    /// The class.
    public let name: String
    /// Where its own F1 is best.
    public let point: OperatingPoint

    /// The best threshold of one class.
    public init(name: String, point: OperatingPoint) { (self.name, self.point) = (name, point) }
  }

  /// The split whose images were validated.
  public let split: DatasetSplit
  /// The longer side of the network's input in pixels.
  public let imageSize: Int
  /// One threshold for all classes.
  public let overall: OperatingPoint
  /// A threshold for each class that has objects in the split.
  public let classes: [Class]

  /// The thresholds that a validation found.
  ///
  /// - Parameters:
  ///   - metrics: The figures of the validation.
  ///   - classNames: The names of the classes by index.
  ///   - split: The split that was validated.
  ///   - imageSize: The longer side of the network's input in pixels.
  public init(
    _ metrics: DetectionMetrics, classNames: [String], split: DatasetSplit, imageSize: Int
  ) {
    (self.split, self.imageSize, overall) = (split, imageSize, metrics.best)
    classes = metrics.classes.map { Class(name: classNames[$0.classIndex], point: $0.best) }
  }

  /// The threshold of a class; that of all classes where it has none, or where nothing of it was found.
  public func confidence(of name: String) -> Double {
    guard let own = classes.first(where: { $0.name == name })?.point, own.isFound else {
      return overall.confidence
    }
    return own.confidence
  }
}

// MARK: Metadata

extension BestThresholds {
  private static var key: String { "best_f1" }

  /// The thresholds that a checkpoint carries; nil where it has none, or what it has is malformed.
  public init?(_ metadata: Metadata) {
    guard let facts = metadata[Self.key]?.dictionary,
      let split = facts["split"]?.text.flatMap(DatasetSplit.init(rawValue:)),
      let imageSize = facts["imgsz"]?.integer, imageSize > 0,
      let overall = OperatingPoint(facts), let rows = facts["classes"]?.list
    else { return nil }
    var classes: [Class] = []
    for row in rows {
      guard let row = row.dictionary, let name = row["name"]?.text, let point = OperatingPoint(row)
      else { return nil }
      classes.append(Class(name: name, point: point))
    }
    (self.split, self.imageSize, self.overall, self.classes) = (split, imageSize, overall, classes)
  }

  /// Adds the thresholds to a checkpoint's metadata, or replaces those that are there.
  public func write(to metadata: inout Metadata) {
    var facts = Metadata()
    facts["split"] = .text(split.rawValue)
    facts["imgsz"] = .integer(imageSize)
    overall.write(to: &facts)
    facts["classes"] = .list(
      classes.map { own in
        var row = Metadata()
        row["name"] = .text(own.name)
        own.point.write(to: &row)
        return .dictionary(row)
      })
    metadata[Self.key] = .dictionary(facts)
  }
}

extension OperatingPoint {
  fileprivate init?(_ facts: Metadata) {
    let numbers = ["conf", "precision", "recall", "f1"].compactMap { facts[$0]?.number }
    guard numbers.count == 4, numbers.allSatisfy({ (0...1).contains($0) }) else { return nil }
    self.init(
      confidence: numbers[0], precision: numbers[1], recall: numbers[2], f1: numbers[3])
  }

  fileprivate func write(to facts: inout Metadata) {
    facts["conf"] = .number(confidence)
    facts["precision"] = .number(precision)
    facts["recall"] = .number(recall)
    facts["f1"] = .number(f1)
  }
}
