internal import Charts
internal import Datasets
internal import Files
internal import Foundation
package import Language
internal import Report
package import Tensors
package import Training

/// What commands find behind the language's context: the engine, folders, settings and the cache.
package final class Host: Context {
  /// What stays the same for a whole run.
  package struct Configuration: Sendable {
    /// The folder that relative paths of the script start from.
    package var baseFolder = "."
    /// Where runs are written.
    package var runsFolder = "runs"
    /// What reports call that folder, as a check writes its runs elsewhere.
    package var shownRunsFolder = "runs"
    /// Where results are cached.
    package var cacheFolder = ".yolos"
    /// The number of threads; as many as there are cores where nil.
    package var threads: Int?
    /// How convolutions are computed: "native" or "openblas".
    package var backend = "native"
    /// Whether every step runs even where the cache has its result.
    package var isFresh = false

    /// A run in the working directory.
    package init() {}
  }

  package let configuration: Configuration
  /// Threads and backend.
  package let compute: Compute
  /// Takes what steps show.
  package var presenter: any Presenter
  /// Told when the user wants to stop; made anew for every step at the prompt.
  package var cancellation = Cancellation()
  /// The report of the steps so far, where one is written.
  var transcript: Transcript? {
    didSet { transcript?.figureSource = { [weak self] in self?.figureSource ?? "" } }
  }
  /// The prompt, where there is one.
  weak var session: Session?
  /// Results of earlier steps.
  let cache: ResultCache
  /// What the steps so far took and whether they came from the cache.
  package private(set) var log: [StepRecord] = []
  private var settings: [String: Value]
  private var palette = Palette()
  /// Data and weights that results came from, in the order of their first use.
  private(set) var sources: [ProvenanceEntry] = []
  private var current = StepRecord(title: "")
  private var saidNotes: Set<String> = []
  private var hasWarnedOfLetters = false

  /// Starts the engine.
  ///
  /// - Throws: ``UsageError`` for an unknown backend.
  package init(_ configuration: Configuration, presenter: any Presenter) throws(UsageError) {
    self.configuration = configuration
    self.presenter = presenter
    guard let backend = Backends.named(configuration.backend) else {
      throw UsageError(
        "there is no backend '\(configuration.backend)'; known are "
          + Backends.names.joined(separator: " and "))
    }
    compute = Compute(pool: ThreadPool(threads: configuration.threads), backend: backend)
    cache = ResultCache(folder: configuration.cacheFolder, isFresh: configuration.isFresh)
    settings = Dictionary(
      uniqueKeysWithValues: Setting.all.map { ($0.name, $0.standard.value) })
  }

  // MARK: Context

  package var baseFolder: String { configuration.baseFolder }

  package var isCancelled: Bool { cancellation.level != .none }

  package func emit(_ output: Language.Output) {
    switch output {
    case .text(let text): presenter.present(.text(VolatileText(text)))
    case .prose(let pieces): presenter.present(.prose(VolatileText(pieces)))
    case .value(let value): show(value)
    case .remark(let diagnostic):
      presenter.present(
        .warning(VolatileText(diagnostic)))
    case .event(let event):
      if let rendering = event as? Rendering { present(rendering) }
      if let progress = event as? ProgressReport { presenter.progress(progress) }
    }
  }

  package func setting(_ name: String) -> Value? { settings[name] }

  package func set(_ name: String, to value: Value) throws(Diagnostic) {
    guard let setting = Setting.all.first(where: { $0.name == name }) else {
      let near = Suggestion.nearest(to: name, among: Setting.all.map(\.name))
      throw Diagnostic(
        "there is no setting '\(name)'",
        hint: near.map { "did you mean '\($0)'?" }
          ?? "known are " + Setting.all.map(\.name).joined(separator: ", "))
    }
    try setting.check(value)
    settings[name] = value
    if name == "figures" { transcript?.prefersVectors = value.asString == "svg" }
  }

  /// The settings in force, for checks.
  var constants: [String: Constant] { settings.compactMapValues { Constant($0) } }

  /// The settings that decide results, in a fixed order: part of every cache key.
  var settingsKey: String {
    Setting.all.filter(\.decidesResults).map { "\($0.name)=\(settings[$0.name]?.canonical ?? "")" }
      .joined(separator: " ")
  }

  package func perform(
    _ command: Command, _ invocation: Invocation
  ) throws(Diagnostic) -> Value {
    // `print` is the one command that loops call thousands of times, and takes no time.
    if command.name != Command.print.name { transcript?.settle() }
    return try command.code(invocation, self)
  }

  // MARK: Showing

  /// The colour of a run in every picture: the next free one where it is drawn for the first time.
  func color(of run: RunObject) -> Int { palette.index(of: "\(run.record.name) \(run.digest)") }

  /// What the user should hear about a dataset and has not heard yet.
  func notes(on dataset: Dataset, besides known: Set<DatasetNote> = []) -> [Rendering] {
    dataset.notes
      .filter { !known.contains($0) && saidNotes.insert("\(dataset.file)\n\($0)").inserted }
      .map { .text(VolatileText("Note: \($0)")) }
  }

  /// Shows something, and says once where its picture has letters that the font lacks.
  private func present(_ rendering: Rendering) {
    presenter.present(rendering)
    if case .chart(let chart, _) = rendering { warn(ofLetters: chart.lettersLacking) }
  }

  /// Says, the first time there are any, that pictures show boxes in place of some letters.
  func warn(ofLetters lacking: [Character]) {
    guard !lacking.isEmpty, !hasWarnedOfLetters else { return }
    hasWarnedOfLetters = true
    let list = lacking.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let more = lacking.count > 8 ? " and \(lacking.count - 8) more" : ""
    presenter.present(
      .warning(
        VolatileText(
          """
          the font of pictures, DejaVu Sans, has no \(list)\(more): a box stands in the place of such \
          letters; tables and files keep them
          """)))
  }

  /// Shows a value as a table, pictures or a line.
  package func show(_ value: Value) {
    if let object = value.asObject((any Presentable).self) {
      do throws(Diagnostic) {
        for rendering in try object.renderings(for: self) { present(rendering) }
      } catch {
        presenter.present(.warning(VolatileText(error)))
      }
    } else if let objects = value.asList, !objects.isEmpty,
      objects.allSatisfy({ $0.asObject((any Presentable).self) != nil })
    {
      for object in objects { show(object) }
    } else if !value.isNone {
      presenter.present(
        .text(
          VolatileText(
            value.quotedText, volatilePieces: value.holdsVolatile ? [value.quotedText] : [])))
    }
  }

  // MARK: Steps

  /// Notes that a step begins.
  package func begin(step title: String) { current = StepRecord(title: title) }

  /// Notes that a step has ended.
  package func endStep() {
    current.finish()
    log.append(current)
  }

  /// Notes data or weights that a result came from, for the end of the report.
  func cite(_ name: String, _ digest: String) {
    var entry = ProvenanceEntry(name, digest), number = 1
    // The same name with other content is another fact.
    while let known = sources.first(where: { $0.name == entry.name }), known != entry {
      number += 1
      entry = ProvenanceEntry("\(name) (\(number))", digest)
    }
    if !sources.contains(entry) { sources.append(entry) }
  }

  /// Says which results of the current step came from the cache.
  ///
  /// A run that computes them says nothing, so the line is volatile from end to end.
  func showHits() {
    var hits: [(command: String, count: Int, seconds: Double)] = []
    for use in current.uses where use.isHit {
      let place = hits.firstIndex { $0.command == use.command } ?? hits.count
      if place == hits.count { hits.append((use.command, 0, 0)) }
      hits[place].count += 1
      hits[place].seconds += use.seconds
    }
    for hit in hits {
      let head = hit.count == 1 ? hit.command : "\(hit.count) × \(hit.command)"
      let text =
        "\(head): cached, \(Wording.duration(hit.seconds)) when "
        + (hit.count == 1 ? "it ran" : "they ran")
      presenter.present(.text(VolatileText(text, volatilePieces: [text])))
    }
  }

  /// Notes where a result of the current step came from.
  func note(_ use: CacheUse) { current.uses.append(use) }
}

/// What one step took.
package struct StepRecord {
  /// The first line of the step.
  package let title: String
  /// Its results that were looked for in the cache.
  package fileprivate(set) var uses: [CacheUse] = []
  /// How long it took.
  package private(set) var seconds = 0.0
  private let start = ContinuousClock.now

  init(title: String) { self.title = title }

  mutating func finish() {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    self.seconds = Double(seconds) + Double(attoseconds) * 1e-18
  }
}

extension VolatileText {
  /// Text from pieces, of which some may differ from run to run.
  package init(_ pieces: [TextPiece]) {
    self.init(
      pieces.map(\.text).joined(), volatilePieces: pieces.filter(\.isVolatile).map(\.text))
  }
}

/// An object that a report can show.
package protocol Presentable: LanguageObject {
  /// Tables, pictures and text that show it.
  func renderings(for host: Host) throws(Diagnostic) -> [Rendering]
}

/// A mistake on the command line.
package struct UsageError: Error, CustomStringConvertible {
  /// One line.
  package let description: String

  init(_ description: String) { self.description = description }
}
