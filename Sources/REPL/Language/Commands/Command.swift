/// A verb of the language, as data: help, completion, checking, documentation and tests all come
/// from this one value.
public struct Command: Sendable {
  /// What a command does when it is called.
  public typealias Code = @Sendable (Invocation, any Context) throws(Diagnostic) -> Value
  /// Looks for settings that cannot work, before anything runs.
  public typealias Check = @Sendable (StaticCall, any LintHost) -> [Diagnostic]

  /// The verb.
  public let name: String
  /// One line: what it does.
  public let summary: String
  /// What it takes.
  public let signature: Signature
  /// What it returns.
  public let result: ValueType
  /// Examples for help; the tests run each of them.
  public let examples: [Example]
  /// Finds misuse that the signature cannot express.
  public let check: Check
  /// Does the work.
  public let code: Code

  /// Describes a command.
  public init(
    name: String, summary: String, signature: Signature = Signature(), result: ValueType = .none,
    examples: [Example] = [], check: @escaping Check = { _, _ in [] }, code: @escaping Code
  ) {
    (self.name, self.summary, self.signature, self.result) = (name, summary, signature, result)
    (self.examples, self.check, self.code) = (examples, check, code)
  }
}

/// A piece of script that shows how a command is used, and what must come of it.
public struct Example: Sendable, Equatable {
  /// What must come of it.
  public enum Expectation: Sendable, Equatable {
    /// It runs without an error.
    case runs
    /// It puts out exactly this text.
    case prints(String)
    /// It fails with a message that contains this text.
    case fails(String)
  }

  /// What help shows.
  public let code: String
  /// Steps that must run before it and that help leaves out.
  public let setup: String
  /// What must come of it.
  public let expectation: Expectation

  /// An example that must run.
  public init(_ code: String, after setup: String = "") {
    (self.code, self.setup, expectation) = (code, setup, .runs)
  }

  /// An example with its output.
  public init(_ code: String, after setup: String = "", prints output: String) {
    (self.code, self.setup, expectation) = (code, setup, .prints(output))
  }

  /// An example of what is refused.
  public init(_ code: String, after setup: String = "", fails message: String) {
    (self.code, self.setup, expectation) = (code, setup, .fails(message))
  }
}
