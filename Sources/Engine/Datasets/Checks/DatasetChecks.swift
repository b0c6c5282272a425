/// The settings of a run that a dataset can be too small for.
public struct RunSize: Hashable, Sendable {
  /// Images in a batch.
  public var batchSize = 16
  /// `nbs`: gradients are gathered over so many images before the optimizer takes a step.
  public var nominalBatchSize = 64
  /// Epochs of the run.
  public var epochs = 100
  /// `warmup_epochs`.
  public var warmupEpochs = 3.0
  /// The least number of warm-up steps: 100 in version 8.0, none in newer ones.
  public var warmupFloor = 0
  /// Whether warm-up ends before the last epoch, as in newer versions.
  public var warmupEndsEarly = true
  /// The side of a training image in pixels.
  public var imageSize = 640

  /// The defaults of YOLO users.
  public init() {}
}

/// What a dataset consists of, and what one should know before a run.
public struct DatasetChecks: Sendable {
  /// How many images have a size.
  public struct ImageSize: Hashable, Sendable {
    /// Pixels.
    public let width, height: Int
    /// Images of all splits.
    public let images: Int
  }

  /// The sides of the objects of one split, in pixels at the run's image size.
  public struct BoxSizes: Hashable, Sendable {
    /// Shorter sides: the least, the median, the greatest; 0 without objects.
    public let least, median, greatest: Double
    /// Objects whose shorter side is below the network's finest grid, 8 pixels.
    public let tiny: Int
  }

  /// Images and objects of each split.
  public let summaries: [DatasetSplit: SplitSummary]
  /// The sizes of the images, the most frequent first.
  public let imageSizes: [ImageSize]
  /// The sizes of the objects of each split.
  public let boxSizes: [DatasetSplit: BoxSizes]
  /// Images in two splits.
  public let leaks: [Leak]
  /// What one should know, the gravest first.
  public let findings: [DatasetFinding]

  /// Looks at a dataset before a run.
  ///
  /// - Parameters:
  ///   - dataset: What is looked at.
  ///   - run: The settings that it must be large enough for.
  ///   - leakThreshold: See ``Dataset/leaks(threshold:work:)``.
  ///   - listedLeaks: How many leaks between two splits are findings of their own; of more, the
  ///     nearest are, behind one that counts all.
  ///   - work: On how many threads, and what is known already of how images look.
  /// - Throws: ``DatasetError`` where an image cannot be decoded.
  public init(
    _ dataset: Dataset, run: RunSize = RunSize(), leakThreshold: Int? = 4, listedLeaks: Int = 5,
    work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    leaks = try dataset.leaks(threshold: leakThreshold, work: work)
    var summaries: [DatasetSplit: SplitSummary] = [:]
    var boxSizes: [DatasetSplit: BoxSizes] = [:]
    for split in DatasetSplit.allCases where !dataset[split].isEmpty {
      summaries[split] = dataset.summary(of: split)
      boxSizes[split] = Self.boxSizes(dataset[split], imageSize: run.imageSize)
    }
    (self.summaries, self.boxSizes) = (summaries, boxSizes)
    imageSizes = Self.imageSizes(dataset)
    var findings = Self.leakFindings(leaks, dataset, listed: listedLeaks)
    findings += Self.classFindings(dataset, summaries)
    for split in [DatasetSplit.train, .val] {
      guard let sizes = boxSizes[split], sizes.tiny > 0 else { continue }
      findings.append(
        .tinyBoxes(
          split: split, count: sizes.tiny, of: summaries[split]?.instances ?? 0, side: 8,
          imageSize: run.imageSize))
    }
    findings += Self.sizeFindings(summaries, run)
    self.findings = findings
  }

