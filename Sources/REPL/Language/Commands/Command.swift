/// A verb of the language, as data: help, completion, checking, documentation and tests all come
/// from this one value.
package struct Command: Sendable {
  /// What a command does when it is called.
  package typealias Code = @Sendable (Invocation, any Context) throws(Diagnostic) -> Value
  /// Looks for settings that cannot work, before anything runs.
  package typealias Check = @Sendable (StaticCall, any LintHost) -> [Diagnostic]

  /// The verb.
  package let name: String
  /// One line: what it does.
  package let summary: String
  /// What it takes.
  package let signature: Signature
  /// What it returns.
  package let result: ValueType
  /// Examples for help; the tests run each of them.
  package let examples: [Example]
  /// Finds misuse that the signature cannot express.
  package let check: Check
  /// Does the work.
  package let code: Code

  /// Describes a command.
  package init(
    name: String, summary: String, signature: Signature = Signature(), result: ValueType = .none,
    examples: [Example] = [], check: @escaping Check = { _, _ in [] }, code: @escaping Code
  ) {
    (self.name, self.summary, self.signature, self.result) = (name, summary, signature, result)
    (self.examples, self.check, self.code) = (examples, check, code)
  }
}

/// A piece of script that shows how a command is used, and what must come of it.
package struct Example: Sendable, Equatable {
  /// What must come of it.
  package enum Expectation: Sendable, Equatable {
    /// It runs without an error.
    case runs
    /// It puts out exactly this text.
    case prints(String)
    /// It fails with a message that contains this text.
    case fails(String)
  }

  /// What help shows.
  package let code: String
  /// Steps that must run before it and that help leaves out.
  package let setup: String
  /// What must come of it.
  package let expectation: Expectation

  /// An example that must run.
  package init(_ code: String, after setup: String = "") {
    (self.code, self.setup, expectation) = (code, setup, .runs)
  }

  /// An example with its output.
  package init(_ code: String, after setup: String = "", prints output: String) {
    (self.code, self.setup, expectation) = (code, setup, .prints(output))
  }

  /// An example of what is refused.
  package init(_ code: String, after setup: String = "", fails message: String) {
    (self.code, self.setup, expectation) = (code, setup, .fails(message))
  }
}
