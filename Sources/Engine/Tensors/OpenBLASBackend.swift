internal import CKernels
internal import COpenBLAS

/// Convolutions as matrix products of OpenBLAS, over the windows of the output pixels (im2col).
///
/// Independent of our own kernels and right for any processor OpenBLAS knows. OpenBLAS is held to one
/// thread a call, since its own partition depends on the number of threads; ours depends on the
/// shapes alone. Its sums differ between processors and versions.
public struct OpenBLASBackend: ConvolutionBackend {
  /// The name that `--backend` takes.
  public let name = "openblas"
  /// False: OpenBLAS chooses the order of its sums by the size of the matrices.
  public let computesImagesApart = false

  /// Prepares OpenBLAS, once for the whole process: one thread a call.
  public init() { openblas_set_num_threads(1) }

  /// How many floats the packed weights of a shape take.
  public func packedCount(_ shape: ConvolutionShape, for use: PackedUse) -> Int {
    shape.weightCount
  }

  /// Brings weights (O, I, K, K) into the order (K, K, I, O), for either use.
  public func pack(
    _ weights: UnsafePointer<Float>, _ shape: ConvolutionShape, for use: PackedUse,
    into packed: UnsafeMutablePointer<Float>, on compute: Compute
  ) {
    // (O, I, K, K) becomes (K, K, I, O): a row for each float of a window.
    let taps = shape.kernel * shape.kernel
    for o in 0..<shape.outputs {
      for i in 0..<shape.inputs {
        for tap in 0..<taps {
          // SAFETY: both indices are below `weightCount`.
          unsafe packed[(tap * shape.inputs + i) * shape.outputs + o] =
            weights[(o * shape.inputs + i) * taps + tap]
        }
      }
    }
  }

  /// y = epilogue(w * x), block by block.
  public func forward(
    _ shape: ConvolutionShape, x: FeatureMap, weights: UnsafePointer<Float>,
    packedFor use: PackedUse, y: FeatureMap, epilogue: Epilogue, on compute: Compute
  ) {
    shape.check(input: x, output: y)
    let product = Product(shape, x: x, y: y)
    // SAFETY: the caller keeps the weights in place; nobody writes them meanwhile.
    nonisolated(unsafe) let weights = unsafe weights
    let scratch = compute.workerScratch(product.scratchCount)
    compute.pool.run(product.blocks) { block, worker in
      let pixels = product.pixels(ofBlock: block)
      // SAFETY: rows and columns of the matrices are those of the maps and of the packed weights;
      // blocks are disjoint, and each worker has its own scratch.
      let windows = unsafe product.windows(of: pixels, scratch: scratch[worker])
      unsafe cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(pixels.count), Int32(shape.outputs),
        Int32(product.window), 1, windows.base, Int32(windows.row), weights,
        Int32(shape.outputs), 0, y.base + pixels.lowerBound * y.pixel, Int32(y.pixel))
      unsafe finish(y, pixels, epilogue)
    }
  }

  /// dx = ∂L/∂x: the gradients of all windows, added to where they came from.
  public func dataGradient(
    _ shape: ConvolutionShape, dz: FeatureMap, weights: UnsafePointer<Float>, dx: FeatureMap,
    accumulate: Bool, on compute: Compute
  ) {
    shape.check(input: dx, output: dz)
    let product = Product(shape, x: dx, y: dz)
    // SAFETY: the caller keeps the weights in place; nobody writes them meanwhile.
    nonisolated(unsafe) let weights = unsafe weights
    let scratch = compute.workerScratch(product.scratchCount)
    // Windows overlap, so that an image is one task: its blocks are added in order.
    compute.pool.run(dx.count) { image, worker in
      // SAFETY: as in `forward`; each task writes one image of dx.
      if !accumulate { unsafe clear(dx.images(image..<image + 1)) }
      let plane = dz.height * dz.width
      for first in stride(from: image * plane, to: (image + 1) * plane, by: product.block) {
        let pixels = first..<min(first + product.block, (image + 1) * plane)
        unsafe cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, Int32(pixels.count), Int32(product.window),
          Int32(shape.outputs), 1, dz.base + first * dz.pixel, Int32(dz.pixel), weights,
          Int32(shape.outputs), 0, scratch[worker], Int32(product.window))
        var target = unsafe dx.raw
        unsafe yolos_col2im(
          scratch[worker], first, pixels.count, Int32(shape.kernel), Int32(shape.stride), &target)
      }
    }
  }

  /// Computes ∂L/∂w of the shards at hand, a sum for each of their trees.
  public func weightGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, shards: BatchShards,
    sums: UnsafeMutablePointer<Float>, adding: Bool, on compute: Compute
  ) {
    shape.check(input: x, output: dz)
    let product = Product(shape, x: x, y: dz)
    let count = shape.weightCount, plane = dz.height * dz.width
    let scratch = compute.workerScratch(product.scratchCount)
    let parts = unsafe SharedFloats(compute.sharedScratch(shards.held.count * count))
    compute.pool.run(shards.held.count) { index, worker in
      let images = shards.localImages(of: shards.held.lowerBound + index)
      let first = images.lowerBound * plane, end = images.upperBound * plane
      for start in stride(from: first, to: end, by: product.block) {
        let pixels = start..<min(start + product.block, end)
        // SAFETY: as in `forward`; each shard has its own sum.
        let windows = unsafe product.windows(of: pixels, scratch: scratch[worker])
        unsafe cblas_sgemm(
          CblasRowMajor, CblasTrans, CblasNoTrans, Int32(product.window), Int32(shape.outputs),
          Int32(pixels.count), 1, windows.base, Int32(windows.row),
          dz.base + pixels.lowerBound * dz.pixel, Int32(dz.pixel), start == first ? 0 : 1,
          parts.base + index * count, Int32(shape.outputs))
      }
    }
    for (index, tree) in shards.trees.enumerated() {
      for o in 0..<shape.outputs {
        for row in 0..<product.window {
          let sum = BatchShards.sum(
            of: tree,
            shard: { shard in
              // SAFETY: shard, row and output are those of the sums above.
              unsafe parts.base[
                (shard - shards.held.lowerBound) * count + row * shape.outputs + o]
            }, +)
          // A row is (tap, input); the gradient has the taps last.
          let tap = row / shape.inputs, input = row % shape.inputs
          let taps = shape.kernel * shape.kernel
          let place = index * count + (o * shape.inputs + input) * taps + tap
          unsafe sums[place] = adding ? sums[place] + sum : sum
        }
      }
    }
  }
}

