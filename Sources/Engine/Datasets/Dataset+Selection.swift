internal import Files
internal import Mathematics

extension Dataset {
  /// The union of several datasets, with classes matched by name.
  ///
  /// Classes stand in the order in which the datasets name them first; each split is the union of the
  /// sets' splits in their order.
  ///
  /// - Parameters:
  ///   - sets: At least one.
  ///   - name: What the union is called.
  /// - Returns: The union.
  public static func merged(_ sets: [Dataset], name: String) -> Dataset {
    precondition(!sets.isEmpty, "a union needs at least one dataset")
    let names = unique(sets.flatMap(\.classNames))
    var splits: [DatasetSplit: [Sample]] = [:]
    for set in sets {
      let newIndex = set.classNames.map { name in names.firstIndex(of: name) ?? 0 }
      for (split, samples) in set.splits {
        splits[split, default: []] += samples.map { sample in
          sample.with(
            rows: sample.rows.map { row in
              var row = row
              row.classIndex = newIndex[row.classIndex]
              return row
            })
        }
      }
    }
    var notes = unique(sets.flatMap(\.notes))
    for (i, first) in names.enumerated() {
      for second in names[(i + 1)...] where first.lowercased() == second.lowercased() {
        notes.append(.similarClasses(first, second))
      }
    }
    notes += copies(in: splits).filter { !notes.contains($0) }
    return Dataset(
      name: name, file: sets[0].file, classNames: names, splits: splits, notes: notes,
      problems: sets.flatMap(\.problems))
  }

  /// What should be heard about files that are in a union more than once, told by their digests.
  private static func copies(in splits: [DatasetSplit: [Sample]]) -> [DatasetNote] {
    var notes: [DatasetNote] = []
    var earlier: [(split: DatasetSplit, digests: Set<Digest>)] = []
    for split in DatasetSplit.allCases {
      let samples = splits[split] ?? []
      let copies = Dictionary(grouping: samples, by: \.imageDigest)
      // A background that comes twice contradicts nothing.
      let repeated = copies.filter { $0.value.count > 1 && !$0.value.allSatisfy(\.rows.isEmpty) }
      if let one = samples.first(where: { repeated[$0.imageDigest] != nil }) {
        notes.append(.repeatedImages(repeated.count, split: split, example: one.fileName))
      }
      let seen = Set(copies.keys)
      for (first, digests) in earlier {
        let shared = seen.intersection(digests)
        guard let one = samples.first(where: { shared.contains($0.imageDigest) }) else {
          continue
        }
        notes.append(
          .sharedImages(shared.count, split: split, from: first, example: one.fileName))
      }
      earlier.append((split, seen))
    }
    return notes
  }

  /// The same dataset under another name.
  public func named(_ name: String) -> Dataset {
    Dataset(self, name: name, notes: notes)
  }

  /// The dataset with some of its classes, renumbered in the order in which they are named.
  ///
  /// - Parameters:
  ///   - classes: Names of classes.
  ///   - keepsBackgrounds: Whether images stay in which nothing is left.
  /// - Returns: The smaller dataset.
  /// - Throws: ``DatasetError`` where there is no such class.
  public func selecting(
    classes: [String], keepsBackgrounds: Bool = true
  ) throws(DatasetError) -> Dataset {
    var newIndex: [Int: Int] = [:]
    let chosen = unique(classes)
    for (number, name) in chosen.enumerated() {
      guard let index = classNames.firstIndex(of: name) else {
        throw DatasetError(
          file: file, problem: .conversion(.unknownClass(name, known: classNames)))
      }
      newIndex[index] = number
    }
    return with(classNames: chosen) { _, samples in
      samples.compactMap { sample in
        let rows = sample.rows.compactMap { row in
          newIndex[row.classIndex].map { number in
            var row = row
            row.classIndex = number
            return row
          }
        }
        let becameEmpty = rows.isEmpty && !sample.rows.isEmpty
        return becameEmpty && !keepsBackgrounds ? nil : sample.with(rows: rows)
      }
    }
  }

  /// The dataset with one of its splits alone.
  public func selecting(split: DatasetSplit) -> Dataset {
    Dataset(
      name: name, file: file, classNames: classNames, splits: splits.filter { $0.key == split },
      notes: notes, problems: problems)
  }

