internal import Tensors

/// Adds up the time of a network's steps by their kind, for benchmarks.
package final class Stopwatch {
  /// Seconds by kind.
  package private(set) var seconds: [String: Double] = [:]

  /// A stopwatch at zero.
  package init() {}

  /// Does something and adds its time.
  package func measure<Result>(_ kind: String, _ body: () -> Result) -> Result {
    let clock = ContinuousClock(), start = clock.now
    let result = body()
    let elapsed = start.duration(to: clock.now).components
    seconds[kind, default: 0] += Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return result
  }
}

extension Step {
  /// What the step is, in a few words.
  var kind: String {
    switch self {
    case .fused(let unit, _, _, _): "\(unit.kind), fused"
    case .convolve(let unit, _, _): "\(unit.kind), forward"
    case .sumStatistics, .finishStatistics: "statistics"
    case .normalize: "normalization and SiLU"
    case .maxPool, .upsample, .copy, .loss, .clear: "pooling and copies"
    case .sumGradient, .finishGradient, .normalizeGradient: "normalization's gradient"
    case .weightGradient(let unit, _, _): "\(unit.kind), weight gradient"
    case .biasGradient: "bias gradient"
    case .dataGradient(let unit, _, _, _): "\(unit.kind), data gradient"
    case .maxPoolGradient, .upsampleGradient: "gradient of pooling and copies"
    }
  }
}

extension ConvolutionUnit {
  /// The window, and what sets it apart.
  fileprivate var kind: String {
    if shape.inputs == 3 { return "stem" }
    return "\(shape.kernel)x\(shape.kernel)" + (shape.stride > 1 ? " stride \(shape.stride)" : "")
  }
}
