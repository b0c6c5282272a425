internal import ArgumentParser
internal import Commands
internal import Foundation
internal import JupyterNotebooks
internal import Language

/// Compares a report with a fresh run: `yolos check report.md`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Runs a report again and reports, step by step, what came out the same.",
    discussion: """
      Exit code 4 if something differs. Times, memory and paths are not compared. For a Jupyter notebook, every \
      cell runs in order, from an empty session.
      """)

  @Argument(
    help: "The report (.md), or a Jupyter notebook (.ipynb).",
    completion: .file(extensions: ["md", "ipynb"]))
  var report: String
  @Flag(help: "Print the comparison as JSON.")
  var json = false
  @OptionGroup var work: WorkOptions

  func run() throws {
    let console = ProgressPresenter()
    var options = Errand(work: work).options
    var content = try Errand.content(of: report)
    var cells: Headless.Cells?
    if Conversion.Form(path: report) == .notebook {
      let notebook = try NotebookFile.checkable(content, path: report)
      content = Data(notebook.text.utf8)
      cells = Headless.Cells(cell: notebook.cell, file: notebook.file)
      options.notation = .markdown
    }
    let headless = Headless(
      options, console: console, complain: Errand.complaints(annotations: work.annotations))
    let result = headless.check(
      path: report, content: content, cells: cells, cancellation: Interrupts.current)
    console.finish()
    let text = json ? result.json : result.text
    if !text.isEmpty { Terminal.output.write(text + "\n") }
    try Ending.with(result.code)
  }
}

/// Checks a script: `yolos lint toys.yolos`.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Checks a script, a report or a notebook without running it.")

  @Argument(
    help: "The script (.yolos), a report (.md), a notebook (.ipynb), or - for standard input.",
    completion: .file(extensions: ["yolos", "md", "ipynb"]))
  var file: String
  @Flag(help: "Also report errors to GitHub as annotations.")
  var annotations = false

  func run() throws {
    var options = Headless.Options()
    let content = try NotebookFile.readable(
      try Errand.content(of: file), path: file, &options)
    let headless = Headless(
      options, console: ProgressPresenter(),
      complain: Errand.complaints(annotations: annotations))
    try Ending.with(headless.lint(path: file, content: content))
  }
}
