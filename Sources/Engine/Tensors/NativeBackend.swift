internal import CKernels

/// Convolutions by our own kernels: implicit matrix products, and Winograd's transforms for 3 x 3
/// windows.
///
/// The bits are the same on any number of threads and with every ``KernelSet``. Winograd's results
/// lie some 1e-6 of the typical magnitude off the exact ones, three times as far as those of the
/// direct kernels.
public struct NativeBackend: ConvolutionBackend {
  /// Whether 3 x 3 windows go through Winograd's transforms.
  public let usesWinograd: Bool

  /// The name that `--backend` takes: "native", or "direct" without Winograd.
  public var name: String { usesWinograd ? "native" : "direct" }
  /// True: an output is one chain of operations, whatever task it falls into.
  public var computesImagesApart: Bool { true }

  /// Chooses the kernels.
  ///
  /// - Parameter usesWinograd: False for results as exact as single precision allows, at about half
  ///   the speed.
  public init(usesWinograd: Bool = true) { self.usesWinograd = usesWinograd }

  /// How many floats the packed weights of a shape take.
  public func packedCount(_ shape: ConvolutionShape, for use: PackedUse) -> Int {
    let points =
      switch packing(shape, for: use) {
      case .winograd, .winogradTurned: 6
      case .winogradHalving: 9
      case .direct, .turned, .spread: shape.kernel
      }
    return switch use {
    case .forward, .smallForward: panels(shape.outputs) * panel * shape.inputs * points * points
    case .dataGradient: panels(shape.inputs) * panel * shape.outputs * points * points
    }
  }

  /// Brings weights (O, I, K, K) into panels of 16 output channels.
  public func pack(
    _ weights: UnsafePointer<Float>, _ shape: ConvolutionShape, for use: PackedUse,
    into packed: UnsafeMutablePointer<Float>, on compute: Compute
  ) {
    let kernel = packing(shape, for: use)
    // SAFETY: the weights hold `weightCount` floats, the packed ones `packedCount`; each task writes
    // its own panel.
    nonisolated(unsafe) let packing = unsafe yolos_packing(
      weights: weights, inputs: Int32(shape.inputs), outputs: Int32(shape.outputs),
      kernel: Int32(shape.kernel), packed: packed)
    compute.pool.run(panels(use == .dataGradient ? shape.inputs : shape.outputs)) { panel, _ in
      var packing = unsafe packing
      switch kernel {
      case .direct: unsafe yolos_pack_direct(&packing, Int32(panel))
      case .turned: unsafe yolos_pack_turned(&packing, Int32(panel))
      case .winograd: unsafe yolos_pack_winograd(&packing, Int32(panel))
      case .winogradTurned: unsafe yolos_pack_winograd_turned(&packing, Int32(panel))
      case .winogradHalving: unsafe yolos_pack_winograd_halving(&packing, Int32(panel))
      case .spread: unsafe yolos_pack_spread(&packing, Int32(panel))
      }
    }
  }

  /// y = epilogue(w * x), with the epilogue applied before anything is written.
  public func forward(
    _ shape: ConvolutionShape, x: FeatureMap, weights: UnsafePointer<Float>,
    packedFor use: PackedUse, y: FeatureMap, epilogue: Epilogue, on compute: Compute
  ) {
    shape.check(input: x, output: y)
    // SAFETY: the caller keeps maps, weights and bias in place.
    var pass = unsafe makePass(shape, from: x, weights, to: y)
    unsafe pass.bias = epilogue.bias
    unsafe pass.silu = epilogue.silu ? 1 : 0
    if let residual = epilogue.residual {
      precondition(
        residual.channels == y.channels && residual.pixels == y.pixels,
        "the residual has another extent than the output")
      unsafe pass.residual = UnsafePointer(residual.base)
      unsafe pass.residual_pixel = residual.pixel
    }
    unsafe pass.plain = use == .smallForward && transforms(shape) ? 1 : 0
    let transformed = transforms(shape) || transformsHalving(shape)
    unsafe run(&pass, transformed ? .winograd : .direct, on: compute)
  }

