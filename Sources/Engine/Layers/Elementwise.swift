internal import CKernels
package import Tensors

/// Passes over feature maps, cut into tasks that depend on the shapes alone.
package enum Elementwise {
  /// How many consecutive pixels one task takes: about 64 KiB of them, whole pieces of 64.
  static func pixelsPerTask(channels: Int) -> Int {
    max(64, (1 << 14) / max(channels, 1) / 64 * 64)
  }

  /// Runs `body` on runs of pixels of a map: on all of them, or on those that some images complete.
  ///
  /// The runs are those of the whole map, whatever images are given; a run across the border of two
  /// images belongs to the later one. Ranges of images that follow each other thus take each run once.
  static func overPixels(
    of map: FeatureMap, images: Range<Int>? = nil, on pool: ThreadPool,
    _ body: @Sendable (_ task: Int, _ first: Int, _ count: Int) -> Void
  ) {
    let grain = pixelsPerTask(channels: map.channels), pixels = map.pixels
    let images = images ?? 0..<map.count, image = map.height * map.width
    let all = (pixels + grain - 1) / grain
    let first = images.lowerBound * image / grain
    let end = images.upperBound == map.count ? all : images.upperBound * image / grain
    pool.run(end - first) { index, _ in
      let task = first + index
      body(task, task * grain, min(grain, pixels - task * grain))
    }
  }

  /// y = x, or y += x.
  package static func copy(
    _ x: FeatureMap, to y: FeatureMap, accumulate: Bool, on pool: ThreadPool
  ) {
    expectSame(x, y)
    overPixels(of: x, on: pool) { _, first, count in
      // SAFETY: the run lies inside both maps.
      unsafe yolos_copy(
        x.base + first * x.pixel, x.pixel, y.base + first * y.pixel, y.pixel,
        accumulate ? 1 : 0, Int32(x.channels), count)
    }
  }

  /// y = 0.
  package static func clear(_ y: FeatureMap, on pool: ThreadPool) {
    overPixels(of: y, on: pool) { _, first, count in
      // SAFETY: the run lies inside the map.
      unsafe yolos_clear(y.base + first * y.pixel, y.pixel, Int32(y.channels), count)
    }
  }

  /// y = max pooling of x with stride 1 and a window of `kernel` x `kernel`, cut at the border.
  package static func maxPool(
    _ x: FeatureMap, to y: FeatureMap, kernel: Int, on pool: ThreadPool
  ) {
    expectSame(x, y)
    let image = x.height * x.width
    pool.run(x.count * x.height) { task, _ in
      let offset = task / x.height * image
      // SAFETY: the row lies inside both maps; the kernel cuts its window at the image's border.
      unsafe yolos_max_pool_row(
        x.base + offset * x.pixel, x.pixel, y.base + offset * y.pixel, y.pixel,
        Int32(x.height), Int32(x.width), Int32(x.channels), Int32(kernel), Int32(task % x.height))
    }
  }

  /// dx += the gradient of ``maxPool(_:to:kernel:on:)``.
  package static func maxPoolGradient(
    x: FeatureMap, dy: FeatureMap, dx: FeatureMap, kernel: Int, on pool: ThreadPool
  ) {
    expectSame(x, dy)
    expectSame(x, dx)
    let image = x.height * x.width, blocks = (x.channels + 15) / 16
    pool.run(x.count * blocks) { task, _ in
      let offset = task / blocks * image, first = task % blocks * 16
      // SAFETY: the tasks own disjoint images and channels of dx.
      unsafe yolos_max_pool_gradient(
        x.base + offset * x.pixel, x.pixel, dy.base + offset * dy.pixel, dy.pixel,
        dx.base + offset * dx.pixel, dx.pixel, Int32(x.height), Int32(x.width), Int32(kernel),
        Int32(first), Int32(min(first + 16, x.channels)))
    }
  }

  /// y = x with every pixel repeated `factor` times in both directions.
  package static func upsample(
    _ x: FeatureMap, to y: FeatureMap, factor: Int, on pool: ThreadPool
  ) {
    expectEnlarged(x, y, by: factor)
    pool.run(y.count * y.height) { task, _ in
      let image = task / y.height
      // SAFETY: the tasks own disjoint rows of y.
      unsafe yolos_upsample_row(
        x.base + image * x.height * x.width * x.pixel, x.pixel,
        y.base + image * y.height * y.width * y.pixel, y.pixel,
        Int32(x.width), Int32(x.channels), Int32(factor), Int32(task % y.height))
    }
  }

  /// dx = the gradient of ``upsample(_:to:factor:on:)``, or dx += it.
  package static func upsampleGradient(
    dy: FeatureMap, dx: FeatureMap, factor: Int, accumulate: Bool, on pool: ThreadPool
  ) {
    expectEnlarged(dx, dy, by: factor)
    pool.run(dx.count * dx.height) { task, _ in
      let image = task / dx.height
      // SAFETY: the tasks own disjoint rows of dx.
      unsafe yolos_upsample_gradient_row(
        dy.base + image * dy.height * dy.width * dy.pixel, dy.pixel,
        dx.base + image * dx.height * dx.width * dx.pixel, dx.pixel,
        Int32(dx.width), Int32(dx.channels), Int32(factor), Int32(task % dx.height),
        accumulate ? 1 : 0)
    }
  }

  /// sum[c] += the sum of a channel over all pixels.
  package static func addChannelSums(
    of x: FeatureMap, to sum: UnsafeMutablePointer<Float>, on pool: ThreadPool
  ) {
    let totals = PartialSums(over: x, columns: 1)
    overPixels(of: x, on: pool) { task, first, count in
      // SAFETY: each task owns a row of the partial sums.
      unsafe yolos_channel_sums(
        x.base + first * x.pixel, x.pixel, Int32(x.channels), count, totals.row(task, column: 0))
    }
    for channel in 0..<x.channels { unsafe sum[channel] += Float(totals.sum(channel, column: 0)) }
  }

  /// Turns 8-bit pixels into the network's input, k / 255.
  package static func unitFloats(
    from bytes: UnsafeBufferPointer<UInt8>, to y: FeatureMap, on pool: ThreadPool
  ) {
    precondition(y.pixel == y.channels, "the network's input is no slice")
    precondition(bytes.count == y.pixels * y.channels, "pixels and input differ in size")
    let grain = 1 << 16
    // SAFETY: the tasks own disjoint runs of y, and read within the bytes.
    nonisolated(unsafe) let source = unsafe bytes
    pool.run((bytes.count + grain - 1) / grain) { task, _ in
      guard let base = unsafe source.baseAddress else { return }
      unsafe yolos_bytes_to_unit(
        base + task * grain, y.base + task * grain, min(grain, source.count - task * grain))
    }
  }

  private static func expectSame(_ a: FeatureMap, _ b: FeatureMap) {
    precondition(
      a.count == b.count && a.height == b.height && a.width == b.width && a.channels == b.channels,
      "two maps of one step differ in size")
  }

  private static func expectEnlarged(_ x: FeatureMap, _ y: FeatureMap, by factor: Int) {
    precondition(
      x.count == y.count && x.channels == y.channels && x.height * factor == y.height
        && x.width * factor == y.width, "the large map is not \(factor) times the small one")
  }
}

