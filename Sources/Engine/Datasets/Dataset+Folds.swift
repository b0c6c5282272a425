internal import Files
internal import Mathematics

extension Dataset {
  /// The folds of a cross-validation: each image is held out once, in the val split of one fold, and trains in all others.
  ///
  /// The folds are stratified, so that each gets its share of every class and of the images without objects: images are dealt
  /// out in turn, those with the rarest class first (Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy
  /// Estimation and Model Selection", 1995; an image of several classes counts for the rarest of them). Images with the same
  /// bytes stay together: a copy of what a model was trained on tells nothing about new images.
  ///
  /// - Parameters:
  ///   - count: How many, at least 2.
  ///   - splits: Whose images are dealt out; others are left out, and so are test images without labels.
  ///   - seed: The same seed deals the same images alike, however they were split before.
  /// - Returns: The folds; each is called after this dataset and its number.
  /// - Throws: ``DatasetError`` where there are fewer images than folds.
  public func folds(
    _ count: Int, of splits: [DatasetSplit] = [.train, .val], seed: UInt64
  ) throws(DatasetError) -> [Dataset] {
    // Nobody has said what is in a test image without a label file.
    let pool = splits.flatMap { split in
      self[split].filter { split != .test || $0.isLabeled }
    }.sorted { $0.imagePath.utf8.lexicographicallyPrecedes($1.imagePath.utf8) }
    let strata = self.strata(of: pool)
    let different = strata.reduce(0) { $0 + $1.count }
    guard count >= 2, count <= different else {
      throw DatasetError(
        file: file,
        problem: .conversion(
          .rule(
            count < 2
              ? "expected 2 folds or more, found \(count)"
              : "\(counted(different, "image")) are too few for \(count) folds")))
    }
    var random = RandomSource(seed: seed, purpose: RandomPurpose.folds)
    var foldOf: [Digest: Int] = [:]
    var dealt = 0
    for images in strata {
      for index in random.permutation(of: images.count) {
        foldOf[images[index]] = dealt % count
        dealt += 1
      }
    }
    return (0..<count).map { fold in
      var shares: [DatasetSplit: [Sample]] = [:]
      for sample in pool {
        let split: DatasetSplit = foldOf[sample.imageDigest] == fold ? .val : .train
        shares[split, default: []].append(sample)
      }
      return Dataset(
        name: "\(name), fold \(fold + 1) of \(count)", file: file, classNames: classNames,
        splits: shares)
    }
  }

  /// The different images, by the rarest class in them: the rarest class first, images without objects last.
  private func strata(of pool: [Sample]) -> [[Digest]] {
    var objects = [Int](repeating: 0, count: classNames.count)
    for row in pool.lazy.flatMap(\.rows) { objects[row.classIndex] += 1 }
    let byRarity = classNames.indices.sorted { (objects[$0], $0) < (objects[$1], $1) }
    var strata = [[Digest]](repeating: [], count: classNames.count + 1)
    var known: Set<Digest> = []
    for sample in pool where known.insert(sample.imageDigest).inserted {
      let classes = Set(sample.rows.map(\.classIndex))
      strata[byRarity.firstIndex { classes.contains($0) } ?? classNames.count].append(
        sample.imageDigest)
    }
    return strata
  }
}
