internal import Files
internal import Foundation
package import Language
internal import Report
internal import Training
internal import Weights

/// Fetches published weights, and shows how it goes.
package struct WeightFetch {
  private let store: WeightStore
  private let presenter: any Presenter

  /// Prepares to fetch into the folder that the environment names.
  package init(presenter: any Presenter) {
    self.init(into: Workplace.Configuration().weights, presenter: presenter)
  }

  /// Prepares to fetch into a store.
  init(into store: WeightStore, presenter: any Presenter) {
    (self.store, self.presenter) = (store, presenter)
  }

  /// The names that can be fetched.
  package static var names: [String] { WeightCatalog.yolov8.files.map(\.name) }

  /// Fetches files for somebody at a shell, in order, up to the first that cannot be had.
  ///
  /// - Parameters:
  ///   - names: Their names, with or without `.pt`.
  ///   - cancellation: Brings the keyboard's interrupts.
  ///   - complain: Takes what went wrong.
  /// - Returns: How it ended.
  package func run(
    _ names: [String], cancellation: any Cancelling, complain: (Diagnostic) -> Void
  ) -> ExitCode {
    let token = Cancellation()
    cancellation.attach(token)
    do throws(WeightsError) {
      // A name that is wrong is said before the first byte.
      var files: [PublishedWeights] = []
      for name in names { files.append(try store.catalog.file(named: name)) }
      for file in files { try fetch(file, cancellation: token) }
    } catch {
      let failure = Diagnostic(error)
      complain(failure)
      return ExitCode(failure)
    }
    return .success
  }

  /// Fetches one file.
  func fetch(_ file: PublishedWeights, cancellation: Cancellation) throws(WeightsError) {
    defer { presenter.progress(.finished) }
    let fetched = try store.fetch(file, isCancelled: { cancellation.level != .none }) { news in
      presenter.progress(.transient(Self.progress(of: file, news)))
    }
    presenter.progress(.finished)
    guard fetched.isNew else { return sayPresent(file, at: fetched.path) }
    let folder = PathText.folder(of: fetched.path)
    say("fetched \(file.name) (\(Wording.size(file.size))) into \(Paths.shortened(folder))")
    say(
      "\(file.publisher) publishes it under \(file.license), which may also apply to models trained "
        + "from it")
  }

  /// Finds one file that must be there already.
  ///
  /// - Returns: Whether it is.
  func find(_ file: PublishedWeights) throws(WeightsError) -> Bool {
    guard case .present(let path) = try store.state(of: file) else { return false }
    sayPresent(file, at: path)
    return true
  }

  private func sayPresent(_ file: PublishedWeights, at path: String) {
    say("\(file.name) is already there: \(Paths.shortened(path))")
  }

  /// A line that a check of the report does not compare: it depends on what was there before.
  private func say(_ text: String) {
    presenter.present(.text(VolatileText(text, volatilePieces: [text])))
  }

  private static func progress(of file: PublishedWeights, _ news: DownloadProgress) -> Progress {
    let speed = news.speed > 0 ? "  \(Wording.size(Int(news.speed)))/s" : ""
    return Progress(
      title: file.name, fraction: Double(news.received) / Double(news.size),
      details: "\(Wording.size(news.received)) of \(Wording.size(news.size))\(speed)",
      secondsLeft: news.secondsLeft)
  }
}

extension Diagnostic {
  /// Why weights cannot be had, in the language's words.
  init(_ error: WeightsError) {
    let kind: Kind =
      switch error.problem {
      case .cancelled: .interrupted
      case .unknown: .lint
      default: .step
      }
    self.init(error.description, kind: kind, hint: error.hint)
  }
}
