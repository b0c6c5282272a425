internal import CAugment
package import Images

extension Image {
  /// What is seen through a map, by bilinear sampling of its inverse; outside lies `border`.
  ///
  /// Pixel centers lie at whole numbers, as in the reference.
  package func warped(
    by projection: Projection, width: Int, height: Int, border: UInt8 = 114
  ) -> Image {
    var output = Image(width: width, height: height, gray: border)
    guard let inverse = projection.inverse, self.width > 0, self.height > 0 else { return output }
    let isAffine = projection.isAffine
    // 2^31 pixels either way are far beyond any image; the clamp keeps the conversion defined.
    let limit = 0x1p30
    let fixed = inverse.m.map { Int64((min(max($0, -limit), limit) * 0x1p32).rounded()) }
    // SAFETY: source and output hold 3 * width * height bytes; the maps hold nine numbers; the loops
    // check every source position against the source's sides. All pointers live for the call only.
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe output.pixels.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        if isAffine {
          unsafe yolos_warp_affine(
            source, Int32(self.width), Int32(self.height), fixed, border, target, Int32(width),
            Int32(height))
        } else {
          unsafe yolos_warp_perspective(
            source, Int32(self.width), Int32(self.height), inverse.m, border, target, Int32(width),
            Int32(height))
        }
      }
    }
    return output
  }

  /// Changes the colors in place as the shift says.
  package mutating func shift(_ colors: ColorShift) {
    guard !colors.isNone else { return }
    var tables = colors.tables
    let count = width * height
    // SAFETY: the pixels are 3 * count bytes, changed in place; the tables live for the call.
    unsafe pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = pixels.baseAddress else { return }
      unsafe yolos_shift_colors(pixels, count, &tables)
    }
  }

  /// Exchanges left and right in place.
  package mutating func flipLeftRight() {
    let (width, height) = (Int32(width), Int32(height))
    // SAFETY: the pixels are 3 * width * height bytes, changed in place.
    unsafe pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = pixels.baseAddress else { return }
      unsafe yolos_mirror(pixels, width, height)
    }
  }

  /// Exchanges top and bottom in place.
  package mutating func flipUpDown() {
    let pitch = 3 * width
    for top in 0..<height / 2 {
      let bottom = height - 1 - top
      for i in 0..<pitch { pixels.swapAt(top * pitch + i, bottom * pitch + i) }
    }
  }

  /// Lets another image of the same size shine through: `weight` of 256 parts stay.
  package mutating func mix(_ other: Image, weight: Int) {
    precondition(
      other.width == width && other.height == height, "images of different sizes cannot be mixed")
    let count = pixels.count
    // SAFETY: both hold `count` bytes and are different arrays.
    unsafe other.pixels.withUnsafeBufferPointer { source in
      unsafe pixels.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        unsafe yolos_mix(target, source, count, Int32(weight))
      }
    }
  }

  /// Copies a rectangle of another image, which must lie inside both.
  package mutating func paste(
    _ other: Image, from: (x: Int, y: Int), to: (x: Int, y: Int), width: Int, height: Int
  ) {
    guard width > 0 && height > 0 else { return }
    precondition(
      from.x >= 0 && from.y >= 0 && from.x + width <= other.width && from.y + height <= other.height
        && to.x >= 0 && to.y >= 0 && to.x + width <= self.width && to.y + height <= self.height,
      "the rectangle is not inside both images")
    let pitch = self.width
    // SAFETY: the rectangle lies inside both images, as checked; they are different arrays.
    unsafe other.pixels.withUnsafeBufferPointer { source in
      unsafe pixels.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for y in 0..<height {
          unsafe (target + 3 * ((to.y + y) * pitch + to.x)).update(
            from: source + 3 * ((from.y + y) * other.width + from.x), count: 3 * width)
        }
      }
    }
  }
}
