/// The commands and object types that a program may use.
package struct CommandTable: Sendable {
  /// The commands in the order in which help lists them.
  package let commands: [Command]
  /// The object types in the order in which help lists them.
  package let types: [ObjectType]
  private let commandIndex: [String: Int]
  private let typeIndex: [String: Int]

  /// Collects commands and types; names must differ.
  package init(_ commands: [Command], types: [ObjectType] = []) {
    (self.commands, self.types) = (commands, types)
    let named = commands.enumerated().map { ($1.name, $0) }
    commandIndex = Dictionary(named, uniquingKeysWith: { first, _ in first })
    typeIndex = Dictionary(
      types.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    precondition(commandIndex.count == commands.count, "two commands have the same name")
    precondition(typeIndex.count == types.count, "two object types have the same name")
  }

  /// The command of a name.
  package subscript(_ name: String) -> Command? { commandIndex[name].map { commands[$0] } }

  /// The object type of a name.
  package func type(_ name: String) -> ObjectType? { typeIndex[name].map { types[$0] } }

  /// Whether an object of type `name` may stand where `wanted` is asked for.
  package func serves(_ name: String, as wanted: String) -> Bool {
    name == wanted || type(name)?.servesAs.contains(wanted) == true
  }
}
