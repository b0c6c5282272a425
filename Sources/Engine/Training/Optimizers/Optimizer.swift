internal import CKernels
public import Layers
public import Tensors

/// Moves weights against their gradients: SGD with Nesterov momentum, Adam, or AdamW.
///
/// Parameters fall into three groups with a learning rate each: convolution weights, which alone decay,
/// scales of batch normalizations, and biases. Frozen parameters are not touched. The work is cut into
/// pieces of fixed size, so the result does not depend on the number of threads.
public final class Optimizer {
  /// How a weight moves.
  public enum Method: String, Codable, Sendable {
    /// Stochastic gradient descent with Nesterov momentum (Sutskever et al., 2013).
    case sgd = "SGD"
    /// Kingma & Ba, 2015; decay is added to the gradient.
    case adam = "Adam"
    /// Loshchilov & Hutter, 2019; decay shrinks the weights directly.
    case adamW = "AdamW"

    /// Moments kept for every weight.
    var moments: Int { self == .sgd ? 1 : 2 }
  }

  /// How a weight moves.
  public let method: Method
  /// Decay of convolution weights.
  public let weightDecay: Double
  /// The decay rate of Adam's first moment.
  public let beta1: Double
  /// The decay rate of Adam's second moment.
  public let beta2 = 0.999
  /// What is added to Adam's denominator.
  public let epsilon = 1e-8
  /// Steps taken so far.
  public private(set) var steps = 0

  /// What this optimizer moves: every parameter that was not frozen when it was made.
  let parameters: [Parameter]
  /// For each parameter its moments, zero at first.
  package let moments: [[FloatBuffer]]
  /// For each parameter the share of the learning rate that it moves with.
  private let shares: [Double]
  private let pieces: [Piece]
  private let threads: ThreadPool

  /// An optimizer at rest.
  ///
  /// - Parameters:
  ///   - method: How a weight moves.
  ///   - parameters: All parameters; frozen ones are left out.
  ///   - momentum: First beta of Adam and AdamW; SGD takes its momentum with every step.
  ///   - weightDecay: Decay of convolution weights, already scaled to the images of a step.
  ///   - share: The share of the learning rate that a parameter moves with.
  ///   - threads: Who works.
  public init(
    _ method: Method, of parameters: [Parameter], momentum: Double, weightDecay: Double,
    share: (Parameter) -> Double = { _ in 1 }, threads: ThreadPool
  ) {
    (self.method, self.weightDecay, self.threads) = (method, weightDecay, threads)
    beta1 = momentum
    let moving = parameters.filter { !$0.isFrozen }
    self.parameters = moving
    shares = moving.map(share)
    moments = moving.map { parameter in
      (0..<method.moments).map { _ in FloatBuffer(count: parameter.count) }
    }
    pieces = moving.enumerated().flatMap { Piece.pieces(of: $1.count, in: $0) }
  }

  /// The norm of all gradients together, summed in double precision in a fixed order.
  public func gradientNorm() -> Double {
    let sums = PartialSums(count: pieces.count)
    let parameters = self.parameters.map(\.gradient), pieces = self.pieces
    threads.run(pieces.count) { index, _ in
      let piece = pieces[index]
      // SAFETY: the piece lies inside its parameter's gradient.
      let gradient = unsafe parameters[piece.owner].base
      var sum = 0.0
      for i in piece.range {
        let value = unsafe Double(gradient[i])
        sum += value * value
      }
      sums.set(index, sum)
    }
    return sums.total().squareRoot()
  }

  /// Moves every weight once and clears the gradients.
  ///
  /// - Parameters:
  ///   - step: Learning rates and momentum of this iteration.
  ///   - maximumNorm: Gradients whose norm is larger are scaled down to it.
  /// - Returns: The gradients' norm before scaling. Where it is not finite nothing is moved.
  @discardableResult
  public func step(_ step: Schedule.Step, maximumNorm: Double = 10) -> Double {
    let norm = gradientNorm()
    guard norm.isFinite else { return norm }
    steps += 1
    let scale = Float(min(1, maximumNorm / (norm + 1e-6)))
    let work = zip(zip(parameters, shares), moments).map { owner, moments in
      let (parameter, share) = owner
      return Work(
        rule: rule(parameter.role, step, share: share, scale), value: parameter.value,
        gradient: parameter.gradient, first: moments[0],
        second: moments.count > 1 ? moments[1] : moments[0])
    }
    let pieces = self.pieces
    threads.run(pieces.count) { index, _ in work[pieces[index].owner].apply(pieces[index].range) }
    return norm
  }

  /// Takes back the number of steps when a run is resumed; see ``RunState``.
  func restore(steps: Int) { self.steps = steps }

  private func rule(
    _ role: Parameter.Role, _ step: Schedule.Step, share: Double, _ scale: Float
  ) -> UpdateRule {
    let full =
      switch role {
      case .weight: step.weightRate
      case .scale: step.scaleRate
      case .bias: step.biasRate
      }
    let rate = full * share
    let decay = role == .weight ? weightDecay : 0
    switch method {
    case .sgd:
      return .sgd(
        rate: Float(rate), momentum: Float(step.momentum), decay: Float(decay), scale: scale)
    case .adam, .adamW:
      // Corrections for moments that started at zero: 1 - beta^t.
      let first = 1 - power(beta1, steps), second = 1 - power(beta2, steps)
      return .adam(
        yolos_adam_rule(
          rate: Float(rate / first), shrink: method == .adamW ? Float(1 - rate * decay) : 1,
          decay: method == .adam ? Float(decay) : 0, scale: scale, beta1: Float(1 - beta1),
          beta2: Float(beta2), rest: Float(1 - beta2),
          root: Float(second.squareRoot()), epsilon: Float(epsilon)))
    }
  }
}

/// `base` to a whole power by squaring, the same on every machine.
func power(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0, square = base, left = exponent
  while left > 0 {
    if left & 1 == 1 { result *= square }
    square *= square
    left >>= 1
  }
  return result
}