/// The matrix product that a convolution is: (pixels x window) times (window x outputs).
private struct Product: Sendable {
  let shape: ConvolutionShape
  let x: FeatureMap
  /// Output pixels of the batch.
  let count: Int
  /// Floats of a window, K x K x I.
  let window: Int
  /// Output pixels of a task: as many as make 1 MB of windows, and at least 8 blocks where possible.
  let block: Int
  let blocks: Int

  init(_ shape: ConvolutionShape, x: FeatureMap, y: FeatureMap) {
    self.shape = shape
    self.x = x
    count = y.pixels
    window = shape.kernel * shape.kernel * shape.inputs
    block = max(1, min((1 << 18) / window, (count + 7) / 8))
    blocks = (count + block - 1) / block
  }

  /// Floats of scratch that a worker needs.
  var scratchCount: Int { block * window }

  func pixels(ofBlock index: Int) -> Range<Int> {
    index * block..<min((index + 1) * block, count)
  }

  /// The windows of some output pixels: x itself for a 1 x 1 window, else written to scratch.
  @unsafe func windows(
    of pixels: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) -> (base: UnsafePointer<Float>, row: Int) {
    if shape.kernel == 1 && shape.stride == 1 {
      return unsafe (UnsafePointer(x.base + pixels.lowerBound * x.pixel), x.pixel)
    }
    var map = unsafe x.raw
    unsafe yolos_im2col(
      &map, pixels.lowerBound, pixels.count, Int32(shape.kernel), Int32(shape.stride), scratch)
    return unsafe (UnsafePointer(scratch), window)
  }
}

/// Applies what follows the convolution to some pixels.
@unsafe private func finish(_ y: FeatureMap, _ pixels: Range<Int>, _ epilogue: Epilogue) {
  guard unsafe epilogue.bias != nil || epilogue.silu || epilogue.residual != nil else { return }
  var target = unsafe y.raw
  let first = pixels.lowerBound, silu: Int32 = epilogue.silu ? 1 : 0
  if var residual = unsafe epilogue.residual?.raw {
    unsafe yolos_epilogue(&target, first, pixels.count, epilogue.bias, silu, &residual)
  } else {
    unsafe yolos_epilogue(&target, first, pixels.count, epilogue.bias, silu, nil)
  }
}

/// Sets the channels of a map to zero.
@unsafe private func clear(_ map: FeatureMap) {
  for pixel in 0..<map.pixels {
    unsafe (map.base + pixel * map.pixel).update(repeating: 0, count: map.channels)
  }
}
