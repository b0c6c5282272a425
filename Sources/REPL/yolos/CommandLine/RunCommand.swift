internal import ArgumentParser
internal import Foundation

/// Runs a script: `yolos run toys.yolos`.
struct RunCommand: SharedCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a script, a report or a notebook, and writes a report.",
    discussion: """
      Unless -o says otherwise the report is reports/NAME.md. Steps whose inputs did not change come \
      from the cache.
      """)

  @Argument(
    help: "The script (.yolos), a report (.md), a notebook (.ipynb), or - for standard input.",
    completion: .file(extensions: ["yolos", "md", "ipynb"]))
  var file: String
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where the report goes.", valueName: "report.md"), completion: .file())
  var output: String?
  @Option(
    name: [.customShort("p"), .customLong("parameter")],
    help: ArgumentHelp(
      "The value of a parameter of the script. Paths count from the script's folder.",
      valueName: "name=value"))
  var parameters: [String] = []
  @Option(
    help: ArgumentHelp(
      "Run only the steps that begin up to this line of the file.", valueName: "line"))
  var until: Int?
  @Flag(help: "Write a report that is run over itself.")
  var inPlace = false
  @OptionGroup var work: WorkOptions
  @OptionGroup var live: LiveOptions
  @Option(
    help: ArgumentHelp("Write the report as one HTML file, too.", valueName: "page.html"),
    completion: .file())
  var html: String?
  @Option(
    help: ArgumentHelp(
      "Write the report short enough for a comment on GitHub, too.", valueName: "brief.md"),
    completion: .file())
  var brief: String?
  @Option(
    help: ArgumentHelp("What goes before the paths of pictures in --brief.", valueName: "prefix"))
  var linkPrefix = ""

  var rankThreads: Int? { work.engine.threads }

  func validate() throws {
    if let until, until < 1 { throw ValidationError("--until is a line, counted from 1") }
    if until != nil, inPlace {
      throw ValidationError("--until gives a part of a report, and --in-place would lose the rest")
    }
    if file.lowercased().hasSuffix(".ipynb"), until != nil || inPlace {
      throw ValidationError("a notebook is run whole, and its report is another file")
    }
    for parameter in parameters
    where parameter.firstIndex(of: "=") ?? parameter.startIndex == parameter.startIndex {
      throw ValidationError("-p takes name=value, not '\(parameter)'")
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
    try errand.run(path: file, content: Errand.content(of: file))
  }
}
