internal import Tensors

/// One call of a kernel over planned maps: what a plan is made of.
enum Step {
  /// y = SiLU(x * w' + b') + residual with the normalization folded in; no SiLU for plain units.
  case fused(ConvolutionUnit, x: PlannedMap, residual: PlannedMap?, y: PlannedMap)
  /// z = x * w, plus the bias of a plain unit.
  case convolve(ConvolutionUnit, x: PlannedMap, z: PlannedMap)
  /// Sums up z for the statistics of the batch.
  case sumStatistics(BatchNormalization, z: PlannedMap)
  /// Chooses the statistics that z is normalized by, once all of z was summed up.
  case finishStatistics(BatchNormalization)
  /// y = SiLU(normalized z) + residual.
  case normalize(BatchNormalization, z: PlannedMap, residual: PlannedMap?, y: PlannedMap)
  case maxPool(x: PlannedMap, y: PlannedMap, kernel: Int)
  case upsample(x: PlannedMap, y: PlannedMap, factor: Int)
  case copy(x: PlannedMap, y: PlannedMap, accumulate: Bool)
  /// Where the caller reads the outputs and writes their gradients.
  case loss
  case clear(PlannedMap)
  /// Sums up what ∂L/∂z, ∂L/∂γ and ∂L/∂β depend on.
  case sumGradient(BatchNormalization, z: PlannedMap, dy: PlannedMap)
  /// Adds ∂L/∂γ and ∂L/∂β, once everything was summed up.
  case finishGradient(BatchNormalization)
  /// Writes ∂L/∂z over z.
  case normalizeGradient(BatchNormalization, z: PlannedMap, dy: PlannedMap)
  case weightGradient(ConvolutionUnit, x: PlannedMap, dz: PlannedMap)
  case biasGradient(Parameter, dz: PlannedMap)
  case dataGradient(ConvolutionUnit, dz: PlannedMap, dx: PlannedMap, accumulate: Bool)
  case maxPoolGradient(x: PlannedMap, dy: PlannedMap, dx: PlannedMap, kernel: Int)
  case upsampleGradient(dy: PlannedMap, dx: PlannedMap, factor: Int, accumulate: Bool)

  /// Every map that the step reads or writes.
  var maps: [PlannedMap] {
    switch self {
    case .fused(_, let x, let residual, let y): [x, y] + (residual.map { [$0] } ?? [])
    case .convolve(_, let x, let z): [x, z]
    case .sumStatistics(_, let z): [z]
    case .normalize(_, let z, let residual, let y): [z, y] + (residual.map { [$0] } ?? [])
    case .maxPool(let x, let y, _), .upsample(let x, let y, _), .copy(let x, let y, _): [x, y]
    case .finishStatistics, .finishGradient, .loss: []
    case .clear(let map): [map]
    case .sumGradient(_, let z, let dy), .normalizeGradient(_, let z, let dy): [z, dy]
    case .weightGradient(_, let x, let dz): [x, dz]
    case .biasGradient(_, let dz): [dz]
    case .dataGradient(_, let dz, let dx, _): [dz, dx]
    case .maxPoolGradient(let x, let dy, let dx, _): [x, dy, dx]
    case .upsampleGradient(let dy, let dx, _, _): [dy, dx]
    }
  }

