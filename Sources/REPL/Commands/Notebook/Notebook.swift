internal import Language
internal import Report

/// What a command may ask of the notebook that its step stands in: a script that runs, or the prompt.
protocol Notebook: AnyObject {
  /// The report, which grows as steps run.
  var transcript: Transcript { get }

  /// What was done before the step that runs.
  var documentBeforeStep: Document { get }

  /// Takes back the last line that went well.
  ///
  /// - Returns: The line.
  /// - Throws: A diagnostic where there is none, or where lines are never taken back.
  func undo() throws(Diagnostic) -> String

  /// The value of a variable, where somebody may ask for it by name.
  func value(of name: String) -> Value?
}

extension Notebook {
  func undo() throws(Diagnostic) -> String {
    throw Diagnostic("undo works only at the prompt; edit the script's file instead")
  }

  func value(of name: String) -> Value? { nil }
}
