/// Plain structured data as a checkpoint carries it besides its weights.
///
/// Nothing of it ever runs: objects of classes that are not known here leave only their name.
public indirect enum MetadataValue: Equatable, Sendable {
  /// Python's `None`, JSON's `null`.
  case none
  /// True or false.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// Text.
  case text(String)
  /// Values in order: a list, tuple or set.
  case list([MetadataValue])
  /// Values by name, in order.
  case dictionary(Metadata)
  /// An object that is not looked into; what it was, for example "datetime.datetime".
  case object(String)

  /// The text, or nil where this is no text.
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The whole number, or nil where this is none.
  public var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
  /// The values, or nil where this is no list.
  public var list: [MetadataValue]? { if case .list(let list) = self { list } else { nil } }
  /// The named values, or nil where this is no dictionary.
  public var dictionary: Metadata? {
    if case .dictionary(let dictionary) = self { dictionary } else { nil }
  }
  /// The number, whole or not, or nil where this is none.
  public var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }
}

/// Named values in the order in which they were written.
public struct Metadata: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  /// The names in order.
  public private(set) var keys: [String] = []
  private var values: [String: MetadataValue] = [:]

  /// No values.
  public init() {}

  /// Values in the order written; of equal names the last counts.
  public init(dictionaryLiteral elements: (String, MetadataValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a name.
  ///
  /// Setting an absent name appends it; setting nil removes the name.
  public subscript(key: String) -> MetadataValue? {
    get { values[key] }
    set {
      if newValue == nil {
        if values[key] != nil { keys.removeAll { $0 == key } }
      } else if values[key] == nil {
        keys.append(key)
      }
      values[key] = newValue
    }
  }

  /// Whether there is no value at all.
  public var isEmpty: Bool { keys.isEmpty }
  /// The number of names.
  public var count: Int { keys.count }
  /// Names and values in order.
  public var entries: [(key: String, value: MetadataValue)] {
    keys.compactMap { key in values[key].map { (key, $0) } }
  }
}
