internal import Commands
internal import Files
internal import Foundation
internal import Language
internal import Live
internal import Report

/// One run without anybody at the keyboard, from the command line to the exit code.
struct Errand {
  /// Other forms of the report that are written behind a run.
  struct Copies {
    var html: String?
    var brief: String?
    var linkPrefix = ""
  }

  let work: WorkOptions
  var output: String?
  var isInPlace = false
  var lastLine: Int?
  var parameters: [(name: String, value: String)] = []
  var copies = Copies()
  var live: LiveOptions?

  init(work: WorkOptions, output: String? = nil) { (self.work, self.output) = (work, output) }

  /// The command-line options in the words of the runner.
  var options: Headless.Options {
    var options = Headless.Options()
    options.output = output
    options.isInPlace = isInPlace
    options.lastLine = lastLine
    options.parameters = parameters
    options.configuration = work.configuration
    return options
  }

  /// Takes errors and remarks to standard error, and to GitHub if asked.
  static func complaints(annotations: Bool) -> (Diagnostic) -> Void {
    let printer = DiagnosticPrinter(
      usesColor: Terminal.error.usesColor, width: min(120, Terminal.error.width - 8))
    return { diagnostic in
      Terminal.error.write(Terminal.harmless(printer.text(of: diagnostic), keeping: "\u{1B}"))
      if annotations { Terminal.output.write(Annotation.text(of: diagnostic) + "\n") }
    }
  }

  /// Runs steps and writes their report.
  func run(path: String, content: Data) throws {
    let console = TerminalPresenter(.output), page = try live?.open(work.configuration)
    var presenters: [any Presenter] = [console]
    if let page { presenters.append(page.view) }
    var options = options
    let content = try NotebookFile.readable(content, path: path, &options)
    let headless = Headless(
      options, console: Tee(presenters),
      complain: Self.complaints(annotations: work.annotations)
    ) { page?.view.follow(report: $0) }
    let outcome = headless.run(path: path, content: content, cancellation: Interrupts.current)
    console.finish()
    page?.finish(code: outcome.code.rawValue)
    if let report = outcome.report {
      try writeCopies(of: report)
      Terminal.output.write("\nreport: \(report)\n")
    }
    try Ending.with(outcome.code)
  }

  private func writeCopies(of report: String) throws {
    guard copies.html != nil || copies.brief != nil else { return }
    do {
      let text = String(decoding: try AtomicFile.read(report), as: UTF8.self)
      let document = MarkdownReader.document(text).0
      let folder = PathText.folder(of: report)
      if let path = copies.html {
        let title = document.title ?? PathText.stem(of: report)
        let page = HTMLWriter.text(document, title: title) { picture in
          try? AtomicFile.read(folder.isEmpty ? picture : "\(folder)/\(picture)")
        }
        try AtomicFile.write(page, to: path)
      }
      if let path = copies.brief {
        let brief = BriefWriter.text(document, of: report, linkPrefix: copies.linkPrefix)
        try AtomicFile.write(brief, to: path)
      }
    } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .stepFailed)
    }
  }

  // MARK: Reading

  /// What a file holds; "-" is standard input.
  static func content(of path: String) throws -> Data {
    if path == "-" { return standardInput() }
    do { return try AtomicFile.read(path) } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
  }

  /// All of standard input.
  static func standardInput() -> Data {
    (try? FileHandle.standardInput.readToEnd()) ?? Data()
  }
}
