/// A counter-based source of random numbers.
///
/// The numbers are a pure function of the seed and the stream, so image 7 of epoch 3 gets the same
/// ones whatever was drawn before, on whichever thread, and after a resume. The generator is
/// Philox4x32-10: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct RandomSource: Sendable {
  private let key: (UInt32, UInt32)
  private let stream: UInt64
  private var block: UInt64 = 0
  private var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var used = 4

  /// Starts at the first number of one stream of a seed.
  ///
  /// - Parameters:
  ///   - seed: What the user chose for the whole run.
  ///   - stream: Which independent sequence of that seed; see ``init(seed:purpose:epoch:index:)``.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// Starts the stream of one item of one epoch.
  ///
  /// - Parameters:
  ///   - seed: What the user chose for the whole run.
  ///   - purpose: A small number, below 256, that keeps different uses of one seed apart.
  ///   - epoch: Below 2^24.
  ///   - index: Below 2^32.
  public init(seed: UInt64, purpose: UInt8, epoch: Int = 0, index: Int = 0) {
    precondition(epoch >= 0 && epoch < 1 << 24, "epoch \(epoch) is not below 2^24")
    precondition(index >= 0 && index < 1 << 32, "index \(index) is not below 2^32")
    self.init(seed: seed, stream: UInt64(purpose) << 56 | UInt64(epoch) << 32 | UInt64(index))
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = philox(
        counter: (
          UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
          UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
        ), key: key)
      block += 1
      used = 0
    }
    defer { used += 1 }
    switch used {
    case 0: return words.0
    case 1: return words.1
    case 2: return words.2
    default: return words.3
    }
  }

  /// A number from the uniform distribution on [0, 1), a multiple of 2^-53.
  public mutating func uniform() -> Double {
    let high = UInt64(nextWord()), low = UInt64(nextWord())
    return Double((high << 32 | low) >> 11) * 0x1p-53
  }

  /// A number from the uniform distribution between the bounds.
  public mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * uniform()
  }

  /// Whether an event of the given probability happens.
  public mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// An integer from the uniform distribution on 0..<count, without bias (Lemire, 2019).
  public mutating func below(_ count: Int) -> Int {
    precondition(count > 0 && count <= 1 << 32, "cannot choose among \(count)")
    let bound = UInt64(count)
    var product = UInt64(nextWord()) * bound
    if product & 0xFFFF_FFFF < bound {
      let threshold = (1 << 32) % bound
      while product & 0xFFFF_FFFF < threshold { product = UInt64(nextWord()) * bound }
    }
    return Int(product >> 32)
  }

  /// The numbers 0..<count in a random order (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }
}

/// Ten rounds of Philox4x32.
private func philox(
  counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
) -> (UInt32, UInt32, UInt32, UInt32) {
  var (a, b, c, d) = counter
  var (k, l) = key
  for _ in 0..<10 {
    let first = UInt64(a) * 0xD251_1F53
    let second = UInt64(c) * 0xCD9E_8D57
    (a, b, c, d) = (
      UInt32(truncatingIfNeeded: second >> 32) ^ b ^ k, UInt32(truncatingIfNeeded: second),
      UInt32(truncatingIfNeeded: first >> 32) ^ d ^ l, UInt32(truncatingIfNeeded: first)
    )
    k = k &+ 0x9E37_79B9
    l = l &+ 0xBB67_AE85
  }
  return (a, b, c, d)
}
