import Commands
import Files
import Foundation
import Language
import Logs
import Report
import TestSupport
import Testing
import Training

/// What `log=` leaves for other programs, and what it leaves alone.
@Suite struct TrainingLogTests {
  private let folder: TestFolder
  private let console = Watcher()
  private let interrupts = Keyboard()

  init() throws { folder = try TestFolder() }

  private func session() throws -> Session {
    var configuration = Workplace.Configuration()
    configuration.baseFolder = folder.path
    configuration.runsFolder = folder.path + "/runs"
    configuration.cacheFolder = folder.path + "/.yolos"
    configuration.threads = 1
    let session = try Session(
      configuration, console: console, interrupts: interrupts, record: folder.path + "/record.md")
    try run(
      """
      d = toys "toys" kinds=["oslik", "ovecka"] train=4 val=2 test=0 size=64
      m = load "yolov8n.yaml" classes=["oslik", "ovecka"]
      """, in: session)
    return session
  }

  private func run(_ text: String, in session: Session) throws {
    let problems = session.run(text).filter { $0.severity == .error }
    #expect(problems.isEmpty, "\(text): \(problems.map(\.message))")
  }

  private static let line = "train m data=d epochs=3 imgsz=32 batch=2 name=\"first\""

  /// The events of a run's log.
  private func events(_ run: String = "first") throws -> [Event] {
    let place = folder.path + "/runs/" + run
    let name = try #require(
      Directory.entries(of: place).map(\.name).first { $0.hasPrefix("events") })
    return RecordFile.records(of: try AtomicFile.read("\(place)/\(name)")).compactMap {
      Event($0)
    }
  }

  private func steps(_ tag: String) throws -> [Int] {
    try events().compactMap { event in
      switch event.content {
      case .scalar(tag, _), .picture(tag, _, _, _): event.step
      default: nil
      }
    }
  }

  private func digest(_ name: String) throws -> Digest {
    Digest(of: try AtomicFile.read("\(folder.path)/\(name)"))
  }

  @Test func `each epoch is logged under the names of its table, with pictures`() throws {
    try run(Self.line + " log=\"tensorboard,mlflow\"", in: session())
    for tag in ResultsTable.columns.dropFirst(2) { #expect(try steps(tag) == [1, 2, 3], "\(tag)") }
    #expect(try steps("val/labels") == [1])
    #expect(try steps("val/predictions") == [1, 2, 3])
    #expect(try steps("results") == [3])
    let table = try ResultsTable.parse(folder.text("runs/first/results.csv"), file: "results.csv")
    let losses = try events().compactMap { event -> Float? in
      if case .scalar("train/box_loss", let value) = event.content { value } else { nil }
    }
    for (logged, row) in zip(losses, table) {
      #expect(abs(Double(logged) - row.train.box) < 1e-5 * row.train.box)
    }
    let store = folder.path + "/mlruns"
    let experiment = try #require(Directory.entries(of: store).first?.name)
    let runs = Directory.entries(of: "\(store)/\(experiment)").filter { $0.name.count == 32 }
    let place = "mlruns/\(experiment)/\(try #require(runs.first).name)"
    #expect(runs.count == 1)
    #expect(folder.text(place + "/params/epochs") == "3")
    #expect(folder.text(place + "/metrics/metrics/mAP50B").split(separator: "\n").count == 3)
    #expect(
      try digest(place + "/artifacts/weights/best.safetensors")
        == digest("runs/first/weights/best.safetensors"))
  }

  @Test func `a run that was stopped and goes on has no step twice in its log`() throws {
    let session = try session()
    console.heard = { [interrupts] report in
      // In the second epoch, so that it is cut short and its line stands in the log.
      if case .transient(let progress) = report, progress.title == "epoch 2/3" {
        interrupts.press()
      }
    }
    try run("a = \(Self.line) log=\"tensorboard\"", in: session)
    #expect(try steps("train/box_loss") == [1, 2])
    console.heard = { _ in }
    try run("b = resume \"runs/first\" data=d", in: session)
    #expect(try steps("train/box_loss") == [1, 2, 3])
    #expect(try steps("val/predictions") == [1, 2, 3])
    let times = try events().map(\.time)
    #expect(times == times.sorted())
  }

  @Test func `a cached run writes the log from its results, and never twice`() throws {
    let session = try session()
    try run(Self.line, in: session)
    let weights = try digest("runs/first/weights/best.safetensors")
    let files = Directory.entries(of: folder.path + "/runs/first").map(\.name)
    #expect(!files.contains { $0.hasPrefix("events") })
    for _ in 0..<2 {
      try run(Self.line + " log=\"tensorboard\"", in: session)
      #expect(try steps("metrics/mAP50-95(B)") == [1, 2, 3])
      #expect(try steps("val/predictions").count == 1)
      #expect(try steps("results") == [3])
    }
    #expect(Directory.entries(of: folder.path + "/runs").map(\.name) == ["first"])
    #expect(try digest("runs/first/weights/best.safetensors") == weights)
  }

  @Test func `a log changes no weight and no word of the report`() throws {
    var reports: [String] = [], weights: [Digest] = []
    for log in ["", " log=\"tensorboard,mlflow\""] {
      for name in ["runs", ".yolos", "record.md"] {
        try? FileManager.default.removeItem(atPath: folder.path + "/" + name)
      }
      let session = try session()
      try run("a = \(Self.line)\(log)\na", in: session)
      let text = folder.text("record.md").replacing(log, with: "")
      reports.append(text.replacing(#/\d[\d.]* (s|m \d+ s)/#, with: "…"))
      weights.append(try digest("runs/first/weights/last.safetensors"))
    }
    #expect(reports[0] == reports[1] && !reports[0].isEmpty)
    #expect(weights[0] == weights[1])
  }

  @Test func `a log that cannot be written costs the training nothing`() throws {
    try AtomicFile.write("in the way", to: folder.path + "/mlruns")
    let session = try session()
    try run("a = \(Self.line) log=\"mlflow\"", in: session)
    #expect(console.lines.contains { $0.hasPrefix("warning: stopped writing a log of the run") })
    #expect(folder.has("runs/first/weights/best.safetensors"))
  }

  @Test func `other words are refused before anything runs`() throws {
    let problems = try session().run("train m data=d log=\"tensorbord\"")
    #expect(problems.first?.message.contains("log") == true, "\(problems.map(\.message))")
  }
}

/// Hears how far the work is.
private final class Watcher: Presenter {
  var heard: (ProgressReport) -> Void = { _ in }
  private(set) var lines: [String] = []

  func present(_ rendering: Rendering) {}

  func progress(_ progress: ProgressReport) {
    if case .line(let line) = progress { lines.append(line) }
    heard(progress)
  }
}

/// A keyboard with one key.
private final class Keyboard: Cancelling {
  private var cancellation: Cancellation?

  func attach(_ cancellation: Cancellation) { self.cancellation = cancellation }

  func press() { if cancellation?.level == Cancellation.Level.none { cancellation?.request() } }
}
