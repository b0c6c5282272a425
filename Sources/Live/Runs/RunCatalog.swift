internal import Files
internal import Foundation
internal import Synchronization
internal import Training
internal import Yams

/// The runs below a folder, as their files tell of them.
///
/// Everything is read from `args.yaml` and `results.csv`, so runs of other programs, of other days and of
/// trainings that still go on are all there. A run's files are read again only when they have changed.
final class RunCatalog: Sendable {
  /// What a list shows of a run.
  struct Summary: Encodable, Equatable, Sendable {
    /// Its folder, seen from the folder of all runs; names it everywhere.
    let folder: String
    /// What it is called.
    var name: String
    var model = "", data = ""
    /// Seconds since 1970 when its table was last written.
    var date = 0.0
    /// Epochs that were trained, and asked for.
    var epochs = 0, planned: Int?
    /// The best mAP50-95, the epoch it was reached in, and that epoch's mAP50.
    var score: Double?, best: Int?, map50: Double?
    /// Wall time in seconds.
    var seconds = 0.0
    /// Whether a state lies there from which it can continue.
    var isUnfinished = false
  }

  /// The numbers of a run.
  struct Curves: Encodable, Sendable {
    let epochs: [Int]
    /// By the names of `results.csv`; nothing where an epoch was not scored.
    let columns: [String: [Double?]]
    /// The lines of `args.yaml`: names and values.
    let options: [[String]]
  }

  private struct Known: Sendable {
    let results, arguments: FileIdentity?
    let isUnfinished: Bool
    let summary: Summary
  }

  private struct State: Sendable {
    var known: [String: Known] = [:]
    var all: [Summary] = []
    var version = 0
    var looked: ContinuousClock.Instant?
  }

  fileprivate let root: String
  private let state = Mutex(State())
  /// Many may ask, but the disk is looked at so often at most.
  private static let pause = Duration.seconds(1)

  /// The runs below a folder.
  init(root: String) { self.root = root }

  /// All runs, and a number that goes up when any of them changes.
  func look() -> (runs: [Summary], version: Int) {
    state.withLock { state in
      if let looked = state.looked, ContinuousClock.now - looked < Self.pause {
        return (state.all, state.version)
      }
      read(&state)
      state.looked = .now
      return (state.all, state.version)
    }
  }

  /// The numbers of a run that ``look()`` lists; nil for any other folder.
  func curves(of folder: String) -> Curves? {
    guard look().runs.contains(where: { $0.folder == folder }) else { return nil }
    let run = RunFolder(path: "\(root)/\(folder)")
    let results = Self.results(of: run)
    var columns: [String: [Double?]] = [:]
    for name in ResultsTable.columns.dropFirst(2) {
      columns[name] = results.map { result in
        ResultsTable.scalars(of: result).first { $0.name == name }
          .flatMap { $0.value.isFinite ? $0.value : nil }
      }
    }
    return Curves(
      epochs: results.map(\.epoch), columns: columns,
      options: Self.arguments(of: run).map { [$0.name, $0.value] })
  }

  // MARK: Reading

  private func read(_ state: inout State) {
    var known: [String: Known] = [:]
    for folder in folders() {
      let run = RunFolder(path: "\(root)/\(folder)")
      let results = FileIdentity(of: run.results), arguments = FileIdentity(of: run.arguments)
      let isUnfinished = run.isUnfinished
      if let old = state.known[folder], old.results == results, old.arguments == arguments,
        old.isUnfinished == isUnfinished
      {
        known[folder] = old
      } else {
        known[folder] = Known(
          results: results, arguments: arguments, isUnfinished: isUnfinished,
          summary: summary(of: run, folder, results ?? arguments, isUnfinished))
      }
    }
    let all = known.values.map(\.summary).sorted { ($1.date, $0.folder) < ($0.date, $1.folder) }
    if all != state.all { state.version += 1 }
    (state.known, state.all) = (known, all)
  }

  /// The folders that hold runs: those with settings or results, at most two levels below the root, as
  /// Ultralytics has it (`runs/detect/train`).
  private func folders() -> [String] {
    func isRun(_ folder: String) -> Bool {
      let run = RunFolder(path: "\(root)/\(folder)")
      return Directory.exists(run.results) || Directory.exists(run.arguments)
    }
    return Directory.entries(of: root).filter(\.isFolder).flatMap { first in
      isRun(first.name)
        ? [first.name]
        : Directory.entries(of: "\(root)/\(first.name)").filter(\.isFolder).map {
          "\(first.name)/\($0.name)"
        }.filter(isRun)
    }
  }

  private func summary(
    of run: RunFolder, _ folder: String, _ identity: FileIdentity?, _ isUnfinished: Bool
  ) -> Summary {
    var summary = Summary(folder: folder, name: PathText.name(of: folder))
    let arguments = Dictionary(
      Self.arguments(of: run).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    summary.model = arguments["model"].map { PathText.name(of: $0) } ?? ""
    summary.data = arguments["data"].map { PathText.stem(of: $0) } ?? ""
    summary.planned = arguments["epochs"].flatMap { Int($0) }
    summary.date = Double(identity?.modified ?? 0) / 1e9
    let results = Self.results(of: run)
    summary.epochs = results.count
    summary.seconds = results.last?.seconds ?? 0
    let scored = results.filter { $0.scores?.map50_95.isFinite == true }
    let best = scored.max { ($0.scores?.map50_95 ?? 0) < ($1.scores?.map50_95 ?? 0) }
    summary.score = best?.scores?.map50_95
    summary.map50 = best?.scores?.map50
    summary.best = best?.epoch
    summary.isUnfinished = isUnfinished
    return summary
  }

  private static func results(of run: RunFolder) -> [EpochResult] {
    guard let content = try? AtomicFile.read(run.results) else { return [] }
    let text = String(decoding: content, as: UTF8.self)
    return (try? ResultsTable.parse(text, file: run.results)) ?? []
  }

  /// What a file of settings says, in its order; nothing where it is no mapping.
  private static func arguments(of run: RunFolder) -> [(name: String, value: String)] {
    guard let content = try? AtomicFile.read(run.arguments), content.count < 1 << 20,
      let mapping = try? Yams.compose(yaml: String(decoding: content, as: UTF8.self))?.mapping
    else { return [] }
    return mapping.compactMap { key, value in
      guard let name = key.string else { return nil }
      let items = value.sequence.map { $0.compactMap(\.string).joined(separator: ", ") }
      return (name, items ?? value.string ?? "")
    }
  }
}

extension RunCatalog {
  /// The name in the list of a run whose folder somebody else names.
  func name(of folder: String) -> String {
    folder.hasPrefix(root + "/") ? String(folder.dropFirst(root.count + 1)) : folder
  }

  /// The folder of a run that the list names.
  func folder(of name: String) -> String { "\(root)/\(name)" }
}
