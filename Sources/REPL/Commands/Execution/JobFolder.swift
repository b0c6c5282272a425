internal import Files
internal import Foundation

/// The folder of a job on its way: its description, what it tells while it runs, its log, what came of it.
struct JobFolder: Sendable {
  /// The folder's path.
  let path: String

  /// The description that `yolos job` reads.
  var job: String { path + "/job.json" }
  /// What the job tells while it runs, one JSON object a line.
  var progress: String { path + "/progress.jsonl" }
  /// What it says to people, and what ends it unasked.
  var log: String { path + "/log.txt" }
  /// What came of it, written last.
  var report: String { path + "/result.json" }

  /// Where jobs lie, below the folder of all that may be deleted.
  static func place(in cache: String) -> String { cache + "/jobs" }

  /// The folder of a key; `suffix` tells apart what is computed anew each time.
  init(of key: Digest, in cache: String, suffix: String = "") {
    path = "\(Self.place(in: cache))/\(key.description.prefix(20))\(suffix)"
  }

  init(path: String) { self.path = path }

  /// Makes it, without what an earlier try may have left but for its description.
  func prepare() throws(FileError) {
    try AtomicFile.makeFolder(path)
    for file in [report, progress, log] { try? FileManager.default.removeItem(atPath: file) }
  }

  /// Removes what jobs left that nobody has touched for a week: the longest that queues let a job wait
  /// and run, as a rule.
  static func prune(in cache: String) {
    let week = 7 * 86_400.0
    for part in ["", "/models", "/data", "/batches"] {
      let folder = place(in: cache) + part
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where !["models", "data", "batches"].contains(name) {
        let path = "\(folder)/\(name)"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let date = attributes?[.modificationDate] as? Date, -date.timeIntervalSinceNow > week
        else { continue }
        // What stays does no harm.
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }

  /// Removes it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// The last lines of the log, for people.
  func logEnd(lines count: Int = 12) -> String {
    guard let content = try? AtomicFile.read(log) else { return "" }
    let lines = String(decoding: content.suffix(8192), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
    return lines.suffix(count).joined(separator: "\n")
  }
}

/// What came of a job, as it lies beside its description.
struct JobReport: Codable, Sendable {
  /// Something that the job showed for good and that belongs into the report.
  struct Remark: Codable, Sendable {
    let text: String
    let volatilePieces: [String]
  }

  /// Why there is no result.
  struct Failure: Codable, Sendable {
    let message: String
    let hint: String?
    let isInterruption: Bool
  }

  static let layout = 1

  var layout = JobReport.layout
  let key: String
  /// How long it took.
  var seconds = 0.0
  /// Whether the work ran to its end: a partial result is shown and not kept.
  var isComplete = true
  /// The result as the cache keeps it; nil where there is none.
  var payload: Data?
  var failure: Failure?
  var remarks: [Remark] = []

  /// Reads a report; nil where none is there, or none of this layout.
  init?(contentsOf path: String) {
    guard let content = try? AtomicFile.read(path),
      let report = try? JSONDecoder().decode(JobReport.self, from: content),
      report.layout == Self.layout
    else { return nil }
    self = report
  }

  init(key: String) { self.key = key }

  /// Writes it in one step.
  func write(to path: String) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let content = try? encoder.encode(self) else {
      preconditionFailure("a job's report cannot be encoded")
    }
    try AtomicFile.write(content, to: path)
  }
}

/// How far a job is, one line of what it tells.
struct JobEvent: Codable, Sendable {
  /// What happened.
  enum Kind: String, Codable, Sendable {
    /// The work begins; `text` says where.
    case started
    /// A share of it is done.
    case progress
    /// A line for people, such as an epoch.
    case line
    /// It has ended; `text` says how.
    case ended
  }

  let event: Kind
  var text = ""
  var details: String?
  var fraction: Double?
  var secondsLeft: Double?

  /// Reads what ``line`` writes.
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// One line of JSON.
  var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
