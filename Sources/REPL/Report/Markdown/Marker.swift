internal import Foundation

/// The lines that stand around everything generated: `<!-- yolos:out KIND {…} -->`, `<!-- yolos:end
/// KIND -->`.
///
/// A marker starts its line; what a machine must know stands in it as a JSON object, in which two
/// hyphens never meet, so that nothing in it ends the comment.
struct Marker: Equatable {
  let kind: String
  let attributes: String?

  static let start = "<!-- yolos:"

  init(kind: String, attributes: String? = nil) {
    (self.kind, self.attributes) = (kind, attributes)
  }

  /// A marker whose attributes are the JSON of a value; none where that is empty.
  init(kind: String, _ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, numbers and lists of both cannot fail to encode.
    let json = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    self.init(
      kind: kind,
      attributes: json == "{}" ? nil : json.replacingOccurrences(of: "--", with: "-\\u002d"))
  }

  /// Reads the first marker of a region, or returns nil where the line is none.
  init?(opening line: some StringProtocol) {
    guard let inner = line.between(Self.start + "out ", " -->") else { return nil }
    let word = inner.prefix { $0 != " " }
    guard !word.isEmpty, word.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
    let rest = inner.dropFirst(word.count).drop { $0 == " " }
    self.init(kind: String(word), attributes: rest.isEmpty ? nil : String(rest))
  }

  /// The line before what was generated.
  var opening: String { "\(Self.start)out \(kind)\(attributes.map { " " + $0 } ?? "") -->" }

  /// The line behind it.
  var closing: String { "\(Self.start)end \(kind) -->" }

  /// The attributes as a value, nil where they are none of its kind.
  func decoded<Value: Decodable>(_ type: Value.Type) -> Value? {
    try? JSONDecoder().decode(type, from: Data((attributes ?? "{}").utf8))
  }

  /// Whether a line would be taken for a marker.
  static func isMarker(_ line: some StringProtocol) -> Bool { line.starts(withScalars: start) }
}

/// What markers keep beside the visible text; what is absent is the usual.
struct MarkerAttributes: Codable, Equatable {
  var source: String?
  var volatile: [String]?
  var volatileColumns: [Int]?
  var volatileCells: [[Int]]?
  var digest: String?
  var numbersDigest: String?
  var isVolatile: Bool?
  var parameters: [Parameter]?
  var name: String?
  var content: String?
}
