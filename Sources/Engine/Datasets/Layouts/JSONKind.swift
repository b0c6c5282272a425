internal import Foundation

/// The kinds of JSON files that labeling tools write.
enum JSONKind {
  case coco, labelme, via

  /// The largest file that is looked into, in bytes, as for COCO's own.
  private static let limit = 1 << 29

  /// The kind of a file by its members; nil where it is another.
  ///
  /// - Throws: ``DatasetError`` where it cannot be read or is no JSON.
  init?(of file: String) throws(DatasetError) {
    let data = try content(of: file, limit: Self.limit)
    let top: Members
    do { top = try JSONDecoder().decode(Members.self, from: data) } catch DecodingError.typeMismatch
    {
      return nil
    } catch {
      throw DatasetError(
        file: file, problem: .syntax(format: "JSON", reason: "it cannot be parsed"))
    }
    if top.names.isSuperset(of: ["images", "categories"]) {
      self = .coco
    } else if top.names.contains("shapes") {
      self = .labelme
    } else if top.names.contains("_via_img_metadata") || top.hasRegions {
      self = .via
    } else {
      return nil
    }
  }

  /// Where JSON is not what its format says, and how.
  static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath
        .map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
      return path.isEmpty ? "the file" : path
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return "\(place(context)) has no '\(key.stringValue)'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return "\(place(context)) has the wrong type"
    default: return "it is not valid JSON"
    }
  }

  /// The names of an object's members; of the first one's members, too.
  private struct Members: Decodable {
    let names: Set<String>
    let hasRegions: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: AnyKey.self)
      names = Set(container.allKeys.map(\.stringValue))
      let first = container.allKeys.first
      let inner = first.flatMap { try? container.nestedContainer(keyedBy: AnyKey.self, forKey: $0) }
      hasRegions = inner?.allKeys.contains { $0.stringValue == "regions" } ?? false
    }
  }
}

/// A member of a JSON object, whatever its name.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
