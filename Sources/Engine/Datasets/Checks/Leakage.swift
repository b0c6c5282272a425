internal import Files

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
  /// - Parameters:
  ///   - threshold: How many of the 64 bits of the perceptual hash may differ; nil compares the
  ///     files alone and decodes nothing.
  ///   - work: On how many threads, and what is known already of how images look.
  /// - Returns: Every such pair, in the order of the splits.
  /// - Throws: ``DatasetError`` where an image cannot be decoded.
  /// - Complexity: Decodes every image once that is not known; compares across splits those that agree
  ///   in a part of their hashes.
  public func leaks(
    threshold: Int? = 4, work: DatasetWork = DatasetWork()
  ) throws(DatasetError) -> [Leak] {
    var hashes: [DatasetSplit: [PerceptualHash]] = [:]
    if threshold != nil { hashes = try self.hashes(work) }
    var leaks: [Leak] = []
    for (a, b) in Leak.splitPairs where !self[a].isEmpty && !self[b].isEmpty {
      let (firsts, seconds) = (self[a], self[b]), looks = hashes[a]
      let copies = Dictionary(grouping: seconds.indices) { seconds[$0].imageDigest }
      let near = LookIndex(hashes[b] ?? [], threshold: threshold ?? 0)
      try work.inOrder(.comparing, count: firsts.count, grain: 512) { i throws(DatasetError) in
        var found = looks.map { near.matches(of: $0[i]) } ?? []
        if let exact = copies[firsts[i].imageDigest] {
          found.removeAll { seconds[$0.index].imageDigest == firsts[i].imageDigest }
          found += exact.map { LookIndex.Match(index: $0, distance: 0) }
          found.sort { $0.index < $1.index }
        }
        return found.map { match in
          Leak(
            first: firsts[i].imagePath, firstSplit: a, second: seconds[match.index].imagePath,
            secondSplit: b, distance: match.distance,
            isExact: firsts[i].imageDigest == seconds[match.index].imageDigest)
        }
      } take: {
        leaks += $0
      }
    }
    return leaks
  }

  /// What the images of each split look like.
  private func hashes(
    _ work: DatasetWork
  ) throws(DatasetError) -> [DatasetSplit: [PerceptualHash]] {
    var reading = FileReading(work, of: file)
    // A dataset may be one split of another, whose rest stays known.
    defer { reading.keep(isWhole: false) }
    var all = try reading.looks(of: DatasetSplit.allCases.flatMap { self[$0] })[...]
    var hashes: [DatasetSplit: [PerceptualHash]] = [:]
    for split in DatasetSplit.allCases {
      hashes[split] = Array(all.prefix(self[split].count))
      all = all.dropFirst(self[split].count)
    }
    return hashes
  }
}

/// Perceptual hashes, to find those near another one without comparing with each of them.
///
/// The 64 bits are cut into one band more than may differ, so that near hashes agree in at least one band
/// as a whole (the pigeonhole principle; Manku, Jain and Das Sarma, "Detecting near-duplicates for web
/// crawling", 2007).
package struct LookIndex: Sendable {
  /// A hash that is near.
  package struct Match: Equatable, Sendable {
    package let index: Int
    package let distance: Int

    package init(index: Int, distance: Int) { (self.index, self.distance) = (index, distance) }
  }

  private let hashes: [PerceptualHash]
  private let threshold: Int
  /// Of each band, the lowest bit, and the hashes by what they hold in it.
  private var bands: [(shift: Int, holders: [UInt64: [Int32]])] = []
  /// The bits of a band.
  private let mask: UInt64

  package init(_ hashes: [PerceptualHash], threshold: Int) {
    (self.hashes, self.threshold) = (hashes, threshold)
    // Narrow bands single out nothing: more than so many and every pair is compared.
    let count = threshold + 1, width = 64 / max(count, 1)
    mask = width >= 64 ? .max : 1 << UInt64(width) - 1
    guard (1...8).contains(count) else { return }
    for band in 0..<count {
      let shift = band * width
      var holders: [UInt64: [Int32]] = [:]
      for (index, hash) in hashes.enumerated() {
        holders[hash.bits >> UInt64(shift) & mask, default: []].append(Int32(index))
      }
      bands.append((shift, holders))
    }
  }

  /// The hashes from which at most as many bits differ, in the order of their indices.
  package func matches(of hash: PerceptualHash) -> [Match] {
    var matches: [Match] = []
    func compare(_ index: Int) {
      guard let distance = hash.distance(hashes[index]), distance <= threshold else { return }
      matches.append(Match(index: index, distance: distance))
    }
    guard !bands.isEmpty else {
      for index in hashes.indices { compare(index) }
      return matches
    }
    for (number, band) in bands.enumerated() {
      guard let holders = band.holders[hash.bits >> UInt64(band.shift) & mask] else { continue }
      for index in holders.lazy.map(Int.init) {
        // Whatever agrees in an earlier band was met there.
        let difference = hash.bits ^ hashes[index].bits
        let isKnown = bands[..<number].contains { difference >> UInt64($0.shift) & mask == 0 }
        if !isKnown { compare(index) }
      }
    }
    return matches.sorted { $0.index < $1.index }
  }
}
