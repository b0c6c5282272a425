/// What is wrong, where, and what the writer may have meant.
///
/// The one error of the language: the lexer, the parser, the checker, the interpreter and every
/// command speak through it. A command leaves the place out or names an argument
/// (`Invocation.diagnostic`); the interpreter fills in the rest.
public struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
  /// How much it matters.
  public enum Severity: String, Sendable {
    case error, warning, note
  }

  /// Which part of the work found it; decides the exit code.
  public enum Kind: Sendable {
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
  public struct Label: Equatable, Sendable {
    /// What is to be seen there.
    public var message: String
    /// Where.
    public var span: Span
    /// The text it lies in; nil means that of the diagnostic.
    public var source: SourceText?

    /// Names a place.
    public init(_ message: String, at span: Span, in source: SourceText? = nil) {
      (self.message, self.span, self.source) = (message, span, source)
    }
  }

  /// One sentence in lower case without a full stop.
  public var message: String
  /// How much it matters.
  public var severity: Severity
  /// Which part of the work found it.
  public var kind: Kind
  /// Where, if known.
  public var span: Span?
  /// The text that `span` counts in.
  public var source: SourceText?
  /// The next step, if known: "did you mean 'epochs'?".
  public var hint: String?
  /// Other places of interest.
  public var labels: [Label]

  /// States what is wrong.
  public init(
    _ message: String, at span: Span? = nil, in source: SourceText? = nil, kind: Kind = .step,
    severity: Severity = .error, hint: String? = nil, labels: [Label] = []
  ) {
    // A name may be a megabyte long; a sentence may not.
    self.message = message.utf8.count > 1000 ? "\(message.prefix(300))…" : message
    (self.span, self.source) = (span, source)
    (self.kind, self.severity, self.hint, self.labels) = (kind, severity, hint, labels)
  }

  /// The same with the place filled in, where it had none.
  public func located(at span: Span, in source: SourceText?) -> Diagnostic {
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
  public var description: String {
    guard let place else { return "\(severity.rawValue): \(message)" }
    return "\(place): \(severity.rawValue): \(message)"
  }

  /// The place as `file:line:column`, if known.
  public var place: String? {
    guard let span, let source else { return nil }
    return "\(source.name):\(source.line(at: span.lower)):\(source.column(at: span.lower))"
  }
}
