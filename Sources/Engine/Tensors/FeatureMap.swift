package import CKernels

/// A batch of feature maps seen in place: N images of H x W pixels with C channels each, channels next
/// to each other (NHWC).
///
/// A map owns no memory. It may be a slice of the channels of a wider map, which is why concatenating
/// and splitting cost nothing.
@safe public struct FeatureMap: @unchecked Sendable {
  // `@unchecked`: a map is a plain address. Who writes where is decided by the program that planned
  // the memory; within one parallel step every task writes only its own part.

  /// The same map as the kernels see it.
  package var raw: yolos_map

  /// Sees `count` images at `base`.
  ///
  /// - Parameters:
  ///   - base: Element (0, 0, 0, 0).
  ///   - count: N.
  ///   - height: H.
  ///   - width: W.
  ///   - channels: C.
  ///   - pixel: Floats from one pixel to the next; `channels` where the map is no slice.
  public init(
    base: UnsafeMutablePointer<Float>, count: Int, height: Int, width: Int, channels: Int,
    pixel: Int? = nil
  ) {
    precondition((pixel ?? channels) >= channels, "pixels of \(channels) channels would overlap")
    unsafe raw = yolos_map(
      base: base, pixel: pixel ?? channels, n: Int32(count), h: Int32(height), w: Int32(width),
      c: Int32(channels))
  }

  /// Images in the batch, N.
  public var count: Int { unsafe Int(raw.n) }
  /// Rows, H.
  public var height: Int { unsafe Int(raw.h) }
  /// Columns, W.
  public var width: Int { unsafe Int(raw.w) }
  /// Channels, C.
  public var channels: Int { unsafe Int(raw.c) }
  /// Floats from one pixel to the next, at least `channels`.
  public var pixel: Int { unsafe raw.pixel }
  /// Pixels of the whole batch, N x H x W.
  public var pixels: Int { count * height * width }

  /// Element (0, 0, 0, 0).
  @unsafe public var base: UnsafeMutablePointer<Float> { unsafe raw.base }

  /// Some of the channels of this map, in place.
  public func slice(_ channels: Range<Int>) -> FeatureMap {
    precondition(
      channels.lowerBound >= 0 && channels.upperBound <= self.channels,
      "channels \(channels) are not among \(self.channels)")
    var result = self
    unsafe result.raw.base += channels.lowerBound
    unsafe result.raw.c = Int32(channels.count)
    return result
  }

  /// Some of the images of this map, in place.
  public func images(_ range: Range<Int>) -> FeatureMap {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "images \(range) are not among \(count)")
    var result = self
    unsafe result.raw.base += range.lowerBound * height * width * pixel
    unsafe result.raw.n = Int32(range.count)
    return result
  }

  /// Copies a tensor of shape (N, C, H, W) into the map.
  public func fill(from tensor: Tensor) {
    precondition(
      tensor.shape == [count, channels, height, width],
      "a tensor of shape \(tensor.shape) cannot fill \(count) x \(channels) x \(height) x \(width)")
    let plane = height * width
    for image in 0..<count {
      for position in 0..<plane {
        // SAFETY: the offset stays inside the map's images, pixels and channels.
        let target = unsafe base + (image * plane + position) * pixel
        for channel in 0..<channels {
          unsafe target[channel] = tensor.scalars[(image * channels + channel) * plane + position]
        }
      }
    }
  }

  /// The content as a tensor of shape (N, C, H, W).
  public func tensor() -> Tensor {
    let plane = height * width
    var scalars = [Float](repeating: 0, count: count * channels * plane)
    for image in 0..<count {
      for position in 0..<plane {
        // SAFETY: the offset stays inside the map's images, pixels and channels.
        let source = unsafe base + (image * plane + position) * pixel
        for channel in 0..<channels {
          unsafe scalars[(image * channels + channel) * plane + position] = source[channel]
        }
      }
    }
    return Tensor(scalars, shape: [count, channels, height, width])
  }
}
