internal import Charts
internal import Commands
internal import Files
internal import Foundation
internal import JSON
internal import JupyterNotebooks
internal import Language
internal import Report

/// Shows what steps show to those who have the notebook open.
final class KernelPresenter: Presenter {
  private let outbox: Outbox
  /// What makes the names of displays differ from those of an earlier kernel of the same notebook.
  private let session = UUID().uuidString.prefix(8).lowercased()
  /// Finds the chart that the report filed last, and the folder it lies in.
  var filedFigure: () -> (figure: Figure, folder: String)? = { nil }

  /// The request whose steps run.
  private var parent = JSONValue.emptyObject
  private var number = 0
  private var isMuted = false
  private var progress: ProgressDisplay?
  private var displays = 0
  private var lastFigure: String?
  /// The value that was shown last, for the history.
  private(set) var lastResult: String?

  init(_ outbox: Outbox) { self.outbox = outbox }

  // MARK: Requests

  /// The steps of a request begin.
  ///
  /// - Parameters:
  ///   - parent: Its header.
  ///   - number: The number of its cell.
  ///   - isMuted: Whether nothing is to be shown.
  func begin(_ parent: JSONValue, number: Int, isMuted: Bool) {
    (self.parent, self.number, self.isMuted) = (parent, number, isMuted)
    lastResult = nil
  }

  /// They have ended.
  func finish() {
    if var progress, let last = progress.rest() { publish(last.kind, last.content) }
    progress = nil
  }

  /// Does something that shows nothing.
  func muted<Result>(_ body: () -> Result) -> Result {
    let before = isMuted
    isMuted = true
    defer { isMuted = before }
    return body()
  }

  private func publish(_ kind: String, _ content: JSONValue) {
    if !isMuted { outbox.publish(kind, content, parent: parent) }
  }

  private func display(_ bundle: OutputBundle) {
    publish("display_data", .object(bundle.content))
  }

  // MARK: Presenter

  func present(value: VolatileText) {
    lastResult = value.text
    var content = OutputBundle(.text(value)).content
    content["execution_count"] = .number(number)
    publish("execute_result", .object(content))
  }

  func present(_ rendering: Rendering) {
    switch rendering {
    case .text(let text): show(text)
    case .prose(let text): display(OutputBundle(.emitted(text)))
    case .table(let table): display(OutputBundle(.table(table)))
    case .chart(let chart, _): show(chart)
    case .listing(let listing): display(OutputBundle(.code(listing)))
    case .console(let console): display(OutputBundle(.console(console)))
    case .warning(let text): display(OutputBundle(.warning(text)))
    }
  }

  /// A line that never differs is what everybody calls standard output; a notebook keeps no more of it than
  /// its letters.
  private func show(_ text: VolatileText) {
    guard text.volatilePieces.isEmpty, !text.text.contains(where: \.isNewline) else {
      return display(OutputBundle(.text(text)))
    }
    if !isMuted { outbox.publish(stream: "stdout", text.text + "\n", parent: parent) }
  }

  private func show(_ chart: Chart) {
    if let (figure, folder) = filedFigure(), figure.path != lastFigure {
      lastFigure = figure.path
      let place = { (path: String) in folder.isEmpty ? path : "\(folder)/\(path)" }
      if let picture = try? AtomicFile.read(place(figure.path)) {
        let numbers = figure.numbers.flatMap { try? AtomicFile.read(place($0)) }
        return display(
          OutputBundle(
            figure, picture: picture, numbers: numbers.map { String(decoding: $0, as: UTF8.self) }))
      }
    }
    do {
      let file = try chart.file(provenance: "")
      display(
        OutputBundle(picture: file.content, ending: file.ending, text: chart.alternativeText))
    } catch {
      let text = VolatileText("the chart '\(chart.title)' could not be drawn: \(error)")
      display(OutputBundle(.warning(text)))
    }
  }

  func progress(_ report: ProgressReport) {
    if progress == nil {
      if case .finished = report { return }
      displays += 1
      progress = ProgressDisplay(name: "progress-\(session)-\(displays)")
    }
    if let message = progress?.take(report) { publish(message.kind, message.content) }
    if case .finished = report { progress = nil }
  }
}
