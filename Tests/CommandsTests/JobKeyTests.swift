import Commands
import Foundation
import Language
import Report
import Testing
import Training

/// What the cache knows results by: everything that decides them, and nothing else.
@Suite struct JobKeyTests {
  private let folder: TestFolder
  private let console = Console()
  private let session: Session

  init() throws {
    folder = try TestFolder()
    var configuration = Workplace.Configuration()
    configuration.baseFolder = folder.path
    configuration.runsFolder = folder.path + "/runs"
    configuration.cacheFolder = folder.path + "/.yolos"
    configuration.threads = 1
    session = try Session(
      configuration, console: console, interrupts: Deaf(), record: folder.path + "/record.md")
    try run(
      """
      d = toys "toys" kinds=["oslik", "ovecka"] train=2 val=2 test=1 size=64
      m = load "yolov8n.yaml" classes=["oslik", "ovecka"]
      """)
  }

  private func run(_ text: String) throws {
    let problems = session.run(text).filter { $0.severity == .error }
    #expect(problems.isEmpty, "\(text): \(problems.map(\.message))")
  }

  /// Runs a line and says whether its result came from the cache.
  private func isHit(_ line: String) throws -> Bool {
    try run(line)
    console.titles = []
    try run("why")
    let title = try #require(console.titles.last)
    return title.contains("came from the cache")
  }

  /// The options of a command besides those that are its inputs.
  private func options(of command: String, besides inputs: Set<String>) throws -> Set<String> {
    let signature = try #require(CommandTable.yolos[command]).signature
    return Set(signature.options.map(\.name)).subtracting(inputs)
  }

  @Test func `every option of val, and each setting it uses, is part of its key`() throws {
    let changes = [
      "split": "\"train\"", "imgsz": "96", "batch": "1", "conf": "0.01", "iou": "0.6",
      "max_det": "50", "rect": "false",
    ]
    #expect(Set(changes.keys) == (try options(of: "val", besides: ["data"])))
    let line = "val m data=d"
    #expect(try !isHit(line))
    #expect(try isHit(line))
    for (name, value) in changes { #expect(try !isHit("\(line) \(name)=\(value)"), "\(name)") }
    for setting in ["seed=1", "compat=\"8.0.120\""] {
      try run("set \(setting)")
      #expect(try !isHit(line), "\(setting)")
    }
    try run("set seed=0 compat=\"8.4\" rate=2 memory=\"low\"")
    #expect(try isHit(line + " imgsz=640 conf=0.001"), "a default that is given is a default")
  }

  @Test func `every option of predict that decides what is found is part of its key`() throws {
    let changes = [
      "conf": "0.5", "iou": "0.6", "max_det": "50", "classes": "[\"oslik\"]", "imgsz": "96",
      "agnostic_nms": "true",
    ]
    // `save` writes what was found and changes none of it.
    #expect(Set(changes.keys) == (try options(of: "predict", besides: ["source", "save"])))
    let line = "predict m source=d.val"
    #expect(try !isHit(line))
    #expect(try isHit(line))
    for (name, value) in changes { #expect(try !isHit("\(line) \(name)=\(value)"), "\(name)") }
    try run("set seed=1")
    #expect(try isHit(line), "chance has no part in it")
    #expect(try isHit("\(line) classes=[\"oslik\", \"oslik\"]"))
    #expect(try !isHit("ensemble [m, m] source=d.val"))
  }

  @Test func `a training is known by its options, its data and a name that was given`() throws {
    let line = "train m data=d epochs=1 imgsz=32 batch=2"
    #expect(try !isHit(line))
    #expect(try isHit("same = \(line)"), "the name of a variable makes no other run")
    #expect(try isHit(line + " mosaic=1 cache=\"ram\" device=\"cpu\" log=\"mlflow\""))
    #expect(try !isHit(line + " name=\"first\""))
    #expect(try !isHit(line + " degrees=1"))
    #expect(try !isHit(line + " save_period=1"))
    try run("set memory=\"low\"")
    #expect(try isHit(line))
    try run("e = toys \"others\" kinds=[\"oslik\", \"ovecka\"] train=2 val=2 size=64 seed=9")
    #expect(try !isHit("train m data=e epochs=1 imgsz=32 batch=2"))
  }
}

/// Keeps the column names of folded output.
private final class Console: Presenter {
  var titles: [String] = []

  func present(_ rendering: Rendering) {
    if case .console(let console) = rendering { titles.append(console.title) }
  }

  func progress(_ progress: ProgressReport) {}
}

/// Nobody sits at the keyboard.
private struct Deaf: Cancelling {
  func attach(_ cancellation: Cancellation) {}
}
