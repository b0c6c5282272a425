internal import CKernels
package import Tensors

/// Passes over feature maps, cut into tasks that depend on the shapes alone.
package enum Elementwise {
  /// How many consecutive pixels one task takes: about 64 KiB of them, whole pieces of 64.
  static func pixelsPerTask(channels: Int) -> Int {
    max(64, (1 << 14) / max(channels, 1) / 64 * 64)
  }

  /// Runs `body` on runs of pixels of a map.
  static func overPixels(
    of map: FeatureMap, on pool: ThreadPool,
    _ body: @Sendable (_ task: Int, _ first: Int, _ count: Int) -> Void
  ) {
    let grain = pixelsPerTask(channels: map.channels), pixels = map.pixels
    pool.run((pixels + grain - 1) / grain) { task, _ in
      body(task, task * grain, min(grain, pixels - task * grain))
    }
  }

  /// Runs `body` on the runs of pixels of some images, none of which crosses a border of images: what
  /// is summed up of a run depends on its image alone.
  static func overRuns(
    of map: FeatureMap, images: Range<Int>, on pool: ThreadPool,
    _ body: @Sendable (_ run: Int, _ first: Int, _ count: Int) -> Void
  ) {
    let grain = pixelsPerTask(channels: map.channels), image = map.height * map.width
    let runs = (image + grain - 1) / grain
    pool.run(images.count * runs) { task, _ in
      let start = task % runs * grain
      body(
        images.lowerBound * runs + task,
        (images.lowerBound + task / runs) * image + start, min(grain, image - start))
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

  /// The sums of the channels over all pixels.
  static func channelSums(
    of x: FeatureMap, shards: BatchShards, on pool: ThreadPool
  ) -> PartialSums {
    let totals = PartialSums(over: x, columns: 1, shards: shards)
    overRuns(of: x, images: 0..<x.count, on: pool) { run, first, count in
      // SAFETY: each task owns a row of the partial sums.
      unsafe yolos_channel_sums(
        x.base + first * x.pixel, x.pixel, Int32(x.channels), count, totals.row(run, column: 0))
    }
    return totals
  }

  /// Turns 8-bit pixels into the network's input, k / 255.
  package static func unitFloats(
    from bytes: UnsafeBufferPointer<UInt8>, to y: FeatureMap, on pool: ThreadPool
  ) {
    precondition(y.pixel == y.channels, "the network's input is not a slice")
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
