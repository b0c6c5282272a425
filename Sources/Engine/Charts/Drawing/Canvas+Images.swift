internal import CCairo
internal import Foundation
internal import Images

extension Canvas {
  /// An opaque canvas of pixels; `scale` of them to a unit.
  ///
  /// - Throws: ``ChartError`` without the font, or for a picture larger than Cairo takes.
  static func pixels(
    width: Double, height: Double, scale: Double, place: String
  ) throws(ChartError) -> Canvas {
    let typeface = try Typeface.shared.get()
    let columns = Int((width * scale).rounded()), rows = Int((height * scale).rounded())
    guard columns <= 32_000, rows <= 32_000 else {
      throw ChartError(place: place, problem: .tooLarge(width: columns, height: rows))
    }
    let surface = unsafe cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32(max(1, columns)), Int32(max(1, rows)))
    guard let surface = unsafe surface else {
      throw ChartError(place: place, problem: .cairo("no surface"))
    }
    return unsafe Canvas(
      surface: surface, width: width, height: height, scale: scale, typeface: typeface)
  }

  /// What was drawn on a canvas of pixels.
  ///
  /// - Throws: ``ChartError`` where Cairo failed on the way.
  func image(place: String) throws(ChartError) -> Image {
    try requireSuccess(place)
    unsafe cairo_surface_flush(surface)
    let width = unsafe Int(cairo_image_surface_get_width(surface))
    let height = unsafe Int(cairo_image_surface_get_height(surface))
    let stride = unsafe Int(cairo_image_surface_get_stride(surface))
    guard let data = unsafe cairo_image_surface_get_data(surface) else {
      throw ChartError(place: place, problem: .cairo("no pixels"))
    }
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for y in 0..<height {
        for x in 0..<width {
          // SAFETY: x < width and y < height; RGB24 holds four bytes a pixel, rows `stride` apart,
          // in the machine's order, which is little-endian wherever yolos runs: blue, green, red.
          let from = unsafe data + (y * stride + x * 4), to = (y * width + x) * 3
          unsafe buffer[to] = from[2]
          unsafe buffer[to + 1] = from[1]
          unsafe buffer[to + 2] = from[0]
        }
      }
      count = width * height * 3
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// Draws an image over an area, scaled to it.
  func draw(_ image: Image, in area: Rectangle) {
    guard image.width > 0, image.height > 0 else { return }
    let stride = Int(cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, Int32(image.width)))
    var bytes = [UInt8](repeating: 255, count: stride * image.height)
    for y in 0..<image.height {
      for x in 0..<image.width {
        let from = (y * image.width + x) * 3, to = y * stride + x * 4
        bytes[to] = image.pixels[from + 2]
        bytes[to + 1] = image.pixels[from + 1]
        bytes[to + 2] = image.pixels[from]
      }
    }
    // SAFETY: the surface over `bytes` is drawn and destroyed before the closure ends, and the
    // bytes fill `height` rows of `stride`.
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      let surface = unsafe cairo_image_surface_create_for_data(
        buffer.baseAddress, CAIRO_FORMAT_RGB24, Int32(image.width), Int32(image.height),
        Int32(stride))
      unsafe cairo_save(context)
      unsafe cairo_rectangle(context, area.x, area.y, area.width, area.height)
      unsafe cairo_clip(context)
      unsafe cairo_translate(context, area.x, area.y)
      unsafe cairo_scale(
        context, area.width / Double(image.width), area.height / Double(image.height))
      unsafe cairo_set_source_surface(context, surface, 0, 0)
      let pattern = unsafe cairo_get_source(context)
      unsafe cairo_pattern_set_filter(pattern, CAIRO_FILTER_BEST)
      // Without this the border pixels fade into the background.
      unsafe cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
      unsafe cairo_paint(context)
      unsafe cairo_restore(context)
      unsafe cairo_surface_finish(surface)
      unsafe cairo_surface_destroy(surface)
    }
  }

  func requireSuccess(_ place: String) throws(ChartError) {
    let status = unsafe cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      // SAFETY: Cairo's sentences are static strings.
      let reason = unsafe String(cString: cairo_status_to_string(status))
      throw ChartError(place: place, problem: .cairo(reason))
    }
  }
}
