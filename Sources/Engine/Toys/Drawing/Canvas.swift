internal import CCairo
internal import Mathematics

/// A rotation, its sine and cosine from our own functions so that a pose is the same everywhere.
struct Rotation {
  let sine, cosine: Double

  /// A rotation by an angle in radians; positive turns clockwise, since y points down.
  init(_ angle: Double) {
    (sine, cosine) = (ElementaryFunctions.sin(angle), ElementaryFunctions.cos(angle))
  }
}

/// A point, or a step between points.
struct Point {
  var x, y: Double
  init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// The few strokes of Cairo that our pictures are made of.
///
/// Circles are made of four cubic curves here, not by Cairo, which would ask the C library for sines.
@safe struct Canvas {
  private let context: OpaquePointer

  init(_ context: OpaquePointer) { unsafe self.context = unsafe context }

  // MARK: Where to draw

  /// Draws with a transformation that ends with the call.
  func within(
    x: Double, y: Double, scale: Double = 1, scaleY: Double? = nil, rotation: Rotation? = nil,
    _ body: () -> Void
  ) {
    unsafe cairo_save(context)
    unsafe cairo_translate(context, x, y)
    if let rotation {
      var matrix = cairo_matrix_t(
        xx: rotation.cosine, yx: rotation.sine, xy: -rotation.sine, yy: rotation.cosine, x0: 0,
        y0: 0)
      // SAFETY: Cairo copies the matrix during the call.
      unsafe cairo_transform(context, &matrix)
    }
    unsafe cairo_scale(context, scale, scaleY ?? scale)
    body()
    unsafe cairo_restore(context)
  }

  /// Draws inside the current path only, until the call ends.
  func clipped(_ path: (Canvas) -> Void, _ body: () -> Void) {
    unsafe cairo_save(context)
    path(self)
    unsafe cairo_clip(context)
    body()
    unsafe cairo_restore(context)
  }

  // MARK: Paths

  func move(_ x: Double, _ y: Double) { unsafe cairo_move_to(context, x, y) }
  func line(_ x: Double, _ y: Double) { unsafe cairo_line_to(context, x, y) }
  func close() { unsafe cairo_close_path(context) }

  /// A cubic curve to the third point.
  func curve(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ x: Double, _ y: Double) {
    unsafe cairo_curve_to(context, a, b, c, d, x, y)
  }

  /// A closed polygon.
  func polygon(_ points: [Point]) {
    for (i, point) in points.enumerated() {
      if i == 0 { move(point.x, point.y) } else { line(point.x, point.y) }
    }
    close()
  }

  /// A closed curve through the middles of a polygon's edges, its corners pulling: always smooth.
  func loop(_ points: [Point]) {
    guard let last = points.last, let first = points.first else { return }
    move((last.x + first.x) / 2, (last.y + first.y) / 2)
    for (i, corner) in points.enumerated() {
      let next = points[(i + 1) % points.count]
      let before = points[(i + points.count - 1) % points.count]
      let start = Point((before.x + corner.x) / 2, (before.y + corner.y) / 2)
      let end = Point((next.x + corner.x) / 2, (next.y + corner.y) / 2)
      curve(
        start.x + (corner.x - start.x) * 2 / 3, start.y + (corner.y - start.y) * 2 / 3,
        end.x + (corner.x - end.x) * 2 / 3, end.y + (corner.y - end.y) * 2 / 3, end.x, end.y)
    }
    close()
  }

  func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    unsafe cairo_rectangle(context, x, y, width, height)
  }

  /// A rectangle with round corners.
  func rounded(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ radius: Double) {
    let r = min(radius, width / 2, height / 2), k = r * 0.4477
    move(x + r, y)
    line(x + width - r, y)
    curve(x + width - k, y, x + width, y + k, x + width, y + r)
    line(x + width, y + height - r)
    curve(x + width, y + height - k, x + width - k, y + height, x + width - r, y + height)
    line(x + r, y + height)
    curve(x + k, y + height, x, y + height - k, x, y + height - r)
    line(x, y + r)
    curve(x, y + k, x + k, y, x + r, y)
    close()
  }

  /// An ellipse about a point.
  func ellipse(_ x: Double, _ y: Double, _ a: Double, _ b: Double) {
    // 4/3 (sqrt 2 - 1): the curve leaves the circle by 0.03 % of the radius at most.
    let k = 0.5522847498, (p, q) = (a * k, b * k)
    move(x + a, y)
    curve(x + a, y + q, x + p, y + b, x, y + b)
    curve(x - p, y + b, x - a, y + q, x - a, y)
    curve(x - a, y - q, x - p, y - b, x, y - b)
    curve(x + p, y - b, x + a, y - q, x + a, y)
    close()
  }

  // MARK: Paint

  /// Fills the current path and forgets it.
  func fill(_ color: Color, opacity: Double = 1) {
    unsafe cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
    unsafe cairo_fill(context)
  }

  /// Strokes the current path with round ends and forgets it.
  func stroke(_ color: Color, width: Double, opacity: Double = 1) {
    unsafe cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
    unsafe cairo_set_line_width(context, width)
    unsafe cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    unsafe cairo_stroke(context)
  }

  /// Color and opacity at a place 0...1 of a gradient.
  typealias Stop = (place: Double, color: Color, opacity: Double)

  /// Fills the path with colors around a point, out to a radius.
  func fill(around center: Point, radius: Double, _ stops: [Stop]) {
    unsafe fill(
      cairo_pattern_create_radial(center.x, center.y, 0, center.x, center.y, radius), stops)
  }

  /// Fills the path with colors from one point to another.
  func fill(from start: Point, to end: Point, _ stops: [Stop]) {
    unsafe fill(cairo_pattern_create_linear(start.x, start.y, end.x, end.y), stops)
  }

  private func fill(_ pattern: OpaquePointer?, _ stops: [Stop]) {
    for (place, color, opacity) in stops {
      unsafe cairo_pattern_add_color_stop_rgba(
        pattern, place, color.red, color.green, color.blue, opacity)
    }
    unsafe cairo_set_source(context, pattern)
    unsafe cairo_pattern_destroy(pattern)
    unsafe cairo_fill(context)
  }
}