  /// dx = ∂L/∂x: a convolution with turned weights, or four of them for stride 2.
  public func dataGradient(
    _ shape: ConvolutionShape, dz: FeatureMap, weights: UnsafePointer<Float>, dx: FeatureMap,
    accumulate: Bool, on compute: Compute
  ) {
    shape.check(input: dx, output: dz)
    // SAFETY: as in `forward`.
    var pass = unsafe makePass(shape, from: dz, weights, to: dx)
    if accumulate {
      unsafe pass.residual = UnsafePointer(dx.base)
      unsafe pass.residual_pixel = dx.pixel
    }
    let kernel: PassKernel =
      shape.stride == 2 ? .spread : transforms(shape) ? .winograd : .direct
    unsafe run(&pass, kernel, on: compute)
  }

  /// `.smallForward` where transformed weights would be large (from 9 MB on) and are read for few tiles.
  ///
  /// Transforming them anew takes a third of the vector operations of the products for 25 tiles, a tenth for 100, by
  /// count, and was measured to take no longer than reading them from memory (docs/benchmarks.md).
  public func forwardUse(
    _ shape: ConvolutionShape, count: Int, height: Int, width: Int
  ) -> PackedUse {
    let tiles = count * ((height + 3) / 4) * ((width + 3) / 4)
    return transforms(shape) && shape.inputs * shape.outputs >= 256 * 256 && tiles <= 120
      ? .smallForward : .forward
  }

  private func packing(_ shape: ConvolutionShape, for use: PackedUse) -> PackingKernel {
    switch use {
    case .forward where transforms(shape): .winograd
    case .forward, .smallForward: transformsHalving(shape) ? .winogradHalving : .direct
    case .dataGradient:
      shape.stride == 2 ? .spread : transforms(shape) ? .winogradTurned : .turned
    }
  }

  /// Whether all passes of a shape go through Winograd's F(4 x 4, 3 x 3).
  ///
  /// With very few channels the transforms cost more than they save.
  private func transforms(_ shape: ConvolutionShape) -> Bool {
    usesWinograd && shape.kernel == 3 && shape.stride == 1 && shape.inputs >= 8
      && shape.outputs >= 8
  }

  /// Whether the forward pass of a shape with stride 2 goes through Winograd's transform.
  ///
  /// Its weights take nine times the memory, at most 42 MB a layer here; beyond, reading them would
  /// eat up the gain.
  private func transformsHalving(_ shape: ConvolutionShape) -> Bool {
    usesWinograd && shape.kernel == 3 && shape.stride == 2 && shape.inputs >= 8
      && shape.outputs >= 8 && shape.inputs * shape.outputs <= 128 * 256
  }

  /// Computes ∂L/∂w of the shards at hand, a sum for each of their trees.
  public func weightGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, shards: BatchShards,
    sums: UnsafeMutablePointer<Float>, adding: Bool, on compute: Compute
  ) {
    shape.check(input: x, output: dz)
    precondition(
      x.count == shards.heldImages.count,
      "\(x.count) images are not those of shards \(shards.held)")
    guard x.count > 0 else { return }
    // SAFETY: the caller keeps the maps and the sums in place.
    var pass = unsafe yolos_weight_pass()
    unsafe pass.x = x.raw
    unsafe pass.dz = dz.raw
    unsafe pass.kernel = Int32(shape.kernel)
    unsafe pass.stride = Int32(shape.stride)
    unsafe pass.shards = shards.raw
    unsafe pass.wanted = Int32(2 * compute.pool.threads)
    unsafe pass.overwrites = adding ? 0 : 1
    if transforms(shape) {
      unsafe runWinogradGradient(&pass, on: compute)
    } else {
      unsafe runDirectGradient(&pass, on: compute)
    }
    for (index, tree) in shards.trees.enumerated() {
      unsafe pass.sum_first = Int32(tree.lowerBound - shards.held.lowerBound)
      unsafe pass.sum_shards = Int32(tree.count)
      unsafe pass.dw = sums + index * shape.weightCount
      // SAFETY: each task adds its own input channels.
      nonisolated(unsafe) let planned = unsafe pass
      unsafe compute.pool.run(panels(Int(pass.x.c))) { panel, _ in
        var pass = unsafe planned
        unsafe yolos_weight_gradient_sum(&pass, Int32(panel))
      }
    }
  }
}

/// Output channels that the kernels compute together.
private let panel = 16

private func panels(_ channels: Int) -> Int { (channels + panel - 1) / panel }

private enum PackingKernel {
  case direct, turned, winograd, winogradTurned, winogradHalving, spread
}

private enum PassKernel { case direct, winograd, spread }

