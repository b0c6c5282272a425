internal import Language

/// How a run ended, in the numbers that shells understand.
package enum ExitCode: Int32, Sendable {
  /// All is well.
  case success = 0
  /// A step failed.
  case stepFailed = 1
  /// The command line, the syntax or the static checks.
  case usage = 2
  /// An `assert` did not hold.
  case assertion = 3
  /// A report did not come out the same.
  case difference = 4
  /// Interrupted; the report was written before.
  case interrupted = 130
}

extension ExitCode {
  /// How a run ended that something stopped.
  init(_ failure: Diagnostic) {
    self =
      switch failure.kind {
      case .assertion: .assertion
      case .interrupted: .interrupted
      case .syntax, .lint: .usage
      case .step: .stepFailed
      }
  }
}
