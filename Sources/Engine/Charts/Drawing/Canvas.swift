internal import CCairo
internal import Foundation

/// A rectangle in units, from its top-left corner.
package struct Rectangle: Hashable, Sendable {
  package var x, y, width, height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var midX: Double { x + width / 2 }
  var midY: Double { y + height / 2 }

  func inset(left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0) -> Rectangle
  {
    Rectangle(
      x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
  }

  /// The area that two rectangles share.
  package func overlap(_ other: Rectangle) -> Double {
    max(0, min(maxX, other.maxX) - max(x, other.x))
      * max(0, min(maxY, other.maxY) - max(y, other.y))
  }
}

/// A point in units.
struct Point: Hashable, Sendable {
  var x, y: Double
}

/// A surface to draw on, with the origin at the top left and `y` downwards.
@safe final class Canvas {
  let width, height: Double
  let surface: OpaquePointer
  let context: OpaquePointer
  private let typeface: Typeface

  /// Draws onto a Cairo surface that the canvas takes over.
  init(surface: OpaquePointer, width: Double, height: Double, scale: Double, typeface: Typeface) {
    (self.width, self.height, self.typeface) = (width, height, typeface)
    unsafe self.surface = surface
    // SAFETY: cairo_create returns a context even on failure; its status is asked at the end.
    unsafe context = cairo_create(surface)
    unsafe cairo_scale(context, scale, scale)
    let options = unsafe cairo_font_options_create()
    unsafe cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    unsafe cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    unsafe cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    unsafe cairo_set_font_options(context, options)
    unsafe cairo_font_options_destroy(options)
    // All of the surface: at some scales its last row of pixels is only half inside the height.
    use(Theme.background, 1)
    unsafe cairo_paint(context)
  }

  deinit {
    unsafe cairo_destroy(context)
    unsafe cairo_surface_destroy(surface)
  }

  // MARK: Shapes

  func fill(_ area: Rectangle, _ color: Color, opacity: Double = 1) {
    use(color, opacity)
    unsafe cairo_rectangle(context, area.x, area.y, area.width, area.height)
    unsafe cairo_fill(context)
  }

  /// Fills what some points go around.
  func fill(_ outline: [Point], _ color: Color, opacity: Double = 1) {
    guard let first = outline.first, outline.count > 2 else { return }
    use(color, opacity)
    unsafe cairo_move_to(context, first.x, first.y)
    for point in outline.dropFirst() { unsafe cairo_line_to(context, point.x, point.y) }
    unsafe cairo_close_path(context)
    unsafe cairo_fill(context)
  }

  func stroke(_ area: Rectangle, _ color: Color, width: Double = 1, dash: [Double] = []) {
    use(color, 1)
    setLine(width, dash)
    unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER)
    unsafe cairo_rectangle(context, area.x, area.y, area.width, area.height)
    unsafe cairo_stroke(context)
  }

  func line(
    _ points: [Point], _ color: Color, width: Double = 1, dash: [Double] = [], opacity: Double = 1
  ) {
    guard let first = points.first else { return }
    use(color, opacity)
    setLine(width, dash)
    unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    unsafe cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { unsafe cairo_line_to(context, point.x, point.y) }
    unsafe cairo_stroke(context)
  }

  func dot(_ center: Point, radius: Double, _ color: Color, opacity: Double = 1, rim: Color? = nil)
  {
    use(color, opacity)
    unsafe cairo_new_sub_path(context)
    unsafe cairo_arc(context, center.x, center.y, radius, 0, 2 * Double.pi)
    guard let rim else {
      unsafe cairo_fill(context)
      return
    }
    unsafe cairo_fill_preserve(context)
    use(rim, 1)
    setLine(1, [])
    unsafe cairo_stroke(context)
  }

  /// Draws only inside an area.
  func clipped(to area: Rectangle, _ draw: () -> Void) {
    unsafe cairo_save(context)
    unsafe cairo_rectangle(context, area.x, area.y, area.width, area.height)
    unsafe cairo_clip(context)
    draw()
    unsafe cairo_restore(context)
  }

  func use(_ color: Color, _ opacity: Double) {
    unsafe cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
  }

  private func setLine(_ width: Double, _ dash: [Double]) {
    unsafe cairo_set_line_width(context, width)
    unsafe cairo_set_line_cap(context, dash.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    // SAFETY: Cairo copies the pattern during the call.
    unsafe dash.withUnsafeBufferPointer {
      unsafe cairo_set_dash(context, $0.baseAddress, Int32($0.count), 0)
    }
  }

  // MARK: Text

  enum Weight { case regular, bold }

  /// Where a text's anchor lies: its left end, its middle or its right end.
  enum Anchor: Double { case start = 0, middle = 0.5, end = 1 }

  /// Writes one line of text, vertically centerd on `at`; `upwards` turns it to be read from below.
  func text(
    _ text: String, at point: Point, size: Double = Theme.textSize, weight: Weight = .regular,
    color: Color = Theme.text, anchor: Anchor = .start, upwards: Bool = false
  ) {
    let text = Self.drawable(text)
    let width = self.width(of: text, size: size, weight: weight)
    use(color, 1)
    unsafe cairo_save(context)
    unsafe cairo_translate(context, point.x, point.y)
    if upwards { unsafe cairo_rotate(context, -Double.pi / 2) }
    // DejaVu's capitals are 0.73 of the size high: this puts their middle on the point.
    unsafe cairo_move_to(context, -width * anchor.rawValue, size * 0.365)
    unsafe cairo_show_text(context, text)
    unsafe cairo_restore(context)
  }

  /// The width of one line of text in units.
  func width(of text: String, size: Double = Theme.textSize, weight: Weight = .regular) -> Double {
    unsafe cairo_set_font_face(context, weight == .bold ? typeface.bold : typeface.regular)
    unsafe cairo_set_font_size(context, size)
    var extents = cairo_text_extents_t()
    // SAFETY: Cairo fills `extents` during the call.
    unsafe cairo_text_extents(context, Self.drawable(text), &extents)
    return extents.x_advance
  }

  /// The text, or as much of both its ends as fits into `limit` units with an ellipsis between:
  /// names often differ at their ends.
  func fitted(
    _ text: String, to limit: Double, size: Double = Theme.textSize, weight: Weight = .regular
  ) -> String {
    guard width(of: text, size: size, weight: weight) > limit else { return text }
    for kept in (1..<max(1, text.count)).reversed() {
      let shorter = text.prefix((kept + 1) / 2) + "…" + text.suffix(kept / 2)
      if width(of: String(shorter), size: size, weight: weight) <= limit { return String(shorter) }
    }
    return ""
  }

  /// Breaks a text at blanks into lines of at most `limit` units; a longer word stands alone.
  func wrapped(
    _ text: String, to limit: Double, size: Double, weight: Weight = .regular
  ) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, width(of: "\(last) \(word)", size: size, weight: weight) <= limit {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Letters with their accents in one piece (the font has no combining ones worth showing), and
  /// nothing that would break the line or end a C string.
  static func drawable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        printable(text.precomposedStringWithCanonicalMapping).unicodeScalars.map {
          $0 == "\n" ? " " : $0
        }))
  }

  /// A text without control characters other than line ends: no file format that holds it takes a
  /// NUL, and XML takes few of them.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.properties.generalCategory == .control && $0 != "\n" ? " " : $0
        }))
  }
}
