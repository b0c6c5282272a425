internal import ArgumentParser
internal import Commands
internal import Foundation

/// Runs a script: `yolos run toys.yolos`.
struct RunCommand: SharedCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a script, a report or a notebook, and writes a report.",
    discussion: """
      The report is reports/NAME.md unless you pass -o. Steps whose inputs did not change come \
      from the cache.

      A name alone, such as quickstart, is a notebook that came along with yolos. It is copied into \
      notebooks/ here, with the weights it loads in models/; your changes stay.
      """)

  @Argument(
    help: """
      The script (.yolos), a report (.md), a notebook (.ipynb), the name of a notebook that came along, or - \
      for standard input.
      """,
    completion: .file(extensions: ["yolos", "md", "ipynb"]))
  var file: String
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The report file.", valueName: "report.md"), completion: .file())
  var output: String?
  @Option(
    name: [.customShort("p"), .customLong("parameter")],
    help: ArgumentHelp(
      "Sets a parameter of the script. Paths are relative to the script's folder.",
      valueName: "name=value"))
  var parameters: [String] = []
  @Option(
    help: ArgumentHelp(
      "Run only the steps up to this line of the file.", valueName: "line"))
  var until: Int?
  @Flag(help: "Overwrite the report that is run.")
  var inPlace = false
  @OptionGroup var work: WorkOptions
  @OptionGroup var live: LiveOptions
  @Option(
    help: ArgumentHelp("Also write the report as one HTML file.", valueName: "page.html"),
    completion: .file())
  var html: String?
  @Option(
    help: ArgumentHelp(
      "Also write a version short enough for a GitHub comment.", valueName: "brief.md"),
    completion: .file())
  var brief: String?
  @Option(
    help: ArgumentHelp("Prefix for image paths in --brief.", valueName: "prefix"))
  var linkPrefix = ""

  var rankThreads: Int? { work.engine.threads }

  func validate() throws {
    if let until, until < 1 { throw ValidationError("--until is a line, counted from 1") }
    if until != nil, inPlace {
      throw ValidationError("--until writes a partial report, and --in-place would lose the rest")
    }
    if file.lowercased().hasSuffix(".ipynb"), until != nil || inPlace {
      throw ValidationError("a notebook is run whole, and its report is another file")
    }
    for parameter in parameters
    where parameter.firstIndex(of: "=") ?? parameter.startIndex == parameter.startIndex {
      throw ValidationError("-p expects name=value, found '\(parameter)'")
    }
  }

  func run() throws {
    var errand = Errand(work: work, output: output)
    (errand.isInPlace, errand.lastLine) = (inPlace, until)
    errand.parameters = parameters.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), String(parts[1]))
    }
    errand.live = live.isWanted ? live : nil
    errand.copies = Errand.Copies(html: html, brief: brief, linkPrefix: linkPrefix)
    let path = try place()
    try errand.run(path: path, content: Errand.content(of: path))
  }

  /// The path of the script; a notebook that is called by its name is copied first.
  private func place() throws -> String {
    guard NotebookName.isName(file) else { return file }
    do {
      let place = try NotebookName.place(file, from: .current)
      if !place.copied.isEmpty {
        Terminal.error.write("copied \(place.copied.joined(separator: " and "))\n")
      }
      return place.path
    } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
  }
}