  /// The dataset with a part of its training images, chosen by seed; other splits stay.
  ///
  /// - Parameters:
  ///   - fraction: Above 0, at most 1; at least one image stays.
  ///   - seed: The same seed chooses the same images, and a smaller fraction some of those.
  /// - Returns: The smaller dataset.
  /// - Throws: ``DatasetError`` where the fraction is out of range.
  public func fraction(_ fraction: Double, seed: UInt64) throws(DatasetError) -> Dataset {
    guard fraction > 0 && fraction <= 1 else {
      throw DatasetError(
        file: file,
        problem: .conversion(.rule("expected a fraction above 0 and at most 1, found \(fraction)")))
    }
    return with(classNames: classNames) { split, samples in
      guard split == .train, !samples.isEmpty else { return samples }
      var random = RandomSource(seed: seed, purpose: RandomPurpose.fraction)
      let count = max(1, Int((Double(samples.count) * fraction).rounded()))
      let chosen = random.permutation(of: samples.count).prefix(count).sorted()
      return chosen.map { samples[$0] }
    }
  }

  /// The same images, shared out anew among the splits, chosen by seed.
  ///
  /// The images are put in the order of their paths first, so the result does not depend on how they
  /// were shared out before. Unlabeled test images stay where they are.
  ///
  /// - Parameters:
  ///   - val: The part for validation, below 1; at least one image where it is above 0.
  ///   - test: The part for the test, below 1; at least one image where it is above 0.
  ///   - seed: The same seed shares out the same images alike.
  /// - Returns: The dataset with other splits.
  /// - Throws: ``DatasetError`` where nothing would be left to learn from.
  public func splitAgain(
    val: Double, test: Double = 0, seed: UInt64
  ) throws(DatasetError) -> Dataset {
    let kept = self.test.filter { !$0.isLabeled }
    let pool = (train + self.val + self.test.filter(\.isLabeled)).sorted {
      $0.imagePath.utf8.lexicographicallyPrecedes($1.imagePath.utf8)
    }
    func share(_ part: Double) -> Int {
      part > 0 ? max(1, Int((Double(pool.count) * part).rounded())) : 0
    }
    guard (0..<1).contains(val), (0..<1).contains(test), share(val) + share(test) < pool.count
    else {
      throw DatasetError(
        file: file,
        problem: .conversion(
          .rule(
            "val=\(val) and test=\(test) of \(counted(pool.count, "image")) leave none to train on")
        ))
    }
    var random = RandomSource(seed: seed, purpose: RandomPurpose.split)
    let order = random.permutation(of: pool.count)
    let forVal = Set(order.prefix(share(val)))
    let forTest = Set(order.dropFirst(share(val)).prefix(share(test)))
    var splits: [DatasetSplit: [Sample]] = [:]
    for (i, sample) in pool.enumerated() {
      let split: DatasetSplit = forVal.contains(i) ? .val : forTest.contains(i) ? .test : .train
      splits[split, default: []].append(sample)
    }
    if !kept.isEmpty { splits[.test, default: []] += kept }
    return Dataset(
      name: name, file: file, classNames: classNames, splits: splits, notes: notes,
      problems: problems)
  }

  /// The same images, shared out by a rule of the caller's.
  ///
  /// - Parameter rule: Names the split of an image; nil leaves the image out.
  /// - Returns: The dataset with other splits.
  public func splitAgain(by rule: (Sample) -> DatasetSplit?) -> Dataset {
    var splits: [DatasetSplit: [Sample]] = [:]
    for sample in train + val + test {
      if let split = rule(sample) { splits[split, default: []].append(sample) }
    }
    return Dataset(
      name: name, file: file, classNames: classNames, splits: splits, notes: notes,
      problems: problems)
  }

  private func with(
    classNames: [String], _ change: (DatasetSplit, [Sample]) -> [Sample]
  ) -> Dataset {
    var changed: [DatasetSplit: [Sample]] = [:]
    for (split, samples) in splits { changed[split] = change(split, samples) }
    return Dataset(
      name: name, file: file, classNames: classNames, splits: changed, notes: notes,
      problems: problems)
  }
}
