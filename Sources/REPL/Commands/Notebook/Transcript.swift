package import Files
internal import Charts
internal import Foundation
internal import Images
package import Language
package import Report

/// Writes a report as the steps go: prose, steps, and what they showed, each in its place.
package final class Transcript: Presenter {
  /// The report as it stands on the disk.
  package private(set) var file: ReportFile
  /// What went wrong when the report was last written.
  package private(set) var failure: FileError?
  private var pictures = 0
  /// Whether the last block is a step that showed nothing so far, so that another may join its fence.
  private var lastStepIsSilent = false
  /// The report as it stood before the step that runs.
  private(set) var documentBeforeStep = Document()
  /// Whether the file is behind ``document``.
  private var isBehind = false
  private var nextSave: ContinuousClock.Instant?
  /// How long the file is left alone at least: a save waits for the disk, and a script may have
  /// thousands of steps that take no time.
  private static let pause = Duration.milliseconds(250)

  private let settings: Settings
  private let provenance: Provenance

  /// A report that is written to a path.
  ///
  /// - Parameters:
  ///   - path: Where it goes.
  ///   - host: Whose settings decide how charts are filed, and whose sources they name.
  init(path: String, for host: Host) {
    file = ReportFile(path: path)
    (settings, provenance) = (host.settings, host.provenance)
  }

  /// The report's blocks.
  package var document: Document { file.document }

  // MARK: Source

  /// Adds a step as it is written; steps that show nothing share a fence with the next one.
  package func begin(step source: String) {
    documentBeforeStep = document
    if lastStepIsSilent, case .step(let step)? = document.entries.last?.block {
      file.edit { document in
        document.entries.removeLast()
        document.append(.step(Step(step.source + "\n" + source)))
      }
    } else {
      append(.step(Step(source)))
    }
    lastStepIsSilent = true
    save()
  }

  /// Adds a whole fence, whose steps follow.
  func begin(fence source: String) {
    documentBeforeStep = document
    append(.step(Step(source)))
    lastStepIsSilent = false
    save()
  }

  /// Goes back to an earlier state of the report.
  func restore(_ document: Document) {
    if case .step? = document.entries.last?.block {
      lastStepIsSilent = true
    } else {
      lastStepIsSilent = false
    }
    file = ReportFile(path: file.path, document: document)
    save()
  }

  /// Adds prose, paragraph by paragraph.
  ///
  /// - Parameters:
  ///   - source: The Markdown as it was written.
  ///   - rendered: The Markdown with its values; nil where nothing was to be put in.
  package func prose(_ source: String, rendered: [TextPiece]?) {
    lastStepIsSilent = false
    for block in Self.blocks(of: source, rendered: rendered) { append(block) }
    save()
  }

  /// Prose as a report has it, paragraph by paragraph.
  ///
  /// - Parameters:
  ///   - source: The Markdown as it was written.
  ///   - rendered: The Markdown with its values; nil where nothing was to be put in.
  /// - Returns: One block a paragraph, or one for all where they cannot be told apart.
  package static func blocks(of source: String, rendered: [TextPiece]?) -> [Document.Block] {
    let paragraphs = paragraphs(source)
    guard let rendered else { return paragraphs.map { .prose(Prose($0)) } }
    let parts = split(rendered)
    // A value may bring a blank line along: then the paragraphs cannot be told apart any more.
    guard parts.count == paragraphs.count else {
      return [.prose(Prose(source, rendered: VolatileText(rendered)))]
    }
    return zip(paragraphs, parts).map { paragraph, pieces in
      let text = VolatileText(pieces)
      let isPlain = text.text == paragraph && text.volatilePieces.isEmpty
      return .prose(Prose(paragraph, rendered: isPlain ? nil : text))
    }
  }

  /// Adds the parameters in force.
  package func parameters(_ parameters: [Parameter]) {
    guard !parameters.isEmpty else { return }
    add(.parameters(parameters))
  }

  /// Adds what made the report, at its end, and writes it.
  package func provenance(_ entries: [ProvenanceEntry]) {
    add(.provenance(entries))
    flush()
  }

  /// Adds why a step failed.
  ///
  /// Where it stands differs between a script and its report, so a check skips the place.
  package func error(_ diagnostic: Diagnostic) { add(.error(VolatileText(diagnostic))) }

  // MARK: Presenter

  package func present(_ rendering: Rendering) {
    switch rendering {
    case .text(let text): add(.text(text))
    case .prose(let text): add(.emitted(text))
    case .table(let table): add(.table(table))
    case .listing(let listing): add(.code(listing))
    case .console(let console): add(.console(console))
    case .warning(let text): add(.warning(text))
    case .chart(let chart, let name): add(chart, name)
    }
  }

  package func progress(_ progress: ProgressReport) {}

  private func add(_ chart: Chart, _ name: String) {
    pictures += 1
    let number = pictures < 10 ? "0\(pictures)" : "\(pictures)"
    do {
      let picture = try chart.file(
        provenance: provenance.figureSource, prefersVectors: settings.drawsVectors)
      let figure = try file.figure(
        named: "\(number)-\(Self.fileName(name))", picture: picture.content,
        ending: picture.ending, csv: chart.numbers.csv, alternativeText: chart.alternativeText,
        isVolatile: chart.isVolatile)
      add(.figure(figure))
    } catch {
      add(.warning(VolatileText("the chart '\(chart.title)' could not be drawn: \(error)")))
    }
  }

  /// A name that serves as a file's: letters, digits and hyphens.
  private static func fileName(_ name: String) -> String {
    let kept = name.lowercased().unicodeScalars.map {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
        ? Character($0) : "-"
    }
    return String(kept)
  }

  // MARK: Writing

  private func add(_ output: Report.Output) {
    lastStepIsSilent = false
    append(.output(output))
    save()
  }

  private func append(_ block: Document.Block) { file.edit { $0.append(block) } }

  private func save() {
    isBehind = true
    if let nextSave, ContinuousClock.now < nextSave { return }
    flush()
  }

  /// Brings the file up to what was shown: to be called before any work that may take long or end
  /// the program, and at the end.
  func flush() {
    guard isBehind else { return }
    isBehind = false
    let start = ContinuousClock.now
    do {
      try file.save()
      failure = nil
    } catch { failure = error }
    // A large report takes long to write, and must not take most of the time.
    let end = ContinuousClock.now
    nextSave = end + max(Self.pause, (end - start) * 4)
  }

  // MARK: Paragraphs

  /// Markdown in pieces that blank lines part; fences stay whole.
  static func paragraphs(_ text: String) -> [String] {
    split([TextPiece(text)]).map { $0.map(\.text).joined() }
  }

  /// The same for text in pieces.
  static func split(_ pieces: [TextPiece]) -> [[TextPiece]] {
    var paragraphs: [[TextPiece]] = [[]]
    var isInFence = false
    for piece in pieces {
      let lines = piece.text.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        if index > 0 {
          let isBlank = line.allSatisfy(\.isWhitespace) && index < lines.count - 1
          if isBlank && !isInFence {
            if !paragraphs[paragraphs.count - 1].isEmpty { paragraphs.append([]) }
            continue
          }
          if !paragraphs[paragraphs.count - 1].isEmpty {
            paragraphs[paragraphs.count - 1].append(TextPiece("\n"))
          }
        }
        if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
        if !line.isEmpty {
          paragraphs[paragraphs.count - 1].append(
            TextPiece(String(line), isVolatile: piece.isVolatile))
        }
      }
    }
    return paragraphs.filter { !$0.isEmpty }
  }
}
