internal import Files

extension MetadataValue {
  /// The value as JSON, names in order, on one line.
  package var json: String {
    switch self {
    case .none: "null"
    case .boolean(let boolean): boolean ? "true" : "false"
    case .integer(let integer): "\(integer)"
    case .number(let number): MetadataValue.json(number)
    case .text(let text): JSONText.quoted(text)
    case .list(let list): "[" + list.map(\.json).joined(separator: ", ") + "]"
    case .dictionary(let dictionary):
      "{"
        + dictionary.entries.map { JSONText.quoted($0.key) + ": " + $0.value.json }
        .joined(separator: ", ") + "}"
    case .object(let name): "{\(JSONText.quoted(objectKey)): \(JSONText.quoted(name))}"
    }
  }

  /// The value with dictionaries that stand for objects turned back into such.
  var restored: MetadataValue {
    switch self {
    case .list(let list): return .list(list.map(\.restored))
    case .dictionary(let dictionary):
      if dictionary.count == 1, let name = dictionary[objectKey]?.text { return .object(name) }
      var result = Metadata()
      for (key, value) in dictionary.entries { result[key] = value.restored }
      return .dictionary(result)
    default: return self
    }
  }

  private var objectKey: String { "__object__" }

  /// The shortest digits that read back as the same number.
  private static func json(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return "\(number)"
  }
}
