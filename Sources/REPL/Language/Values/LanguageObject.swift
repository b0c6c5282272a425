/// A value that a command made and the language only carries: Dataset, Model, Run, Checkpoint,
/// Metrics, Predictions, Table, Figure.
package protocol LanguageObject {
  /// Its type: name, what it is, which members it has.
  static var objectType: ObjectType { get }

  /// The value of a member that `objectType` declares.
  func member(_ name: String) throws(Diagnostic) -> Value

  /// One line that tells it apart from others of its type: "YOLOv8n, 3.01 M parameters".
  var summary: String { get }

  /// A text that is equal exactly for equal contents; goes into cache keys and comparisons.
  var digest: String { get }
}

/// A type of objects, as data: what the checker, completion and help need to know of it.
package struct ObjectType: Sendable, Equatable {
  /// Something that can be asked for behind a dot.
  package struct Member: Sendable, Equatable {
    /// Its name, such as `map50_95`.
    package let name: String
    /// What it is.
    package let type: ValueType
    /// One line for help and completion, with the unit where it has one.
    package let summary: String
    /// Whether it differs between two runs of the same script (`time`, `cost`, `memory`).
    package let isVolatile: Bool

    /// Describes a member.
    package init(_ name: String, _ type: ValueType, _ summary: String, isVolatile: Bool = false) {
      (self.name, self.type, self.summary) = (name, type, summary)
      self.isVolatile = isVolatile
    }
  }

  /// The name, in upper case: `Run`.
  package let name: String
  /// One line: what it is.
  package let summary: String
  /// Its members in the order in which help lists them.
  package let members: [Member]
  /// The types in whose place it may stand: a Checkpoint serves wherever a Model does.
  package let servesAs: [String]

  /// Describes a type.
  package init(_ name: String, _ summary: String, members: [Member], servesAs: [String] = []) {
    (self.name, self.summary, self.members, self.servesAs) = (name, summary, members, servesAs)
  }

  /// The member of a name, if there is one.
  package func member(_ name: String) -> Member? { members.first { $0.name == name } }
}
