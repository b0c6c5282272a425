internal import Mathematics
internal import Tensors

/// A way to compute convolutions: a backend, and for ours the kernels it runs.
struct Rival {
  let backend: any ConvolutionBackend
  /// The best ones where nil.
  let kernels: KernelSet?

  init(_ backend: any ConvolutionBackend, kernels: KernelSet? = nil) {
    (self.backend, self.kernels) = (backend, kernels)
  }

  var name: String { kernels?.description ?? backend.name }
}

/// The buffers of one layer, and the shortest time of each pass on them.
final class LayerTimes {
  let layer: BenchLayer
  let rival: Rival
  private let compute: Compute
  private let clock: Clock
  private(set) var forward = Double.infinity
  private(set) var dataGradient = Double.infinity
  private(set) var weightGradient = Double.infinity
  private let x: FeatureMap, y: FeatureMap, dx: FeatureMap
  private let buffers: [FloatBuffer]
  private let forwardWeights: FloatBuffer, backwardWeights: FloatBuffer, bias: FloatBuffer
  private let dw: FloatBuffer

  init(_ layer: BenchLayer, batch: Int, of rival: Rival, on pool: ThreadPool, by clock: Clock) {
    self.layer = layer
    self.rival = rival
    self.clock = clock
    compute = Compute(pool: pool, backend: rival.backend)
    let shape = layer.shape, side = (layer.size - 1) / shape.stride + 1
    let maps = [(layer.size, shape.inputs), (side, shape.outputs), (layer.size, shape.inputs)]
    buffers = maps.map { FloatBuffer(count: batch * $0 * $0 * $1) }
    let seen = zip(buffers, maps).map {
      $0.map(count: batch, height: $1.0, width: $1.0, channels: $1.1)
    }
    (x, y, dx) = (seen[0], seen[1], seen[2])
    let backend = compute.backend, weights = FloatBuffer(count: shape.weightCount)
    forwardWeights = FloatBuffer(count: backend.packedCount(shape, for: .forward))
    backwardWeights = FloatBuffer(count: backend.packedCount(shape, for: .dataGradient))
    bias = FloatBuffer(count: shape.outputs)
    dw = FloatBuffer(count: shape.weightCount)
    fill(buffers[0])
    fill(weights)
    // SAFETY: the buffers have the sizes that the backend asked for.
    unsafe backend.pack(
      weights.base, shape, for: .forward, into: forwardWeights.base, on: compute)
    unsafe backend.pack(
      weights.base, shape, for: .dataGradient, into: backwardWeights.base, on: compute)
  }

  /// Times every pass once more.
  ///
  /// The forward pass includes bias and SiLU.
  func measure(backward: Bool) {
    KernelSet.use(rival.kernels)
    let backend = compute.backend, shape = layer.shape
    // SAFETY: as in `init`.
    forward = min(
      forward,
      clock.seconds {
        unsafe backend.forward(
          shape, x: x, weights: forwardWeights.base, y: y,
          epilogue: Epilogue(bias: bias.base, silu: true), on: compute)
      })
    guard backward else { return }
    if shape.inputs > 3 {
      dataGradient = min(
        dataGradient,
        clock.seconds {
          unsafe backend.dataGradient(
            shape, dz: y, weights: backwardWeights.base, dx: dx, accumulate: false, on: compute)
        })
    } else {
      dataGradient = 0
    }
    weightGradient = min(
      weightGradient,
      clock.seconds { unsafe backend.weightGradient(shape, x: x, dz: y, dw: dw.base, on: compute) })
  }
}

private func fill(_ buffer: FloatBuffer) {
  var random = RandomSource(seed: 1)
  for index in 0..<buffer.count {
    // SAFETY: inside the buffer.
    unsafe buffer.base[index] = Float(random.uniform(-0.1, 0.1))
  }
}
