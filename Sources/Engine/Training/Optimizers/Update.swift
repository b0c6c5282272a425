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

/// The constants of Adam's formulas for one group and one step.
struct AdamRule: Sendable {
  /// Learning rate / (1 - beta1^t).
  let rate: Float
  /// 1 - learning rate * decay for AdamW, else 1.
  let shrink: Float
  /// Decay that is added to the gradient.
  let decay: Float
  /// Clipping.
  let scale: Float
  /// 1 - beta1.
  let beta1: Float
  let beta2: Float
  /// 1 - beta2.
  let rest: Float
  /// The root of 1 - beta2^t.
  let root: Float
  let epsilon: Float
}

/// How the weights of one group move in one step.
enum UpdateRule: Sendable {
  case sgd(rate: Float, momentum: Float, decay: Float, scale: Float)
  case adam(AdamRule)
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
    switch rule {
    case .sgd(let rate, let momentum, let decay, let scale):
      sgd(range, rate, momentum, decay, scale)
    case .adam(let rule): adam(range, rule)
    }
  }

  private func sgd(
    _ range: Range<Int>, _ rate: Float, _ momentum: Float, _ decay: Float, _ scale: Float
  ) {
    // SAFETY: the range lies inside the parameter, and the buffers are as long as the parameter.
    let p = unsafe value.base, g = unsafe gradient.base, b = unsafe first.base
    for i in range {
      // d = g + decay p;  b = momentum b + d;  p = p - lr (d + momentum b)
      let d = unsafe g[i] * scale + decay * p[i]
      let moment = unsafe momentum * b[i] + d
      unsafe b[i] = moment
      unsafe p[i] -= rate * (d + momentum * moment)
      unsafe g[i] = 0
    }
  }

  private func adam(_ range: Range<Int>, _ rule: AdamRule) {
    // SAFETY: the range lies inside the parameter, and the buffers are as long as the parameter.
    let p = unsafe value.base, g = unsafe gradient.base
    let m = unsafe first.base, v = unsafe second.base
    for i in range {
      // m = m + (1 - beta1)(d - m);  v = beta2 v + (1 - beta2) d d
      // p = shrink p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
      let d = unsafe g[i] * rule.scale + rule.decay * p[i]
      let mean = unsafe m[i] + rule.beta1 * (d - m[i])
      let square = unsafe rule.beta2 * v[i] + rule.rest * d * d
      unsafe m[i] = mean
      unsafe v[i] = square
      unsafe p[i] =
        p[i] * rule.shrink
        - rule.rate * (mean / (square.squareRoot() / rule.root + rule.epsilon))
      unsafe g[i] = 0
    }
  }
}