  /// Runs the step on some images of its maps; those that are not ``isByImage`` on all of them.
  ///
  /// Where no image is at hand, only what all ranks do together is done.
  func run(
    _ images: Range<Int>, of batch: SharedBatch, in layout: Layout, with weights: PackedWeights,
    on compute: Compute
  ) {
    guard !images.isEmpty || isShared else { return }
    let pool = compute.pool
    func part(_ map: PlannedMap) -> FeatureMap { layout.map(map, images: images) }
    switch self {
    case .fused(let unit, let x, let residual, let y):
      // SAFETY: weights and bias outlive the call; the maps were planned for these channels.
      let epilogue = unsafe Epilogue(
        bias: weights.bias(unit), silu: unit.normalization != nil,
        residual: residual.map(part))
      unsafe compute.backend.forward(
        unit.shape, x: part(x), weights: weights.forward(unit),
        packedFor: weights.use(unit), y: part(y), epilogue: epilogue, on: compute)
    case .convolve(let unit, let x, let z):
      let epilogue = unsafe Epilogue(bias: weights.bias(unit), silu: false, residual: nil)
      unsafe compute.backend.forward(
        unit.shape, x: part(x), weights: weights.forward(unit),
        packedFor: weights.use(unit), y: part(z), epilogue: epilogue, on: compute)
    case .sumStatistics(let normalization, let z):
      normalization.sumStatistics(
        of: batch.images(of: layout.map(z)), images: images, shards: batch.shards, on: pool)
    case .finishStatistics(let normalization):
      normalization.finishStatistics(over: batch.exchange)
    case .normalize(let normalization, let z, let residual, let y):
      normalization.apply(to: part(z), residual: residual.map(part), y: part(y), on: pool)
    case .maxPool(let x, let y, let kernel):
      Elementwise.maxPool(part(x), to: part(y), kernel: kernel, on: pool)
    case .upsample(let x, let y, let factor):
      Elementwise.upsample(part(x), to: part(y), factor: factor, on: pool)
    case .copy(let x, let y, let accumulate):
      Elementwise.copy(part(x), to: part(y), accumulate: accumulate, on: pool)
    case .loss: break
    default: runBackward(images, of: batch, in: layout, with: weights, on: compute)
    }
  }

  private func runBackward(
    _ images: Range<Int>, of batch: SharedBatch, in layout: Layout, with weights: PackedWeights,
    on compute: Compute
  ) {
    let pool = compute.pool, shards = batch.shards
    func all(_ map: PlannedMap) -> FeatureMap { batch.images(of: layout.map(map)) }
    func part(_ map: PlannedMap) -> FeatureMap { layout.map(map, images: images) }
    switch self {
    case .clear(let map): Elementwise.clear(part(map), on: pool)
    case .sumGradient(let normalization, let z, let dy):
      normalization.sumGradient(
        z: all(z), dy: all(dy), images: images, shards: shards, on: pool)
    case .finishGradient(let normalization): normalization.finishGradient(over: batch.exchange)
    case .normalizeGradient(let normalization, let z, let dy):
      normalization.applyGradient(z: part(z), dy: part(dy), on: pool)
    case .weightGradient(let unit, let x, let dz):
      // SAFETY: the gradient has the shape of the weights, and the exchange's sums once for each tree.
      if let exchange = batch.exchange {
        unsafe exchange.add(
          count: unit.weight.count, shards: shards, to: unit.weight.gradient
        ) { sums in
          unsafe compute.backend.weightGradient(
            unit.shape, x: all(x), dz: all(dz), shards: shards, sums: sums, adding: false,
            on: compute)
        }
      } else {
        unsafe compute.backend.weightGradient(
          unit.shape, x: all(x), dz: all(dz), shards: shards, sums: unit.weight.gradient.base,
          adding: true, on: compute)
      }
    case .biasGradient(let bias, let dz):
      let partial = Elementwise.channelSums(of: all(dz), shards: shards, on: pool)
      let total = partial.total(over: batch.exchange)
      for (channel, sum) in (total ?? []).enumerated() {
        // SAFETY: the bias has a number for each channel of the map.
        unsafe bias.gradient.base[channel] += Float(sum)
      }
    case .dataGradient(let unit, let dz, let dx, let accumulate):
      unsafe compute.backend.dataGradient(
        unit.shape, dz: part(dz), weights: weights.dataGradient(unit), dx: part(dx),
        accumulate: accumulate, on: compute)
    case .maxPoolGradient(let x, let dy, let dx, let kernel):
      Elementwise.maxPoolGradient(
        x: part(x), dy: part(dy), dx: part(dx), kernel: kernel, on: pool)
    case .upsampleGradient(let dy, let dx, let factor, let accumulate):
      Elementwise.upsampleGradient(
        dy: part(dy), dx: part(dx), factor: factor, accumulate: accumulate, on: pool)
    default: preconditionFailure("a forward step reached the backward pass")
    }
  }
}
