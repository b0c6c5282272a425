import Datasets
import Files
import Testing

@Suite("Folds of a cross-validation")
struct FoldTests {
  private static func sample(_ number: Int, _ classes: [Int], copyOf other: Int? = nil) -> Sample {
    let name = "\(number / 10)\(number % 10)"
    return Sample(
      imagePath: "images/\(name).png", labelPath: "labels/\(name).txt", width: 64, height: 64,
      rows: classes.map {
        LabelRow(classIndex: $0, centerX: 0.5, centerY: 0.5, width: 0.5, height: 0.5)
      }, imageDigest: Digest(of: "image \(other ?? number)"))
  }

  private static let unlabeled = Sample(
    imagePath: "images/32.png", labelPath: nil, width: 64, height: 64, rows: [],
    imageDigest: Digest(of: "image 32"))

  /// 12 images of a common class, 3 of a rare one, 3 without objects; two more are copies of image 0.
  private static var samples: [Sample] {
    (0..<12).map { sample($0, [0]) } + (12..<15).map { sample($0, [0, 1]) }
      + (15..<18).map { sample($0, []) } + (18..<20).map { sample($0, [0], copyOf: 0) }
  }

  private static func dataset(training count: Int = 15) -> Dataset {
    Dataset(
      name: "d", file: "d.yaml", classNames: ["common", "rare"],
      splits: [
        .train: Array(samples.prefix(count)), .val: Array(samples.dropFirst(count)),
        .test: [sample(30, [0]), sample(31, [0]), unlabeled],
      ])
  }

  @Test func `each image is held out once and trains in every other fold`() throws {
    let folds = try Self.dataset().folds(3, seed: 0)
    #expect(folds.map(\.name) == (1...3).map { "d, fold \($0) of 3" })
    let all = Set(Self.samples.map(\.imagePath))
    #expect(Set(folds.flatMap(\.val).map(\.imagePath)) == all)
    #expect(folds.reduce(0) { $0 + $1.val.count } == all.count)
    for fold in folds {
      #expect(Set((fold.train + fold.val).map(\.imagePath)) == all)
      #expect(fold.train.count + fold.val.count == all.count)
      #expect(fold.test.isEmpty)
    }
  }

  @Test(arguments: [UInt64(0), 1, 2, 3]) func `each fold has its share of every kind`(seed: UInt64)
    throws
  {
    for fold in try Self.dataset().folds(3, seed: seed) {
      #expect(fold.val.count { $0.rows.contains { $0.classIndex == 1 } } == 1)
      #expect(fold.val.count { $0.rows.isEmpty } == 1)
    }
  }

  @Test func `copies of an image stay together`() throws {
    for fold in try Self.dataset().folds(4, seed: 5) {
      let held = Set(fold.val.map(\.imageDigest))
      #expect(held.isDisjoint(with: fold.train.map(\.imageDigest)))
    }
  }

  @Test func `folds depend on the seed and the images, not on the earlier splits`() throws {
    func held(_ dataset: Dataset, seed: UInt64) throws -> [[String]] {
      try dataset.folds(3, seed: seed).map { $0.val.map(\.imagePath) }
    }
    let first = try held(Self.dataset(), seed: 7)
    #expect(try held(Self.dataset(training: 4), seed: 7) == first)
    #expect(try held(Self.dataset(), seed: 8) != first)
    let own = try Self.dataset().folds(3, of: [.val], seed: 7)
    #expect(own.reduce(0) { $0 + $1.val.count } == 5)
    let test = try Self.dataset().folds(2, of: [.test], seed: 7)
    #expect(Set(test.flatMap(\.val).map(\.imagePath)) == ["images/30.png", "images/31.png"])
  }

  @Test func `more folds than different images are an error`() throws {
    // 20 images, of which two are copies.
    #expect(try Self.dataset().folds(18, seed: 0).allSatisfy { !$0.val.isEmpty })
    let error = #expect(throws: DatasetError.self) { try Self.dataset().folds(19, seed: 0) }
    #expect("\(try #require(error))".contains("18 images are too few for 19 folds"))
    #expect(throws: DatasetError.self) { try Self.dataset().folds(1, seed: 0) }
  }
}
