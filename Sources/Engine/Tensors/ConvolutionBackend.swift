/// One way of computing convolutions: the native kernels, OpenBLAS, or the plain reference.
///
/// All maps are NHWC views and may be channel slices of wider maps; what lies between the channels of
/// a slice is neither read nor written. Maps of one call do not overlap. Every result is the same,
/// bit for bit, on any number of threads; between backends the bits differ (docs/numerics.md).
public protocol ConvolutionBackend: Sendable {
  /// The name that `--backend` takes.
  var name: String { get }
  /// Whether outputs and data gradients of an image have the same bits whichever images are computed
  /// with it, and all threads have work with one image, so that a batch may be cut.
  var computesImagesApart: Bool { get }

  /// How many floats the packed weights of a shape take.
  func packedCount(_ shape: ConvolutionShape, for use: PackedUse) -> Int

  /// Brings weights (O, I, K, K) into the order this backend reads.
  func pack(
    _ weights: UnsafePointer<Float>, _ shape: ConvolutionShape, for use: PackedUse,
    into packed: UnsafeMutablePointer<Float>, on compute: Compute)

  /// For what forward use the weights of a shape are best packed; `.forward` unless a backend knows better.
  ///
  /// - Parameters:
  ///   - shape: The convolution.
  ///   - count: Images that are computed at a time.
  ///   - height: Rows of y.
  ///   - width: Columns of y.
  /// - Returns: `.forward` or `.smallForward`.
  func forwardUse(_ shape: ConvolutionShape, count: Int, height: Int, width: Int) -> PackedUse

  /// y = epilogue(w * x).
  ///
  /// - Parameters:
  ///   - shape: The convolution.
  ///   - x: (N, H, W, I).
  ///   - weights: Packed for `use`.
  ///   - use: `.forward` or `.smallForward`; the bits are the same.
  ///   - y: (N, H', W', O), overwritten.
  ///   - epilogue: What follows.
  ///   - compute: The threads and their scratch memory.
  func forward(
    _ shape: ConvolutionShape, x: FeatureMap, weights: UnsafePointer<Float>,
    packedFor use: PackedUse, y: FeatureMap, epilogue: Epilogue, on compute: Compute)

  /// dx = ∂L/∂x, from dz = ∂L/∂(w * x).
  ///
  /// - Parameters:
  ///   - shape: The convolution.
  ///   - dz: (N, H', W', O).
  ///   - weights: Packed for `.dataGradient`.
  ///   - dx: (N, H, W, I).
  ///   - accumulate: Whether to add to dx rather than to overwrite it.
  ///   - compute: The threads and their scratch memory.
  func dataGradient(
    _ shape: ConvolutionShape, dz: FeatureMap, weights: UnsafePointer<Float>, dx: FeatureMap,
    accumulate: Bool, on compute: Compute)

  /// Computes ∂L/∂w of the shards at hand: a sum for each of their trees (``BatchShards/trees``).
  ///
  /// - Parameters:
  ///   - shape: The convolution.
  ///   - x: (N, H, W, I), the images of the shards at hand.
  ///   - dz: (N, H', W', O).
  ///   - shards: How the batch is cut, and what of it is at hand.
  ///   - sums: (O, I, K, K) for each tree, one after the other.
  ///   - adding: Whether to add to `sums` rather than to overwrite them.
  ///   - compute: The threads and their scratch memory.
  func weightGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, shards: BatchShards,
    sums: UnsafeMutablePointer<Float>, adding: Bool, on compute: Compute)
}

extension ConvolutionBackend {
  /// `.forward`.
  public func forwardUse(
    _ shape: ConvolutionShape, count: Int, height: Int, width: Int
  ) -> PackedUse { .forward }

  /// y = epilogue(w * x), with weights packed for `.forward`.
  @unsafe public func forward(
    _ shape: ConvolutionShape, x: FeatureMap, weights: UnsafePointer<Float>, y: FeatureMap,
    epilogue: Epilogue, on compute: Compute
  ) {
    unsafe forward(
      shape, x: x, weights: weights, packedFor: .forward, y: y, epilogue: epilogue, on: compute)
  }

  /// Adds ∂L/∂w of a whole batch to dw (O, I, K, K).
  @unsafe public func weightGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, dw: UnsafeMutablePointer<Float>,
    on compute: Compute
  ) {
    unsafe weightGradient(
      shape, x: x, dz: dz, shards: BatchShards(images: x.count), sums: dw, adding: true,
      on: compute)
  }
}
