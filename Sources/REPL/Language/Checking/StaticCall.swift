/// A call as the checker sees it, before anything runs.
package final class StaticCall {
  /// The command's name.
  package let command: String
  /// Where the whole call stands.
  package let span: Span
  /// The text that it stands in.
  package let source: SourceText?
  /// Whether and when it runs.
  package let certainty: Certainty
  private let signature: Signature
  private let arguments: [Argument]

  /// What a script gives for one parameter.
  struct Argument {
    let name: String
    let value: StaticValue
    let span: Span
  }

  init(
    _ command: Command, arguments: [Argument], span: Span, source: SourceText?,
    certainty: Certainty
  ) {
    (self.command, signature, self.arguments) = (command.name, command.signature, arguments)
    (self.span, self.source, self.certainty) = (span, source, certainty)
  }

  /// Whether and when a call runs.
  package enum Certainty: Sendable {
    /// Where it stands, whatever happens before.
    case certain
    /// Where it stands, never, or several times: it stands in a block.
    case perhaps
    /// Wherever its `def` is called.
    case inDefinition
  }

  /// The parameters that the script gives, in the order of the text.
  package var given: [String] { arguments.map(\.name) }

  private func argument(_ name: String) -> Argument? { arguments.first { $0.name == name } }

  /// Whether the script gives the parameter.
  package func isGiven(_ name: String) -> Bool { argument(name) != nil }

  /// The values a parameter can have, if they are known (several in a `for` over a written list);
  /// empty if nothing is known.
  ///
  /// A parameter that is not given has its default.
  package func constants(_ name: String) -> [Constant] {
    if let argument = argument(name) { return argument.value.constants }
    return [signature.parameter(name)?.defaultValue ?? .none]
  }

  /// The one value of a parameter, if it is known.
  package func constant(_ name: String) -> Constant? {
    let all = constants(name)
    return all.count == 1 ? all[0] : nil
  }

  /// The type of a parameter's value, as far as it is known.
  package func type(_ name: String) -> ValueType { argument(name)?.value.type ?? .any }

  /// The call that made the value of a parameter, if it is known: for `train m` behind
  /// `m = freeze base layers=10` it is the call of `freeze`.
  package func origin(_ name: String) -> StaticCall? { argument(name)?.value.origin }

  /// Where an argument stands; the whole call if it was not given.
  package func span(of name: String) -> Span { argument(name)?.span ?? span }

  /// A finding about one argument, or about the call.
  package func diagnostic(
    _ message: String, at name: String? = nil, severity: Diagnostic.Severity = .error,
    hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      message, at: name.map { span(of: $0) } ?? span, in: source, kind: .lint,
      severity: severity, hint: hint)
  }
}

/// What the checker knows of a value.
struct StaticValue {
  var type: ValueType = .any
  /// The values it can have; empty if that is not known.
  var constants: [Constant] = []
  var origin: StaticCall?
}

/// What checks may ask of the world while nothing runs yet.
package protocol LintHost: AnyObject {
  /// Whether a file or folder exists, or an earlier step is declared to write it; the path as the
  /// script has it.
  func exists(_ path: String) -> Bool
  /// Files of the same kind in the folder of a path that does not exist; few.
  func filesBeside(_ path: String) -> [String]
  /// How the script would have to write a path that is there seen from elsewhere, if that is so.
  func rewritten(_ path: String) -> String?
  /// Notes that a step will write a file or folder.
  func declare(_ path: String)
  /// The values that a setting can have at this place; empty if that is not known.
  func setting(_ name: String) -> [Constant]
  /// Notes the values that a step gives a setting, none if they are not known; `isCertain` if the
  /// step always runs.
  func set(_ name: String, to values: [Constant], isCertain: Bool)
}

extension LintHost {
  /// A world without folders.
  package func filesBeside(_ path: String) -> [String] { [] }
  /// A world with one folder.
  package func rewritten(_ path: String) -> String? { nil }

  /// A world without settings.
  package func setting(_ name: String) -> [Constant] { [] }
  /// A world without settings.
  package func set(_ name: String, to values: [Constant], isCertain: Bool) {}
}
