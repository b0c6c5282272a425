internal import CKernels
internal import Tensors

/// A part of one parameter, or of whatever else is worked through in pieces of fixed size.
struct Piece: Sendable {
  /// Which parameter.
  let owner: Int
  /// Which of its weights.
  let range: Range<Int>

  /// Enough work to be worth a task, little enough to share evenly.
  private static let length = 1 << 14

  /// The pieces of one array.
  static func pieces(of count: Int, in owner: Int) -> [Piece] {
    stride(from: 0, to: count, by: length).map {
      Piece(owner: owner, range: $0..<min($0 + length, count))
    }
  }
}

/// One number from every task, added up in the order of the tasks.
@safe final class PartialSums: @unchecked Sendable {
  // `@unchecked`: every task writes its own element; they are read after all tasks have ended.
  private let sums: UnsafeMutableBufferPointer<Double>

  private let count: Int

  init(count: Int) {
    self.count = count
    unsafe sums = .allocate(capacity: count)
    unsafe sums.initialize(repeating: 0)
  }

  deinit { unsafe sums.deallocate() }

  /// Stores the number of one task.
  func set(_ task: Int, _ sum: Double) { unsafe sums[task] = sum }

  /// All numbers, added in order.
  func total() -> Double {
    var total = 0.0
    for task in 0..<count { unsafe total += sums[task] }
    return total
  }
}

/// How the weights of one group move in one step.
enum UpdateRule: Sendable {
  case sgd(rate: Float, momentum: Float, decay: Float, scale: Float)
  case adam(yolos_adam_rule)
}

/// One parameter with its moments, about to be moved.
struct Work: Sendable {
  let rule: UpdateRule
  let value: FloatBuffer
  let gradient: FloatBuffer
  let first: FloatBuffer
  let second: FloatBuffer

  /// Moves some of the weights and clears their gradients.
  func apply(_ range: Range<Int>) {
    let start = range.lowerBound
    // SAFETY: the range lies inside the parameter, and the buffers are as long as the parameter.
    let p = unsafe value.base + start, g = unsafe gradient.base + start
    let m = unsafe first.base + start
    switch rule {
    case .sgd(let rate, let momentum, let decay, let scale):
      unsafe yolos_sgd(p, g, m, rate, momentum, decay, scale, range.count)
    case .adam(var rule):
      unsafe yolos_adam(p, g, m, second.base + start, &rule, range.count)
    }
  }
}
