import Files
import Foundation
import Report
import Testing

/// A script of eight small trainings, one that goes on from another, and looks at all of them.
enum TravelingJobs {
  /// The script; `epochs` says how long each training takes.
  static let script = """
    # # Eight small trainings
    #
    # Two freezings, four seeds.

    param epochs = 1
    data = dataset "toys/toys.yaml"
    nano = load "yolov8n.yaml"
    runs = []
    for s in range(4) {
        # ### Seed {s}
        runs += train nano data=data epochs=epochs imgsz=32 batch=2 patience=0 seed=s
        runs += train nano data=data epochs=epochs imgsz=32 batch=2 seed=s freeze=10 name="frozen {s}"
    }
    train nano data=data epochs=1 imgsz=40 batch=2 seed=7
    compare runs
    plot runs metric="box_loss"
    second = train runs[0].best data=data epochs=1 imgsz=32 batch=2
    scores = []
    for run in [runs[1], runs[2], second] {
        scores += val run.best data=data imgsz=32
    }

    # The first scores {scores[0].map50:.3f}; {len(scores)} were measured.

    scores
    predict second source=data.val imgsz=32 conf=0.001 max_det=2

    """

  /// Run folders that the script leaves: each training once.
  static let folders = [
    "frozen-0", "frozen-1", "frozen-2", "frozen-3", "runs-1", "runs-3", "runs-5", "runs-7",
    "second",
    "yolov8n",
  ]

  /// Writes the script and draws its data.
  static func prepare(_ folder: TestFolder) throws {
    let toys = "toys \"toys\" kinds=[\"oslik\", \"ovecka\"] train=4 val=2 test=0 size=32"
    let outcome = try Binary.run(["-c", toys], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    try folder.write(script, to: "a.yolos")
  }

  /// The names of the run folders.
  static func runs(in folder: TestFolder) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/runs")) ?? []).sorted()
  }

  /// Whether two reports of a folder say the same, volatile values aside; empty where they do.
  static func difference(_ first: String, _ second: String, in folder: TestFolder) -> String {
    let documents = [first, second].map { MarkdownReader.document(folder.text($0)).document }
    let check = ReportCheck(
      recorded: documents[0], fresh: documents[1], comparesFigures: true,
      digestOfFile: { file in
        let path = "\(folder.path)/\(PathText.folder(of: first))/\(file)"
        return (try? AtomicFile.read(path)).map { Digest(of: $0).description }
      })
    return check.isSame ? "" : check.text
  }

  /// When each run folder's results were written; a training that is done again writes them again.
  static func times(in folder: TestFolder) throws -> [String: Date] {
    var times: [String: Date] = [:]
    for run in runs(in: folder) {
      let file = "\(folder.path)/runs/\(run)/results.csv"
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      times[run] = attributes?[.modificationDate] as? Date
    }
    return times
  }

  /// Waits until something holds.
  static func wait(_ seconds: Double = 120, until isDone: () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while !isDone() {
      guard Date() < end else { return false }
      usleep(50_000)
    }
    return true
  }

  /// How many jobs lie in their files.
  static func waiting(in folder: TestFolder) -> Int {
    let jobs = folder.path + "/.yolos/jobs"
    return ((try? FileManager.default.contentsOfDirectory(atPath: jobs)) ?? [])
      .count { FileManager.default.fileExists(atPath: "\(jobs)/\($0)/job.json") }
  }

  /// The processes of this machine that do a job of a folder.
  static func workers(in folder: TestFolder) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard
        let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline"),
        case let words = line.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }),
        words.count > 2, words[1] == "job"
      else { return false }
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
      return place == folder.path
    }
  }
}
