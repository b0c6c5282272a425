/// What a running program may ask of its host.
///
/// A command that needs more (the engine, folders, a cache) finds it in the host's own type behind
/// this protocol.
package protocol Context: AnyObject {
  /// Takes what a step puts out, in order.
  func emit(_ output: Output)

  /// Whether the user asked to stop; long work looks at it often and stops with a partial result.
  var isCancelled: Bool { get }

  /// The folder that relative paths of the script start from.
  var baseFolder: String { get }

  /// The setting of a name (`seed`, …), or nil if the host knows no such setting.
  func setting(_ name: String) -> Value?

  /// Changes a setting for the steps that follow.
  func set(_ name: String, to value: Value) throws(Diagnostic)

  /// Runs a command whose arguments were found to fit; a host may answer from its cache instead.
  func perform(_ command: Command, _ invocation: Invocation) throws(Diagnostic) -> Value
}

extension Context {
  /// Runs the command's code.
  package func perform(_ command: Command, _ invocation: Invocation) throws(Diagnostic) -> Value {
    try command.code(invocation, self)
  }
}

/// What a step puts out.
package enum Output {
  /// Plain text: one or more lines, without a newline at the end.
  case text(String)
  /// Markdown prose with its values filled in.
  case prose([TextPiece])
  /// A value to be shown: the host knows how (a table, a figure, one line).
  case value(Value)
  /// A remark or a warning, with its place.
  case remark(Diagnostic)
  /// Something of the host's own, such as the progress of a training.
  case event(any Sendable)
}

/// A piece of text, with the mark whether it may differ between two runs.
package struct TextPiece: Equatable, Sendable {
  /// The text.
  package let text: String
  /// Whether a check of the report must skip it.
  package let isVolatile: Bool

  /// A piece of text.
  package init(_ text: String, isVolatile: Bool = false) {
    (self.text, self.isVolatile) = (text, isVolatile)
  }
}
