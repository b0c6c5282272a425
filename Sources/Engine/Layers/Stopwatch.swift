package import Tensors

/// Adds up the time of a network's steps by their kind, for benchmarks.
package final class Stopwatch {
  /// Seconds by kind.
  package private(set) var seconds: [String: Double] = [:]
  /// Is told what is done, where the pool's tasks are recorded.
  private let record: TaskRecord?

  /// A stopwatch at zero.
  package init(naming record: TaskRecord? = nil) { self.record = record }

  /// Does something and adds its time.
  ///
  /// - Parameters:
  ///   - kind: What is done.
  ///   - bytes: What it reads and writes at least; 0 where that is not known.
  ///   - body: Does it.
  /// - Returns: What it gives.
  package func measure<Result>(
    _ kind: String, moving bytes: Int = 0, _ body: () -> Result
  ) -> Result {
    record?.begin(kind, moving: bytes)
    defer { record?.begin("everything else") }
    let clock = ContinuousClock(), start = clock.now
    let result = body()
    let elapsed = start.duration(to: clock.now).components
    seconds[kind, default: 0] += Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return result
  }
}

extension Step {
  /// Bytes that the step reads and writes at least: each of its maps once, those that it changes twice,
  /// and the packed weights.
  ///
  /// - Parameters:
  ///   - images: Of how many images.
  ///   - backend: Packs the weights.
  /// - Returns: Their number.
  func bytes(images: Int, by backend: any ConvolutionBackend) -> Int {
    var changed: [PlannedMap] = []
    var weights = 0
    switch self {
    case .fused(let unit, _, _, _), .convolve(let unit, _, _):
      weights = backend.packedCount(unit.shape, for: .forward)
    case .dataGradient(let unit, _, let dx, let accumulate):
      weights = backend.packedCount(unit.shape, for: .dataGradient)
      if accumulate { changed = [dx] }
    case .normalizeGradient(_, let z, _): changed = [z]
    case .copy(_, let y, let accumulate): if accumulate { changed = [y] }
    case .maxPoolGradient(_, _, let dx, _): changed = [dx]
    case .upsampleGradient(_, let dx, _, let accumulate): if accumulate { changed = [dx] }
    default: break
    }
    let floats = (maps + changed).reduce(0) { $0 + $1.height * $1.width * $1.channels }
    return 4 * (images * floats + weights)
  }

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
