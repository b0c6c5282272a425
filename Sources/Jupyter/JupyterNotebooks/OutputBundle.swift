package import Foundation
package import JSON
package import Report

/// What is shown, in the forms that a notebook may choose from, and what a report would keep of it.
///
/// The metadata hold under `yolos` what stands in the markers of a report, so that a notebook becomes a report
/// with the same outputs.
package struct OutputBundle: Equatable, Sendable {
  /// Forms by their media types.
  package var data: JSONObject
  /// What is known beyond them.
  package var metadata: JSONObject

  /// The member of the metadata that is ours.
  static let key = "yolos"

  /// The `data` and `metadata` of an output or a message.
  package var content: JSONObject {
    var content = JSONObject()
    content["data"] = .object(data)
    content["metadata"] = .object(metadata)
    return content
  }

  /// An output without a picture.
  package init(_ output: Report.Output) {
    data = JSONObject()
    metadata = JSONObject()
    let written = WrittenOutput(output)
    metadata[Self.key] = .object(Self.marker(written))
    switch output {
    case .text(let text): data["text/plain"] = .string(text.text)
    case .emitted(let text):
      // Jupyter renders Markdown itself, mathematics too.
      data["text/plain"] = .string(text.text)
      data["text/markdown"] = .string(text.text)
    case .code(let listing):
      data["text/plain"] = .string(listing.text)
      data["text/markdown"] = .string(written.body)
    case .table(let table): addForms(written, plain: PlainTable.text(table))
    case .console(let console): addForms(written, plain: "\(console.title)\n\(console.text)")
    case .warning(let text), .error(let text): addForms(written, plain: text.text)
    case .figure(let figure): data["text/plain"] = .string(figure.alternativeText)
    case .parameters, .provenance, .kept: addForms(written, plain: written.body)
    case .unknown(let region):
      data["text/plain"] = .string(written.body)
      metadata[Self.key] = [
        "kind": "unknown", "region": .string(region.lines.joined(separator: "\n")),
      ]
    }
  }

  private mutating func addForms(_ written: WrittenOutput, plain: String) {
    data["text/plain"] = .string(plain)
    data["text/html"] = .string(written.html)
    data["text/markdown"] = .string(written.body)
  }

  /// Kind and attributes of a report's marker.
  static func marker(_ written: WrittenOutput) -> JSONObject {
    var marker = JSONObject()
    marker["kind"] = .string(written.kind)
    if let attributes = written.attributes {
      let value = try? JSONReader.value(attributes)
      // As an object where that gives the same bytes again.
      marker["attributes"] =
        value.flatMap { Self.attributes($0) == attributes ? $0 : nil } ?? .string(attributes)
    }
    return marker
  }

  /// The text of attributes as a report's marker has them.
  static func attributes(_ value: JSONValue) -> String {
    if let text = value.asString { return text }
    let text = String(decoding: JSONWriter.compact(value.sortedDeeply), as: UTF8.self)
    return text.replacing("--", with: "-\\u002d")
  }

  // MARK: Pictures

  /// A figure with its picture.
  ///
  /// - Parameters:
  ///   - figure: As the report has it.
  ///   - picture: The bytes of the picture; nil where the file is missing.
  ///   - numbers: Its numbers as CSV.
  package init(_ figure: Figure, picture: Data?, numbers: String?) {
    self.init(.figure(figure))
    let path = figure.path.split(separator: "/").map(String.init)
    if let picture {
      add(picture, ending: path.last?.split(separator: ".").last.map(String.init) ?? "")
    }
    if let numbers { data["text/csv"] = .string(numbers) }
    var marker = metadata[Self.key]?.asObject ?? JSONObject()
    marker["file"] = .string(path.last ?? figure.path)
    if let path = figure.numbers {
      marker["numbers"] = .string(path.split(separator: "/").last.map(String.init) ?? path)
    }
    metadata[Self.key] = .object(marker)
  }

  /// A picture that no report has.
  ///
  /// - Parameters:
  ///   - picture: The bytes.
  ///   - ending: How its file's name would end.
  ///   - text: What it shows.
  package init(picture: Data, ending: String, text: String) {
    data = JSONObject()
    metadata = JSONObject()
    data["text/plain"] = .string(text)
    add(picture, ending: ending)
  }

  private mutating func add(_ picture: Data, ending: String) {
    let type = Self.types.first { $0.ending == ending }?.type ?? "image/png"
    data[type] =
      ending == "svg"
      ? .string(String(decoding: picture, as: UTF8.self)) : .string(picture.base64EncodedString())
    // Drawings have two pixels to a unit.
    if let width = Self.width(of: picture) { metadata[type] = ["width": .number(width / 2)] }
  }

  /// The kinds of pictures that notebooks hold.
  static let types = [
    (ending: "png", type: "image/png"), (ending: "jpg", type: "image/jpeg"),
    (ending: "svg", type: "image/svg+xml"),
  ]

  /// Pixels across of a PNG file (its IHDR chunk); nil for other files.
  private static func width(of picture: Data) -> Int? {
    let bytes = [UInt8](picture.prefix(24))
    guard bytes.count == 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
    return bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
  }
}

extension JSONValue {
  /// The same value, the members of every object in the order of their names.
  var sortedDeeply: JSONValue {
    switch self {
    case .object(let object):
      .object(
        JSONObject(object.sorted.map { .init(key: $0.key, value: $0.value.sortedDeeply) }))
    case .array(let elements): .array(elements.map(\.sortedDeeply))
    default: self
    }
  }
}
