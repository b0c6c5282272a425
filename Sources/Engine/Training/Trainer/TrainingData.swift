public import Datasets

/// A dataset as a run sees it: the share of its images that is learned from, and a single class where all
/// are taken as one.
struct TrainingData {
  /// The classes that the model learns.
  let classNames: [String]
  /// The images to learn from, in the order of the training split.
  let samples: [Sample]
  /// The images that epochs are scored on.
  let validationSamples: [Sample]

  /// The part of a dataset that options ask for.
  ///
  /// - Throws: ``TrainingError`` where a split that is needed is empty.
  init(_ dataset: Dataset, _ options: TrainingOptions) throws(TrainingError) {
    classNames = dataset.classNames(for: options)
    let training = Self.merged(dataset.train, options)
    let share = options.fraction
    samples =
      share < 1
      ? Array(training.prefix(max(1, Int((Double(training.count) * share).rounded())))) : training
    validationSamples = Self.merged(dataset.val, options)
    guard !samples.isEmpty else {
      throw TrainingError(.emptySplit(name: "train", dataset: dataset.name))
    }
    if options.validates && validationSamples.isEmpty {
      throw TrainingError(.emptySplit(name: "val", dataset: dataset.name))
    }
  }

  /// The samples with all classes taken as one, where that is asked for.
  private static func merged(_ samples: [Sample], _ options: TrainingOptions) -> [Sample] {
    guard options.singleClass else { return samples }
    return samples.map { sample in
      Sample(
        imagePath: sample.imagePath, labelPath: sample.labelPath, width: sample.width,
        height: sample.height,
        rows: sample.rows.map { row in
          var row = row
          row.classIndex = 0
          return row
        },
        imageDigest: sample.imageDigest)
    }
  }
}

extension Dataset {
  /// The classes that a run with these options learns: all of them, or "item" for all (`single_cls`).
  public func classNames(for options: TrainingOptions) -> [String] {
    options.singleClass ? ["item"] : classNames
  }
}
