/// What is wrong, where, and what the writer may have meant.
///
/// The one error of the language: the lexer, the parser, the checker, the interpreter and every
/// command speak through it. A command leaves the place out or names an argument
/// (`Invocation.diagnostic`); the interpreter fills in the rest.
package struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
  /// How much it matters.
  package enum Severity: String, Sendable {
    case error, warning, note
  }

  /// Which part of the work found it; decides the exit code.
  package enum Kind: Sendable {
    /// The text cannot be read as a program.
    case syntax
    /// The program cannot work, as could be seen without running it.
    case lint
    /// A step failed while running.
    case step
    /// An `assert` did not hold.
    case assertion
    /// The user interrupted the work.
    case interrupted
  }

  /// Another place that belongs to the story, such as where a name was bound.
  package struct Label: Equatable, Sendable {
    /// What is to be seen there.
    package var message: String
    /// Where.
    package var span: Span
    /// The text it lies in; nil means that of the diagnostic.
    package var source: SourceText?

    /// Names a place.
    package init(_ message: String, at span: Span, in source: SourceText? = nil) {
      (self.message, self.span, self.source) = (message, span, source)
    }
  }

  /// One sentence in lower case without a full stop.
  package var message: String
  /// How much it matters.
  package var severity: Severity
  /// Which part of the work found it.
  package var kind: Kind
  /// Where, if known.
  package var span: Span?
  /// The text that `span` counts in.
  package var source: SourceText?
  /// The next step, if known: "did you mean 'epochs'?".
  package var hint: String?
  /// Other places of interest.
  package var labels: [Label]

  /// States what is wrong.
  package init(
    _ message: String, at span: Span? = nil, in source: SourceText? = nil, kind: Kind = .step,
    severity: Severity = .error, hint: String? = nil, labels: [Label] = []
  ) {
    // A name may be a megabyte long; a sentence may not.
    self.message = message.utf8.count > 1000 ? "\(message.prefix(300))…" : message
    (self.span, self.source) = (span, source)
    (self.kind, self.severity, self.hint, self.labels) = (kind, severity, hint, labels)
  }

  /// The same with the place filled in, where it had none.
  package func located(at span: Span, in source: SourceText?) -> Diagnostic {
    var result = self
    if result.span == nil {
      result.span = span
      result.source = source
    } else if result.source == nil {
      result.source = source
    }
    return result
  }

  /// Place, severity and message on one line: `toys.yolos:14:31: error: …`.
  package var description: String {
    guard let place else { return "\(severity.rawValue): \(message)" }
    return "\(place): \(severity.rawValue): \(message)"
  }

  /// The place as `file:line:column`, if known.
  package var place: String? {
    guard let span, let source else { return nil }
    return "\(source.name):\(source.line(at: span.lower)):\(source.column(at: span.lower))"
  }
}