/// Sums of doubles per channel, one row for every task over a map's pixels, added in task order.
@safe struct PartialSums: Sendable {
  private let buffer: DoubleBuffer
  private let channels: Int
  private let columns: Int
  /// Pixels of the map, and of each task but perhaps the last.
  let pixels, grain: Int
  /// How many tasks there are.
  let count: Int

  init(over map: FeatureMap, columns: Int) {
    pixels = map.pixels
    grain = Elementwise.pixelsPerTask(channels: map.channels)
    count = (pixels + grain - 1) / grain
    channels = map.channels
    self.columns = columns
    buffer = DoubleBuffer(count: count * columns * channels)
  }

  /// Where task `task` writes its sums.
  @unsafe func row(_ task: Int, column: Int) -> UnsafeMutablePointer<Double> {
    unsafe buffer.base + (task * columns + column) * channels
  }

  /// One task's sum.
  func value(_ task: Int, _ channel: Int, column: Int) -> Double {
    unsafe row(task, column: column)[channel]
  }

  /// The sum over all tasks in their order.
  func sum(_ channel: Int, column: Int) -> Double {
    (0..<count).reduce(0.0) { $0 + value($1, channel, column: column) }
  }
}

/// Memory for doubles; freed with the last reference.
@safe final class DoubleBuffer: @unchecked Sendable {
  // `@unchecked`: it hands out addresses; who writes where is its user's business.
  @unsafe let base: UnsafeMutablePointer<Double>

  init(count: Int) {
    unsafe base = .allocate(capacity: max(count, 1))
    unsafe base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { unsafe base.deallocate() }
}
