/// A call as the checker sees it, before anything runs.
public final class StaticCall {
  /// The command's name.
  public let command: String
  /// Where the whole call stands.
  public let span: Span
  /// The text that it stands in.
  public let source: SourceText?
  private let signature: Signature
  private let arguments: [String: StaticValue]
  private let spans: [String: Span]

  init(
    _ command: Command, arguments: [String: StaticValue], spans: [String: Span], span: Span,
    source: SourceText?
  ) {
    (self.command, signature, self.arguments) = (command.name, command.signature, arguments)
    (self.spans, self.span, self.source) = (spans, span, source)
  }

  /// Whether the script gives the parameter.
  public func isGiven(_ name: String) -> Bool { arguments[name] != nil }

  /// The values a parameter can have, if they are known (several in a `for` over a written list);
  /// empty if nothing is known.
  ///
  /// A parameter that is not given has its default.
  public func constants(_ name: String) -> [Constant] {
    if let argument = arguments[name] { return argument.constants }
    return [signature.parameter(name)?.defaultValue ?? .none]
  }

  /// The one value of a parameter, if it is known.
  public func constant(_ name: String) -> Constant? {
    let all = constants(name)
    return all.count == 1 ? all[0] : nil
  }

  /// The type of a parameter's value, as far as it is known.
  public func type(_ name: String) -> ValueType { arguments[name]?.type ?? .any }

  /// The call that made the value of a parameter, if it is known: for `train m` behind
  /// `m = freeze base layers=10` it is the call of `freeze`.
  public func origin(_ name: String) -> StaticCall? { arguments[name]?.origin }

  /// Where an argument stands; the whole call if it was not given.
  public func span(of name: String) -> Span { spans[name] ?? span }

  /// A finding about one argument, or about the call.
  public func diagnostic(
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
public protocol LintHost: AnyObject {
  /// Whether a file or folder exists, or an earlier step is declared to write it; the path as the
  /// script has it.
  func exists(_ path: String) -> Bool
  /// Notes that a step will write a file or folder.
  func declare(_ path: String)
}
