public import Datasets

/// The built-in dataset: plush toys in cluttered places, drawn from a seed.
///
/// Picture `i` of a split is a pure function of the options below without the counts, so a larger set
/// begins with the pictures of a smaller one. Nothing is downloaded and nothing is photographed.
public struct ToySet: Hashable, Sendable {
  /// The classes, in this order.
  public var kinds: [ToyKind]
  /// How many pictures each split has.
  public var train, val, test: Int
  /// The sides of every picture in pixels, 32...4096.
  public var width, height: Int
  /// Where all chance comes from.
  public var seed: UInt64
  /// How crowded the pictures are, 0...1.
  public var clutter: Double
  /// The share of pictures without any toy, 0...1.
  public var backgroundShare: Double
  /// How many classes of invented toys come after `kinds`, 0...200: each has a plan of its own.
  public var invented: Int
  /// How near toys come, 0...1: at 0 they take a ninth to a half of a picture's side, at 1 up to all of it.
  public var closeness: Double

  /// A dataset of toys; every option has a usable value.
  public init(
    kinds: [ToyKind] = ToyKind.allCases, train: Int = 200, val: Int = 50, test: Int = 0,
    width: Int = 640, height: Int = 640, seed: UInt64 = 0, clutter: Double = 0.5,
    backgroundShare: Double = 0.1, invented: Int = 0, closeness: Double = 0
  ) {
    self.kinds = kinds
    (self.train, self.val, self.test) = (train, val, test)
    (self.width, self.height, self.seed) = (width, height, seed)
    (self.clutter, self.backgroundShare) = (clutter, backgroundShare)
    (self.invented, self.closeness) = (invented, closeness)
  }

  /// The names of the classes, in the order of their numbers.
  public var classNames: [String] {
    kinds.map(\.rawValue) + (0..<invented).map { "invented \($0 + 1)" }
  }

  /// How many pictures a split has.
  public func count(_ split: DatasetSplit) -> Int {
    switch split {
    case .train: train
    case .val: val
    case .test: test
    }
  }

  /// Draws one picture of a split; the index may exceed the split's count.
  public func scene(_ split: DatasetSplit, _ index: Int) -> ToyScene {
    precondition(index >= 0, "images are counted from 0, not \(index)")
    if let problem { preconditionFailure(problem.description) }
    let stream =
      switch split {
      case .train: 0
      case .val: 1
      case .test: 2
      }
    return ToyScene(self, stream: stream, index: index)
  }

  /// The first option whose value cannot be used, or nil.
  public var problem: ToySetError? {
    func wrong(_ option: String, _ value: String, _ expected: String) -> ToySetError {
      .option(option, value: value, expected: expected)
    }
    if kinds.isEmpty { return wrong("kinds", "none", "at least one kind") }
    if Set(kinds).count < kinds.count {
      return wrong("kinds", kinds.map(\.rawValue).joined(separator: ", "), "each kind once")
    }
    for (name, count) in [("train", train), ("val", val), ("test", test)]
    where !(0...1_000_000).contains(count) {
      return wrong(name, "\(count)", "0 to 1000000 images")
    }
    for side in [width, height] where !(32...4096).contains(side) {
      return wrong("imgsz", "\(side)", "32 to 4096 pixels")
    }
    guard (0...200).contains(invented) else {
      return wrong("invented", "\(invented)", "0 to 200 classes")
    }
    for (name, share) in [
      ("clutter", clutter), ("background", backgroundShare), ("closeness", closeness),
    ]
    where !(0...1).contains(share) {
      return wrong(name, "\(share)", "a number from 0 to 1")
    }
    return nil
  }
}
