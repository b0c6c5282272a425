internal import Charts
internal import Datasets
internal import Language
internal import Report

/// Shows what steps put out: values as tables, figures or lines, and each remark once.
package final class Display {
  /// Takes what is shown: the terminal, the report, or both.
  package var presenter: any Presenter
  /// What has been shown before and must not be shown differently, or again.
  let memory = DisplayMemory()
  /// What is shown stands in the order of the script.
  private let order: OutputOrder
  /// Pieces of prose whose values are being filled in; nil at any other time.
  private var prose: [TextPiece]?

  /// A display that shows to a presenter, in an order that others keep, too.
  init(_ presenter: any Presenter, in order: OutputOrder) {
    (self.presenter, self.order) = (presenter, order)
  }

  /// Shows something when it is its turn, to whoever is the presenter now.
  private func inOrder(_ show: @escaping () -> Void) {
    let presenter = presenter
    order.perform { [self] in
      let other = self.presenter
      self.presenter = presenter
      defer { self.presenter = other }
      show()
    }
  }

  /// Whether what is shown now is part of prose: its text is returned, all else is left out.
  private var isInProse: Bool { prose != nil && !order.isPerforming }

  /// Fills values into prose.
  ///
  /// - Parameter body: Emits the prose.
  /// - Returns: Its pieces.
  /// - Throws: What a value in it throws.
  func fillingProse(_ body: () throws(Diagnostic) -> Void) throws(Diagnostic) -> [TextPiece] {
    prose = []
    defer { prose = nil }
    try body()
    return prose ?? []
  }

  /// Takes what a step puts out.
  func take(_ output: Language.Output) {
    if isInProse, case .prose(let pieces) = output {
      prose?.append(contentsOf: pieces)
      return
    }
    switch output {
    case .text(let text): present(.text(VolatileText(text)))
    case .prose(let pieces): present(.prose(VolatileText(pieces)))
    case .value(let value): if !isInProse { inOrder { self.show(value) } }
    case .remark(let diagnostic): present(.warning(VolatileText(warning: diagnostic)))
    case .event(let event):
      if let rendering = event as? Rendering { present(rendering) }
      if let progress = event as? ProgressReport { presenter.progress(progress) }
    }
  }

  /// Shows something, and says once where its figure has letters that the font lacks.
  func present(_ rendering: Rendering) {
    guard !isInProse else { return }
    inOrder {
      self.presenter.present(rendering)
      if case .chart(let chart, _) = rendering { self.warn(ofLetters: chart.lettersLacking) }
    }
  }

  /// Shows how far long work has come.
  func progress(_ report: ProgressReport) { presenter.progress(report) }

  /// Says, the first time there are any, that figures show boxes in place of some letters.
  func warn(ofLetters lacking: [Character]) {
    guard !lacking.isEmpty else { return }
    inOrder { self.warnNow(ofLetters: lacking) }
  }

  private func warnNow(ofLetters lacking: [Character]) {
    guard !memory.hasWarnedOfLetters else { return }
    memory.hasWarnedOfLetters = true
    let list = lacking.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let more = lacking.count > 8 ? " and \(lacking.count - 8) more" : ""
    presenter.present(
      .warning(
        VolatileText(
          """
          the chart font, DejaVu Sans, has no \(list)\(more): charts show a box in place of such \
          letters; tables and files keep them
          """)))
  }

  /// Shows a value as a table, figures or a line.
  private func show(_ pending: Value) {
    // What it waits for stood before it in the order, so it is there.
    guard let value = try? pending.settled() else { return }
    if let object = value.asObject((any Presentable).self) {
      do throws(Diagnostic) {
        for rendering in try object.renderings(after: memory) { present(rendering) }
      } catch {
        presenter.present(.warning(VolatileText(warning: error)))
      }
    } else if let objects = value.asList, !objects.isEmpty,
      objects.allSatisfy({ $0.asObject((any Presentable).self) != nil })
    {
      for object in objects { show(object) }
    } else if !value.isNone {
      presenter.present(
        value: VolatileText(
          value.quotedText, volatilePieces: value.holdsVolatile ? [value.quotedText] : []))
    }
  }
}

/// What has been shown so far, as far as it decides how the next thing is shown.
final class DisplayMemory {
  private var palette = Palette()
  private var notesShown: Set<String> = []
  fileprivate(set) var hasWarnedOfLetters = false

  /// The color of a run in every figure: the next free one where it is drawn for the first time.
  func color(of run: RunObject) -> Int { palette.index(of: "\(run.record.name) \(run.digest)") }

  /// The color of a study, in the same way.
  func color(of study: StudyObject) -> Int { palette.index(of: "\(study.name) \(study.digest)") }

  /// What the user should hear about a dataset and has not heard yet.
  func newNotes(on dataset: Dataset, besides known: Set<DatasetNote> = []) -> [Rendering] {
    dataset.notes
      .filter { !known.contains($0) && notesShown.insert("\(dataset.file)\n\($0)").inserted }
      .map { .text(VolatileText("Note: \($0)")) }
  }
}

/// An object that a report can show.
protocol Presentable: LanguageObject {
  /// Tables, figures and text that show it.
  ///
  /// - Parameter memory: What was shown before.
  /// - Returns: What is shown, in order.
  /// - Throws: A diagnostic where a file that is to be shown cannot be read.
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering]
}
