public import Datasets
internal import Evaluation
public import Tensors
public import YOLO

extension Forgetting {
  /// What an old dataset says about the old model and the new one.
  public struct Measurement: Sendable {
    /// What became of each class.
    public let forgetting: Forgetting
    /// The scores of the old model and of the new one, each over the classes that it knows.
    public let before, after: ValidationResult
  }

  /// Scores the old dataset by the model before training and the model after it.
  ///
  /// Classes are matched by name; objects of classes that a model does not know are left out of its
  /// scores, and the class counts as forgotten.
  ///
  /// - Parameters:
  ///   - samples: The old images.
  ///   - classNames: The classes that their labels speak of.
  ///   - before: The model before.
  ///   - after: The model after.
  ///   - options: How both are scored.
  ///   - compute: Threads and backend.
  ///   - cancellation: Looked at between batches.
  /// - Returns: Both scores, and the fate of every class.
  /// - Throws: ``TrainingError`` where an image cannot be read, the old model knows none of the
  ///   classes, or the work is cancelled.
  public static func measured(
    on samples: [Sample], classNames: [String], before: Model, after: Model,
    options: ValidationOptions = ValidationOptions(), on compute: Compute,
    cancellation: Cancellation? = nil
  ) throws(TrainingError) -> Measurement {
    guard classNames.contains(where: before.classNames.contains) else {
      throw TrainingError(
        .data(
          """
          the earlier model knows none of the classes \(classNames.joined(separator: ", ")); it knows \
          \(before.classNames.joined(separator: ", "))
          """))
    }
    func score(_ model: Model) throws(TrainingError) -> ValidationResult {
      try Validator(Detector(model, on: compute), options: options, on: compute).run(
        on: samples.speaking(of: model.classNames, insteadOf: classNames),
        cancellation: cancellation)
    }
    let old = try score(before), new = try score(after)
    return Measurement(
      forgetting: Forgetting(
        before: old.map50(of: before.classNames), after: new.map50(of: after.classNames)),
      before: old, after: new)
  }
}

extension ValidationResult {
  /// Every class that has objects, with its mAP50.
  func map50(of names: [String]) -> [(name: String, map50: Double)] {
    metrics.classes.map { (names[$0.classIndex], $0.ap50) }
  }
}

extension [Sample] {
  /// The same images with labels in a model's classes, matched by name.
  ///
  /// Objects of classes that the model does not know are left out: it cannot be scored by them.
  ///
  /// - Parameters:
  ///   - names: The model's classes.
  ///   - own: The classes that the labels speak of.
  /// - Returns: All images, in their order.
  public func speaking(of names: [String], insteadOf own: [String]) -> [Sample] {
    guard names != own else { return self }
    let places = own.map { names.firstIndex(of: $0) }
    return map { sample in
      Sample(
        imagePath: sample.imagePath, labelPath: sample.labelPath, width: sample.width,
        height: sample.height,
        rows: sample.rows.compactMap { row in
          guard let place = places[row.classIndex] else { return nil }
          var row = row
          row.classIndex = place
          return row
        },
        imageDigest: sample.imageDigest)
    }
  }
}
