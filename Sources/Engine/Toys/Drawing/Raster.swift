internal import CCairo
internal import Images

/// A picture with opacity: premultiplied ARGB in one word a pixel, which is also Cairo's layout.
struct Raster {
  let width, height: Int
  var pixels: [UInt32]

  /// A transparent picture.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    pixels = [UInt32](repeating: 0, count: width * height)
  }

  /// Draws by vectors; the canvas lives for the call only.
  mutating func draw(_ body: (Canvas) -> Void) {
    let (width, height) = (width, height)
    // SAFETY: the surface draws into `pixels`, whose rows are 4 * width bytes as Cairo's are for this
    // format; it is finished and given back before the array is used again.
    unsafe pixels.withUnsafeMutableBytes { bytes in
      let surface = unsafe cairo_image_surface_create_for_data(
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), CAIRO_FORMAT_ARGB32, Int32(width),
        Int32(height), Int32(4 * width))
      defer {
        unsafe cairo_surface_finish(surface)
        unsafe cairo_surface_destroy(surface)
      }
      guard let context = unsafe cairo_create(surface) else { return }
      body(unsafe Canvas(context))
      unsafe cairo_surface_flush(surface)
      unsafe cairo_destroy(context)
    }
  }

  /// The smallest part that holds every pixel of at least half opacity, and a margin about it; nil
  /// where there is none.
  func cropped(margin: Int) -> (raster: Raster, left: Int, top: Int)? {
    var (minX, maxX, minY, maxY) = (width, -1, height, -1)
    for y in 0..<height {
      let row = pixels[y * width..<(y + 1) * width]
      guard let first = row.firstIndex(where: { $0 >= 0x8000_0000 }),
        let last = row.lastIndex(where: { $0 >= 0x8000_0000 })
      else { continue }
      (minX, maxX) = (min(minX, first - y * width), max(maxX, last - y * width))
      (minY, maxY) = (min(minY, y), y)
    }
    guard maxX >= 0 else { return nil }
    (minX, minY) = (max(0, minX - margin), max(0, minY - margin))
    (maxX, maxY) = (min(width - 1, maxX + margin), min(height - 1, maxY + margin))
    var part = Raster(width: maxX - minX + 1, height: maxY - minY + 1)
    for y in 0..<part.height {
      let from = (minY + y) * width + minX
      part.pixels.replaceSubrange(
        y * part.width..<(y + 1) * part.width, with: pixels[from..<from + part.width])
    }
    return (part, minX, minY)
  }

  /// The picture without its opacity.
  func image() -> Image {
    var bytes = [UInt8](repeating: 0, count: 3 * pixels.count)
    for i in pixels.indices {
      let pixel = pixels[i]
      bytes[3 * i] = UInt8(truncatingIfNeeded: pixel >> 16)
      bytes[3 * i + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
      bytes[3 * i + 2] = UInt8(truncatingIfNeeded: pixel)
    }
    return Image(width: width, height: height, pixels: bytes)
  }
}

/// A pixel with every channel, opacity included, multiplied by `factor / 256`.
func scaled(_ pixel: UInt32, by factor: UInt32) -> UInt32 {
  let odd = ((pixel >> 8) & 0x00FF_00FF) &* factor & 0xFF00_FF00
  let even = (((pixel & 0x00FF_00FF) &* factor) >> 8) & 0x00FF_00FF
  return odd | even
}
