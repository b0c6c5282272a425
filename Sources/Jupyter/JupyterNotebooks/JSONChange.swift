internal import Files
internal import Foundation
internal import JSON

/// What has to be changed in one value to make another one of it.
///
/// Objects and arrays are changed in their parts, so that a picture that both hold is not written down again.
enum JSONChange {
  /// The change from one value to another; nil where they are equal.
  static func from(_ old: JSONValue, to new: JSONValue) -> JSONValue? {
    if old == new { return nil }
    switch (old, new) {
    case (.object(let before), .object(let after)): return change(before, after)
    case (.array(let before), .array(let after)): return change(before, after)
    default: return ["be": new]
    }
  }

  private static func change(_ before: JSONObject, _ after: JSONObject) -> JSONValue {
    var inside = JSONObject(), cut: [String] = []
    for member in before.sorted {
      guard let value = after[member.key] else {
        cut.append(member.key)
        continue
      }
      inside[member.key] = from(member.value, to: value)
    }
    for member in after.sorted where before[member.key] == nil {
      inside[member.key] = ["be": member.value]
    }
    var change = JSONObject()
    if !inside.isEmpty { change["in"] = .object(inside) }
    if !cut.isEmpty { change["cut"] = .strings(cut) }
    return .object(change)
  }

  /// Every element as the change of one of the old ones, which are used in their order, or as it is.
  private static func change(_ before: [JSONValue], _ after: [JSONValue]) -> JSONValue {
    let names = before.map(name)
    var next = 0
    let items = after.map { element -> JSONValue in
      let own = name(element)
      guard let place = names.indices.first(where: { $0 >= next && names[$0] == own }) else {
        return ["be": element]
      }
      next = place + 1
      var item = JSONObject()
      item["at"] = .number(place)
      if let change = from(before[place], to: element) { item["change"] = change }
      return .object(item)
    }
    return ["items": .array(items)]
  }

  /// What elements of two arrays have in common that belong together: of a cell its kind and text, of an output
  /// its kind and its pictures, of anything else all.
  private static func name(_ value: JSONValue) -> String {
    if let kind = value["cell_type"]?.asString {
      return "\(kind)\n\(value["source"]?.joinedText ?? "")"
    }
    if let kind = value["output_type"]?.asString {
      let pictures = OutputBundle.types.compactMap { value["data"]?[$0.type]?.asString }
      if !pictures.isEmpty { return "\(kind)\n" + pictures.joined(separator: "\n") }
    }
    return String(decoding: JSONWriter.compact(value.sortedDeeply), as: UTF8.self)
  }

  /// Makes the other value.
  ///
  /// - Parameters:
  ///   - change: What ``from(_:to:)`` gave, or what somebody wrote in its place.
  ///   - old: The value that it was made for.
  /// - Returns: The new value; nil where the change does not fit.
  static func apply(_ change: JSONValue, to old: JSONValue) -> JSONValue? {
    if let value = change["be"] { return value }
    if let items = change["items"]?.asArray {
      guard let before = old.asArray else { return nil }
      var after: [JSONValue] = []
      for item in items {
        if let value = item["be"] {
          after.append(value)
          continue
        }
        guard let place = item["at"]?.asInt, before.indices.contains(place) else { return nil }
        guard let inner = item["change"] else {
          after.append(before[place])
          continue
        }
        guard let value = apply(inner, to: before[place]) else { return nil }
        after.append(value)
      }
      return .array(after)
    }
    guard var object = old.asObject else { return nil }
    for key in change["cut"]?.asArray ?? [] { key.asString.map { object[$0] = nil } }
    for member in change["in"]?.asObject?.members ?? [] {
      guard let value = apply(member.value, to: object[member.key] ?? .null) else { return nil }
      object[member.key] = value
    }
    return .object(object)
  }
}
