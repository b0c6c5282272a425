import Commands
import Files
import Foundation
import Language
import Report
import TestSupport
import Testing
import Training
import Weights

@Suite("Fetching weights by command")
struct FetchCommandTests {
  private typealias Answer = LoopbackServer.Answer

  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// A checkpoint as it could be published, and its entry in a catalog.
  private func published() throws -> (content: Data, file: PublishedWeights) {
    let outcome = try Binary.run(
      ["-c", "export (load \"yolov8n.yaml\" classes=[\"toy\"]) to=\"published/yolov8n.pt\""],
      in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let content = try AtomicFile.read(folder.path + "/published/yolov8n.pt")
    return (
      content,
      PublishedWeights(
        name: "yolov8n.pt", size: content.count, digest: Digest(of: content), publisher: "Nobody",
        license: "CC0-1.0")
    )
  }

  private func configuration(_ file: PublishedWeights, at address: String)
    -> Workplace.Configuration
  {
    var configuration = Workplace.Configuration()
    configuration.baseFolder = folder.path
    configuration.runsFolder = folder.path + "/runs"
    configuration.cacheFolder = folder.path + "/.yolos"
    configuration.threads = 1
    configuration.weights = WeightStore(
      catalog: WeightCatalog([file], at: address), folder: folder.path + "/weights")
    return configuration
  }

  /// Runs a script as `yolos run` does.
  private func run(
    _ script: String, _ configuration: Workplace.Configuration, to report: String = "report.md"
  ) -> (code: Commands.ExitCode, problems: [Diagnostic]) {
    var options = Headless.Options()
    options.configuration = configuration
    options.output = folder.path + "/" + report
    var problems: [Diagnostic] = []
    let headless = Headless(options, console: Console()) { problems.append($0) }
    let outcome = headless.run(
      path: folder.path + "/script.yolos", content: Data(script.utf8), cancellation: Deaf())
    return (outcome.code, problems)
  }

  private static let script = """
    fetch "yolov8n.pt"
    nano = load "yolov8n.pt"
    print nano.name nano.scale
    """

  @Test func `the prompt downloads, load finds it, and the report names the digest`() throws {
    let (content, file) = try published()
    let server = try LoopbackServer { Answer(content, for: $0) }
    defer { server.stop() }
    let console = Console()
    let session = try Session(
      configuration(file, at: server.address), console: console, interrupts: Deaf(),
      record: folder.path + "/record.md")
    let absent = try #require(session.run("load \"yolov8n.pt\"").first)
    #expect(absent.message == "file not found: 'yolov8n.pt'")
    #expect(
      absent.hint
        == "run this to download it: fetch \"yolov8n.pt\", or put the file into the folder you work in"
    )
    #expect(session.run(Self.script).isEmpty)
    #expect(
      console.lines == [
        "fetched yolov8n.pt (\(size(of: file))) into \(folder.path)/weights",
        "Nobody publishes it under CC0-1.0, which may also apply to models trained from it",
        "yolov8n n",
      ])
    #expect(console.shares.last == 1)
    console.lines = []
    #expect(session.run("fetch \"yolov8n\"").isEmpty)
    #expect(
      console.lines == ["yolov8n.pt is already there: \(folder.path)/weights/yolov8n.pt"])
    #expect(server.requests.count == 1)
    #expect(session.run("report \"friday.md\"").isEmpty)
    let report = folder.text("friday.md")
    #expect(report.contains("| file yolov8n.pt | \(file.digest) |"), "\(report)")
    // What a run says that finds the file counts for nothing.
    let content2 = try AtomicFile.read(folder.path + "/friday.md")
    var options = Headless.Options()
    options.configuration = configuration(file, at: server.address)
    let check = Headless(options, console: Console()) { Issue.record("\($0)") }
      .check(path: folder.path + "/friday.md", content: content2, cancellation: Deaf())
    #expect(check.code == .success, "\(check.text)")
    #expect(server.requests.count == 1)
  }

  private func size(of file: PublishedWeights) -> String {
    String(format: "%.2f MiB", Double(file.size) / 1_048_576)
  }

  @Test func `a script downloads nothing, and says what does`() throws {
    let (content, file) = try published()
    let server = try LoopbackServer { Answer(content, for: $0) }
    defer { server.stop() }
    let configuration = configuration(file, at: server.address)
    for (script, message, hint) in [
      (
        Self.script, "'yolov8n.pt' is not downloaded yet, and scripts never download",
        "run this to download it: yolos fetch yolov8n.pt"
      ),
      (
        "nano = load \"yolov8n.pt\"", "file not found: 'yolov8n.pt'",
        "run this to download it: yolos fetch yolov8n.pt, or put the file into the folder of the script"
      ),
      (
        "nano = load \"models/yolov8n.pt\"", "file not found: 'models/yolov8n.pt'",
        "run this to download it: yolos fetch yolov8n.pt, then write: load \"yolov8n.pt\""
      ),
      (
        "nano = load \"yolov8n\"", "file not found: 'yolov8n'",
        "run this to download it: yolos fetch yolov8n.pt, then write: load \"yolov8n.pt\""
      ),
    ] {
      let outcome = run("print 1\n" + script, configuration)
      #expect(outcome.code == .usage, "before the first step")
      #expect(outcome.problems.first?.message == message)
      #expect(outcome.problems.first?.hint == hint)
    }
    // What only a run can know is refused when it comes to it.
    let late = run("def get(name) { fetch name }\nget \"yolov8n.pt\"", configuration)
    #expect(late.code == .stepFailed)
    #expect(late.problems.first?.message.contains("a script downloads nothing") == true)
    #expect(server.requests.isEmpty)
  }

  @Test func `a script uses what was fetched, wherever the report is made`() throws {
    let (content, file) = try published()
    let dead = configuration(file, at: try LoopbackServer.deadAddress())
    try AtomicFile.write(content, to: folder.path + "/weights/yolov8n.pt")
    #expect(run(Self.script, dead).problems.isEmpty)
    let fact = "| file yolov8n.pt | \(file.digest) |"
    #expect(folder.text("report.md").contains(fact))
    // A file beside the script comes first, and is named all the same.
    try AtomicFile.write(content, to: folder.path + "/yolov8n.pt")
    try AtomicFile.write("another", to: folder.path + "/weights/yolov8n.pt")
    #expect(run("nano = load \"yolov8n.pt\"", dead, to: "beside.md").problems.isEmpty)
    #expect(folder.text("beside.md").contains(fact))
    // In the store a file is the published one or none.
    try FileManager.default.removeItem(atPath: folder.path + "/yolov8n.pt")
    for script in ["nano = load \"yolov8n.pt\"", "fetch \"yolov8n.pt\""] {
      let outcome = run(script, dead)
      #expect(outcome.code == .stepFailed)
      #expect(outcome.problems.first?.message.contains("not the published file") == true)
      #expect(
        outcome.problems.first?.hint == "run this to download it again: yolos fetch yolov8n.pt")
    }
  }
}

/// Keeps lines and progress.
private final class Console: Presenter {
  var lines: [String] = []
  var shares: [Double] = []

  func present(_ rendering: Rendering) {
    if case .text(let text) = rendering { lines.append(text.text) }
  }

  func progress(_ progress: ProgressReport) {
    if case .transient(let progress) = progress { shares.append(progress.fraction) }
  }
}

/// Nobody sits at the keyboard.
private struct Deaf: Cancelling {
  func attach(_ cancellation: Cancellation) {}
}
