internal import Commands
internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Testing
internal import Weights

struct ExampleTests {
  @Test(arguments: DocumentedExample.all)
  func `an example in the help does what it claims`(documented: DocumentedExample) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("yolos-example-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let trial = try Trial(documented.example, in: folder.path)
    switch documented.example.expectation {
    case .runs: #expect(trial.failures.isEmpty)
    case .prints(let output):
      #expect(trial.failures.isEmpty)
      #expect(trial.output == output)
    case .fails(let message):
      #expect(
        trial.failures.contains { $0.contains(message) },
        "wanted '\(message)', found \(trial.failures)")
    }
  }
}

/// An example with the command that it explains.
struct DocumentedExample: CustomTestStringConvertible, Sendable {
  let command: String
  let example: Example

  var testDescription: String { "\(command): \(example.code)" }

  static let all = CommandTable.yolos.commands.flatMap { command in
    command.examples.map { DocumentedExample(command: command.name, example: $0) }
  }
}

/// An example that was checked and run in a folder of its own.
private struct Trial {
  /// What the example put out as text, one line for each output.
  private(set) var output = ""
  /// What was found wrong before it ran, or the one thing that ended it.
  private(set) var failures: [String] = []

  init(_ example: Example, in folder: String) throws {
    let listener = Listener()
    var configuration = Workplace.Configuration()
    configuration.baseFolder = folder
    configuration.runsFolder = folder + "/runs"
    configuration.cacheFolder = folder + "/.yolos"
    configuration.weights = try Self.fetchedWeights(in: folder)
    let host = try Host(configuration, presenter: listener)
    let interpreter = Interpreter(table: .yolos, context: host)
    for text in [example.setup, example.code] {
      listener.lines = []
      let parsed = Parser.parse(SourceText(name: "example", text))
      let found =
        parsed.diagnostics
        + Checker.check(
          parsed.program, table: .yolos, host: Folder(path: folder),
          environment: interpreter.environment)
      failures += found.filter { $0.severity == .error }.map(\.message)
      guard failures.isEmpty else { return }
      for step in parsed.program.steps {
        do throws(Diagnostic) { _ = try interpreter.execute(step) } catch {
          failures.append(error.message)
          return
        }
      }
    }
    output = listener.lines.joined(separator: "\n")
  }

  /// A store that has "yolov8n.pt", so that an example needs no network and not the user's own store.
  private static func fetchedWeights(in folder: String) throws -> WeightStore {
    let nano = PublishedWeights(
      name: "yolov8n.pt", size: 7, digest: Digest(of: "weights"), publisher: "nobody",
      license: "CC0-1.0")
    let store = WeightStore(
      catalog: WeightCatalog([nano], at: "http://127.0.0.1"), folder: folder + "/weights")
    try AtomicFile.write("weights", to: store.path(of: nano))
    return store
  }
}

/// Collects the texts that steps show.
private final class Listener: Presenter {
  var lines: [String] = []

  func present(_ rendering: Rendering) {
    switch rendering {
    case .text(let text), .prose(let text): lines.append(text.text)
    case .listing(let listing): lines.append(listing.text)
    default: break
    }
  }

  func progress(_ progress: ProgressReport) {}
}

/// The files of an example's folder.
private final class Folder: LintHost {
  private let path: String

  init(path: String) { self.path = path }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + file) }
  func declare(_ file: String) {}
}
