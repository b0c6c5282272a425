internal import CCairo
internal import Foundation
internal import Text

/// Collects what Cairo writes.
final class ByteSink {
  fileprivate(set) var bytes = Data()
}

extension Canvas {
  /// A canvas of vectors.
  ///
  /// They are written into `sink` when finished; the sink must outlive the canvas.
  static func vectors(
    width: Double, height: Double, into sink: ByteSink, place: String
  ) throws(ChartError) -> Canvas {
    let typeface = try Typeface.shared.get()
    // SAFETY: the caller keeps the sink alive; Cairo calls the closure until `finish` returns.
    let surface = unsafe cairo_svg_surface_create_for_stream(
      { closure, data, length in
        guard let closure = unsafe closure, let data = unsafe data else {
          return CAIRO_STATUS_WRITE_ERROR
        }
        let sink = unsafe Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
        unsafe sink.bytes.append(data, count: Int(length))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque(), width, height)
    guard let surface = unsafe surface else {
      throw ChartError(place: place, problem: .cairo("no surface"))
    }
    return unsafe Canvas(
      surface: surface, width: width, height: height, scale: 1, typeface: typeface)
  }

  /// Writes what is left to the stream.
  func finish(place: String) throws(ChartError) {
    try requireSuccess(place)
    unsafe cairo_surface_finish(surface)
  }
}

/// What must be set right in the text that Cairo writes.
enum SVGText {
  /// Numbers Cairo's surfaces from one, as their own numbers count all surfaces of the process, and
  /// adds title and provenance.
  static func settled(_ bytes: Data, title: String, provenance: String) -> Data {
    var settled = String(decoding: bytes, as: UTF8.self)
    for name in ["surface", "image"] { settled = renumbered(settled, name) }
    if let start = settled.range(of: "<svg"),
      let end = settled.range(of: ">", range: start.upperBound..<settled.endIndex)
    {
      settled.insert(
        contentsOf: "\n<title>\(escaped(title))</title>\n<desc>\(escaped(provenance))</desc>",
        at: end.upperBound)
    }
    return Data(settled.utf8)
  }

  /// Numbers definitions of `name`, and references to them, by order of definition.
  ///
  /// The data of pictures hold neither quotes nor hashes, so they are left alone.
  private static func renumbered(_ text: String, _ name: String) -> String {
    var numbers: [Substring: Int] = [:]
    var result = text
    for prefix in ["id=\"\(name)", "#\(name)"] {
      var parts = result.components(separatedBy: prefix).map { Substring($0) }
      for index in parts.indices.dropFirst() {
        let digits = parts[index].prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { continue }
        let number = numbers[digits, default: numbers.count + 1]
        numbers[digits] = number
        parts[index] = "\(number)" + parts[index].dropFirst(digits.count)
      }
      result = parts.joined(separator: prefix)
    }
    return result
  }

  private static func escaped(_ text: String) -> String {
    Escaping.xml(Canvas.printable(text))
  }
}
