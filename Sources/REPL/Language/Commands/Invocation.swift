/// One call of a command, with its arguments evaluated and found to fit the signature.
package struct Invocation {
  /// The signature that the arguments fit.
  package let signature: Signature
  /// The command's name.
  package let command: String
  /// The text that the call stands in.
  package let source: SourceText?
  /// Where the whole call stands.
  package let span: Span
  /// The name that its value is bound to, where the call is all that stands on the right of `=`;
  /// of `+=` the name and the place in the list: "runs 2".
  package let boundName: String?
  private let values: [String: Value]
  private let spans: [String: Span]

  /// Puts a call together; `values` and `spans` go by parameter name and hold what was given.
  package init(
    _ command: Command, values: [String: Value], spans: [String: Span] = [:],
    span: Span = Span(0, 0), source: SourceText? = nil, boundName: String? = nil
  ) {
    self.boundName = boundName
    (self.command, signature) = (command.name, command.signature)
    (self.values, self.spans, self.span, self.source) = (values, spans, span, source)
  }

  /// Whether a parameter was given, rather than left at its default.
  package func isGiven(_ name: String) -> Bool { values[name] != nil }

  /// The value given, or the default, or `none`.
  package subscript(_ name: String) -> Value {
    if let value = values[name] { return value }
    return signature.parameter(name)?.defaultValue?.value ?? .none
  }

  /// The number of a parameter; nil if it is `none`.
  package func number(_ name: String) -> Double? { self[name].asNumber }
  /// The whole number of a parameter; nil if it is `none`.
  package func integer(_ name: String) -> Int? { self[name].asInteger }
  /// The text of a parameter; nil if it is `none`.
  package func string(_ name: String) -> String? { self[name].asString }
  /// The truth value of a parameter; nil if it is `none`.
  package func bool(_ name: String) -> Bool? { self[name].asBool }
  /// The object of a parameter; nil if it is `none` or of another type.
  package func object<Object>(_ name: String, as type: Object.Type = Object.self) -> Object? {
    self[name].asObject(type)
  }
  /// The elements of a parameter: of a list, or the one value; none for `none`.
  package func list(_ name: String) -> [Value] {
    let value = self[name]
    return value.isNone ? [] : value.asList ?? [value]
  }

  /// Where an argument stands; the whole call if it was not given.
  package func span(of name: String) -> Span { spans[name] ?? span }

  /// An error about one argument, or about the call.
  package func diagnostic(_ message: String, at name: String? = nil, hint: String? = nil)
    -> Diagnostic
  {
    Diagnostic(
      message, at: name.map { span(of: $0) } ?? span, in: source, kind: .step, hint: hint)
  }

  /// The call in normal form with every parameter, defaults too, and digests for objects: equal
  /// texts mean equal work.
  ///
  /// With the settings and the engine's version it makes a cache key.
  package var canonical: String {
    let arguments = signature.parameters.map { "\($0.name)=\(self[$0.name].canonical)" }
    return ([command] + arguments).joined(separator: " ")
  }

  /// The arguments as they were given, in the signature's order.
  package var given: [(name: String, value: Value)] {
    signature.parameters.compactMap { parameter in
      values[parameter.name].map { (parameter.name, $0) }
    }
  }
}
