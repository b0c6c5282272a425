internal import ArgumentParser
internal import Commands
internal import Files
internal import Foundation
internal import JupyterNotebooks
internal import Language

/// Converts notebooks: `yolos convert-notebook toys.md toys.ipynb`.
struct ConvertNotebookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert-notebook",
    abstract: "Converts between Jupyter notebooks, reports and scripts.",
    discussion: """
      Outputs and images are kept: inside a notebook, or in a folder next to a report. Converting \
      there and back returns the same file, unless you changed it in between. Scripts have no outputs.
      """)

  @Argument(
    help: "A Jupyter notebook (.ipynb), a report (.md) or a script (.yolos).",
    completion: .file(extensions: ["ipynb", "md", "yolos"]))
  var source: String
  @Argument(
    help: "The file to write; its extension sets the format.",
    completion: .file(extensions: ["ipynb", "md", "yolos"]))
  var target: String

  func validate() throws {
    for path in [source, target] where Conversion.Form(path: path) == nil {
      throw ValidationError("'\(path)' ends neither in .ipynb nor in .md nor in .yolos")
    }
  }

  func run() throws {
    guard let form = Conversion.Form(path: source), let other = Conversion.Form(path: target) else {
      return
    }
    let content = try Errand.content(of: source)
    let folder = PathText.folder(of: source)
    let conversion = Conversion(
      from: PathText.name(of: source), to: PathText.name(of: target)
    ) { try? AtomicFile.read(folder.isEmpty || $0.hasPrefix("/") ? $0 : "\(folder)/\($0)") }
    let result: Conversion.Result
    do { result = try conversion.convert(content, form, to: other) } catch {
      throw NotebookFile.failure(error, source)
    }
    let place = PathText.folder(of: target)
    do {
      for file in result.files {
        try AtomicFile.write(
          file.content, to: place.isEmpty ? file.path : "\(place)/\(file.path)")
      }
      try AtomicFile.write(result.content, to: target)
    } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .stepFailed)
    }
  }
}

/// Jupyter notebooks that the command line names.
enum NotebookFile {
  /// A notebook as a report that can be run and checked.
  static func checkable(_ content: Data, path: String) throws -> Conversion.Checkable {
    do {
      return try Conversion.checkable(content, name: PathText.name(of: path))
    } catch { throw failure(error, path) }
  }

  /// What a file holds as a script or a report; options say so where its name does not.
  static func readable(
    _ content: Data, path: String, _ options: inout Headless.Options
  ) throws -> Data {
    guard Conversion.Form(path: path) == .notebook else { return content }
    options.notation = .markdown
    return Data(try checkable(content, path: path).text.utf8)
  }

  /// Says why a file cannot be read.
  static func failure(_ error: any Error, _ path: String) -> Ending {
    if let error = error as? Diagnostic {
      Errand.complaints(annotations: false)(error)
    } else {
      Terminal.error.write("error: \(path): \(error)\n")
    }
    return Ending(code: .usage)
  }
}