@unsafe private func makePass(
  _ shape: ConvolutionShape, from x: FeatureMap, _ weights: UnsafePointer<Float>, to y: FeatureMap
) -> yolos_pass {
  var pass = unsafe yolos_pass()
  unsafe pass.x = x.raw
  unsafe pass.y = y.raw
  unsafe pass.kernel = Int32(shape.kernel)
  unsafe pass.stride = Int32(shape.stride)
  unsafe pass.weights = weights
  return unsafe pass
}

/// Plans a pass and runs its tasks.
@unsafe private func run(_ pass: inout yolos_pass, _ kernel: PassKernel, on compute: Compute) {
  // Many threads want more tasks; an output has the same bits whatever task it falls into.
  if compute.pool.threads > 4 { unsafe pass.wanted = Int32(2 * compute.pool.threads) }
  switch kernel {
  case .winograd: unsafe yolos_plan_winograd(&pass)
  case .direct: unsafe yolos_plan_direct(&pass)
  case .spread: unsafe yolos_plan_spread(&pass)
  }
  let scratch = unsafe compute.workerScratch(pass.scratch)
  let shared = unsafe pass.transformed_count
  if shared > 0 { unsafe pass.transformed = compute.sharedScratch(shared) }
  // SAFETY: tasks write disjoint parts of the shared memory, then of y, and each worker has its own
  // scratch.
  nonisolated(unsafe) let planned = unsafe pass
  if shared > 0 {
    compute.pool.run(Int(YOLOS_WINOGRAD_INPUT_TASKS)) { task, _ in
      var pass = unsafe planned
      unsafe yolos_winograd_inputs(&pass, Int32(task))
    }
  }
  unsafe compute.pool.run(Int(pass.tasks)) { task, worker in
    var pass = unsafe planned
    switch kernel {
    case .winograd: unsafe yolos_winograd(&pass, Int32(task), scratch[worker])
    case .direct: unsafe yolos_direct(&pass, Int32(task), scratch[worker])
    case .spread: unsafe yolos_spread(&pass, Int32(task), scratch[worker])
    }
  }
}

@unsafe private func runDirectGradient(_ pass: inout yolos_weight_pass, on compute: Compute) {
  unsafe yolos_plan_weight_gradient(&pass)
  let scratch = unsafe compute.workerScratch(pass.scratch)
  unsafe pass.sums = compute.sharedScratch(sumCount(pass))
  // SAFETY: tasks write their own parts of the sums, and each worker has its own scratch.
  nonisolated(unsafe) let planned = unsafe pass
  unsafe compute.pool.run(Int(pass.tasks)) { task, worker in
    var pass = unsafe planned
    unsafe yolos_weight_gradient(&pass, Int32(task), scratch[worker])
  }
}

/// Floats of the sums of all runs of the shards at hand.
@unsafe private func sumCount(_ pass: yolos_weight_pass) -> Int {
  unsafe Int(pass.shards.held) * Int(pass.cuts) * pass.sum_count
}

@unsafe private func runWinogradGradient(_ pass: inout yolos_weight_pass, on compute: Compute) {
  unsafe yolos_plan_winograd_gradient(&pass)
  let scratch = unsafe compute.workerScratch(pass.scratch)
  let sums = unsafe (sumCount(pass) + 15) / 16 * 16
  unsafe pass.sums = compute.sharedScratch(sums + pass.transformed_count)
  unsafe pass.transformed = unsafe pass.sums + sums
  // SAFETY: as above; transform tasks write their own tiles, product tasks their own products.
  nonisolated(unsafe) let planned = unsafe pass
  if unsafe pass.chunks == 0 {
    unsafe compute.pool.run(Int(pass.tasks)) { task, worker in
      var pass = unsafe planned
      unsafe yolos_winograd_gradient(&pass, Int32(task), scratch[worker])
    }
  }
  for chunk in unsafe 0..<pass.chunks {
    compute.pool.run(16) { task, _ in
      var pass = unsafe planned
      unsafe yolos_winograd_gradient_transform(&pass, chunk, Int32(task))
    }
    unsafe compute.pool.run(Int(yolos_winograd_gradient_products(&pass, chunk))) { task, worker in
      var pass = unsafe planned
      unsafe yolos_winograd_gradient_product(&pass, chunk, Int32(task), scratch[worker])
    }
    unsafe compute.pool.run(Int(yolos_winograd_gradient_backs(&pass, chunk))) { panel, _ in
      var pass = unsafe planned
      unsafe yolos_winograd_gradient_back(&pass, chunk, Int32(panel))
    }
  }
}
