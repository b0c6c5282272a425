/// An image of one split that is also, or nearly, in another: what is learned from it is not a test.
public struct Leak: Hashable, Sendable {
  /// The image in the split that comes first in train, val, test.
  public let first: String
  /// That split.
  public let firstSplit: DatasetSplit
  /// The image in the later split.
  public let second: String
  /// That split.
  public let secondSplit: DatasetSplit
  /// Differing bits of 64; 0 may still be two files, ``isExact`` says whether it is one.
  public let distance: Int
  /// Whether the two files are the same, byte by byte.
  public let isExact: Bool

  /// Every two splits that are compared.
  static let splitPairs: [(DatasetSplit, DatasetSplit)] = [
    (.train, .val), (.train, .test), (.val, .test),
  ]
}

extension Dataset {
  /// Finds images that are in two splits, exactly or nearly.
  ///
  /// - Parameter threshold: How many of the 64 bits of the perceptual hash may differ; nil compares the
  ///   files alone and decodes nothing.
  /// - Returns: Every such pair, in the order of the splits.
  /// - Throws: ``DatasetError`` where an image cannot be decoded.
  /// - Complexity: Decodes every image once; compares every pair across splits.
  public func leaks(threshold: Int? = 4) throws(DatasetError) -> [Leak] {
    var hashes: [DatasetSplit: [PerceptualHash]] = [:]
    if threshold != nil {
      for split in DatasetSplit.allCases {
        var list: [PerceptualHash] = []
        for sample in self[split] { list.append(PerceptualHash(try sample.image(longerSide: 256))) }
        hashes[split] = list
      }
    }
    var leaks: [Leak] = []
    for (a, b) in Leak.splitPairs {
      for (i, first) in self[a].enumerated() {
        for (j, second) in self[b].enumerated() {
          let isExact = first.imageDigest == second.imageDigest
          var distance = isExact ? 0 : nil
          if !isExact, let mine = hashes[a]?[i], let theirs = hashes[b]?[j] {
            distance = mine.distance(theirs)
          }
          guard let distance, isExact || distance <= threshold ?? -1 else { continue }
          leaks.append(
            Leak(
              first: first.imagePath, firstSplit: a, second: second.imagePath, secondSplit: b,
              distance: distance, isExact: isExact))
        }
      }
    }
    return leaks
  }
}
