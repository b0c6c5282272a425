internal import Files
package import Foundation
internal import JSON
internal import Language
internal import Report

/// Turns notebooks of Jupyter, reports and scripts into one another.
///
/// There and back again gives the same file: what the other form cannot say is kept in it, out of sight, and
/// used as long as what can be seen has not been changed. Scripts have no such place; they hold neither outputs
/// nor the names of cells.
package struct Conversion {
  /// The three forms.
  package enum Form: String, CaseIterable, Sendable {
    /// A notebook of Jupyter.
    case notebook = ".ipynb"
    /// A report, or a notebook in Markdown.
    case report = ".md"
    /// A script.
    case script = ".yolos"

    /// The form of a file by its name; nil for others.
    package init?(path: String) {
      let form = Form.allCases.first { path.lowercased().hasSuffix($0.rawValue) }
      guard let form else { return nil }
      self = form
    }
  }

  /// What came of a file.
  package struct Result {
    /// The converted file.
    package let content: Data
    /// Pictures and numbers that go beside it, by their paths relative to its folder.
    package let files: [(path: String, content: Data)]
  }

  private let source: String
  private let target: String
  /// What a file beside the source holds.
  private let file: (String) -> Data?

  /// Prepares a conversion.
  ///
  /// - Parameters:
  ///   - source: The name of the file that is read, without its folder.
  ///   - target: The name of the file that is made, without its folder.
  ///   - file: The content of a file by its path relative to the source's folder.
  package init(from source: String, to target: String, file: @escaping (String) -> Data?) {
    (self.source, self.target, self.file) = (source, target, file)
  }

  private var sourceFiles: String { PathText.stem(of: source) + "_files" }
  private var targetFiles: String { PathText.stem(of: target) + "_files" }

  /// Converts a file.
  ///
  /// - Parameters:
  ///   - content: What it holds.
  ///   - form: Its form.
  ///   - other: The form that is wanted.
  /// - Returns: The file, and those that go beside it.
  /// - Throws: ``NotebookError`` or a diagnostic where it cannot be read.
  package func convert(_ content: Data, _ form: Form, to other: Form) throws -> Result {
    switch (form, other) {
    case (.notebook, .notebook), (.report, .report), (.script, .script):
      return Result(content: content, files: [])
    case (.notebook, .report): return report(of: try JupyterNotebook(content))
    case (.notebook, .script): return script(of: try JupyterNotebook(content))
    case (.report, .notebook): return notebook(of: try text(content))
    case (.report, .script):
      let (text, kept) = Kept.split(try text(content))
      let script = ScriptConversion.script(of: text)
      return Self.result(kept.script(for: script) ?? script)
    case (.script, .report): return Self.result(report(of: try text(content)))
    case (.script, .notebook): return notebook(ofScript: try text(content))
    }
  }

  private func text(_ content: Data) throws(Diagnostic) -> String {
    _ = try SourceText.decode(name: source, bytes: [UInt8](content))
    return String(decoding: content, as: UTF8.self)
  }

  private static func result(_ text: String) -> Result {
    Result(content: Data(text.utf8), files: [])
  }

  // MARK: Notebooks and reports

  private func report(of notebook: JupyterNotebook) -> Result {
    let report = ReportFromNotebook(notebook, filesFolder: targetFiles)
    if let text = Kept.text("report", in: notebook, for: report.text) {
      return Result(content: Data(text.utf8), files: report.files)
    }
    let files = Dictionary(report.files.map { ($0.path, $0.content) }) { first, _ in first }
    let derived = Self.notebook(of: report.text, filesFolder: targetFiles) { files[$0] }
    let text = report.text + Kept.region(for: notebook, derived: derived, text: report.text)
    return Result(content: Data(text.utf8), files: report.files)
  }

  private func notebook(of report: String) -> Result {
    let (text, kept) = Kept.split(report)
    var notebook = Self.notebook(of: text, filesFolder: sourceFiles, file: file)
    if let original = kept.notebook(for: text, derived: notebook) {
      return Result(content: original.content, files: [])
    }
    let back = ReportFromNotebook(notebook, filesFolder: sourceFiles).text
    if !back.utf8.elementsEqual(report.utf8) {
      Kept.keep(report, as: "report", for: back, in: &notebook)
    }
    return Result(content: notebook.content, files: [])
  }

  private static func notebook(
    of text: String, filesFolder: String, file: @escaping (String) -> Data?
  ) -> JupyterNotebook {
    var maker = NotebookFromReport(filesFolder: filesFolder, file: file)
    return maker.notebook(of: MarkdownReader.document(text).document)
  }

  // MARK: Scripts

  private func report(of script: String) -> String {
    let text = ScriptConversion.markdown(of: script)
    let back = ScriptConversion.script(of: text)
    return back.utf8.elementsEqual(script.utf8) ? text : text + Kept.region(script, for: back)
  }

  private func notebook(ofScript script: String) -> Result {
    let text = ScriptConversion.markdown(of: script)
    var notebook = Self.notebook(of: text, filesFolder: targetFiles, file: file)
    let back = ScriptConversion.script(
      of: ReportFromNotebook(notebook, filesFolder: targetFiles).text)
    if !back.utf8.elementsEqual(script.utf8) {
      Kept.keep(script, as: "script", for: back, in: &notebook)
    }
    return Result(content: notebook.content, files: [])
  }

  private func script(of notebook: JupyterNotebook) -> Result {
    let script = ScriptConversion.script(
      of: ReportFromNotebook(notebook, filesFolder: sourceFiles).text)
    return Self.result(Kept.text("script", in: notebook, for: script) ?? script)
  }

  // MARK: Checking

  /// A notebook as a report that can be run and checked.
  package struct Checkable {
    /// The report.
    package let text: String
    /// The cell that a line of it comes from, both counted from 1; 0 where none is known.
    package let cell: (Int) -> Int
    /// Pictures and numbers by their paths in the report.
    package let file: (String) -> Data?
  }

  /// The report of a notebook.
  ///
  /// - Parameters:
  ///   - content: What its file holds.
  ///   - name: The name of the file without its folder.
  /// - Returns: The report, and where its parts come from.
  /// - Throws: ``NotebookError`` where it cannot be read.
  package static func checkable(_ content: Data, name: String) throws -> Checkable {
    let report = ReportFromNotebook(
      try JupyterNotebook(content), filesFolder: PathText.stem(of: name) + "_files")
    let files = Dictionary(report.files.map { ($0.path, $0.content) }) { first, _ in first }
    let cells = report.cellOfLine
    return Checkable(
      text: report.text, cell: { cells.indices.contains($0 - 1) ? cells[$0 - 1] : 0 },
      file: { files[$0] })
  }
}