  private static func leakFindings(
    _ leaks: [Leak], _ dataset: Dataset, listed: Int
  ) -> [DatasetFinding] {
    var findings: [DatasetFinding] = []
    for (first, second) in Leak.splitPairs {
      let between = leaks.filter { $0.firstSplit == first && $0.secondSplit == second }
      guard between.count > listed else {
        findings += between.map(DatasetFinding.leak)
        continue
      }
      findings.append(
        .leaks(
          images: Set(between.map(\.second)).count, of: dataset[second].count, split: second,
          from: first, pairs: between.count))
      // The offset keeps the order of equals.
      let nearest = between.enumerated().sorted { a, b in
        (a.element.isExact ? -1 : a.element.distance, a.offset)
          < (b.element.isExact ? -1 : b.element.distance, b.offset)
      }
      findings += nearest.prefix(listed).map { .leak($0.element) }
    }
    return findings
  }

  private static func boxSizes(_ samples: [Sample], imageSize: Int) -> BoxSizes {
    let sides = samples.flatMap { sample in
      sample.rows.map { row in
        let scale = Double(imageSize) / Double(max(sample.width, sample.height))
        return scale * min(row.width * Double(sample.width), row.height * Double(sample.height))
      }
    }.sorted()
    guard let least = sides.first, let greatest = sides.last else {
      return BoxSizes(least: 0, median: 0, greatest: 0, tiny: 0)
    }
    return BoxSizes(
      least: least, median: sides[sides.count / 2], greatest: greatest, tiny: sides.count { $0 < 8 }
    )
  }

  private static func imageSizes(_ dataset: Dataset) -> [ImageSize] {
    struct Sides: Hashable { let width, height: Int }
    var counts: [Sides: Int] = [:]
    for split in DatasetSplit.allCases {
      for sample in dataset[split] {
        counts[Sides(width: sample.width, height: sample.height), default: 0] += 1
      }
    }
    return counts.map { ImageSize(width: $0.key.width, height: $0.key.height, images: $0.value) }
      .sorted { ($1.images, $0.width, $0.height) < ($0.images, $1.width, $1.height) }
  }

  private static func classFindings(
    _ dataset: Dataset, _ summaries: [DatasetSplit: SplitSummary]
  ) -> [DatasetFinding] {
    var findings: [DatasetFinding] = []
    for split in [DatasetSplit.train, .val] {
      guard let objects = summaries[split]?.objects else { continue }
      for (name, count) in zip(dataset.classNames, objects) where count == 0 {
        findings.append(.classMissing(name: name, split: split))
      }
    }
    let objects = summaries[.train]?.objects ?? []
    let most = objects.max() ?? 0
    for (name, count) in zip(dataset.classNames, objects) where count > 0 && 10 * count < most {
      findings.append(.rareClass(name: name, objects: count, most: most))
    }
    return findings
  }

  /// The limits are rules of thumb: ten steps an epoch, fifty objects, a fifth of the run.
  private static func sizeFindings(
    _ summaries: [DatasetSplit: SplitSummary], _ run: RunSize
  ) -> [DatasetFinding] {
    var findings: [DatasetFinding] = []
    if let images = summaries[.train]?.images, run.batchSize > 0 {
      let batches = (images + run.batchSize - 1) / run.batchSize
      let gathered = max(1, Int((Double(run.nominalBatchSize) / Double(run.batchSize)).rounded()))
      if batches < 10 * gathered {
        findings.append(
          .fewSteps(batches: batches, images: images, gathered: gathered, run: run))
      }
      let all = batches * run.epochs
      let epochs =
        run.warmupEndsEarly ? min(run.warmupEpochs, Double(run.epochs - 1)) : run.warmupEpochs
      let rising = Int((epochs * Double(batches)).rounded(.toNearestOrEven))
      let warmup = min(max(rising, run.warmupFloor), all)
      if 5 * warmup > all { findings.append(.longWarmup(iterations: warmup, of: all)) }
    }
    if let val = summaries[.val], val.instances < 50 {
      findings.append(.fewValidationObjects(objects: val.instances, images: val.images))
    }
    return findings
  }
}
