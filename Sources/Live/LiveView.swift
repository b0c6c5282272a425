package import Commands
internal import Files
internal import Foundation
internal import Synchronization

/// What people see of the work on a page: takes what steps show and how far they are, and keeps the latest
/// of it for whoever asks.
///
/// The work calls it from its thread, and pages ask from theirs.
package final class LiveView: Presenter, Sendable {
  /// How far one piece of work is.
  struct Activity: Equatable, Sendable {
    let progress: Commands.Progress
    /// The epoch whose validation can be drawn; nil where there is none yet.
    var pictured: Int?
  }

  /// All that is known just now.
  struct Status: Sendable {
    /// Goes up with every change.
    var version = 0
    /// Where the report lies.
    var report: String?
    /// The work that runs, by its run's folder; what trains nothing has the folder "".
    var activities: [String: Activity] = [:]
    /// Whether somebody asked for the end.
    var isStopping = false
    /// The exit code, once the work has ended.
    var ending: Int32?
  }

  private struct State: Sendable {
    var status = Status()
    var validations: [String: ValidationView] = [:]
    var pictures: [String: (epoch: Int, content: Data)] = [:]
  }

  private let state = Mutex(State())

  /// A view that nobody serves yet.
  package init() {}

  // MARK: The work

  // The report is read from its file: what was shown stands there, or will at once.
  package func present(_ rendering: Rendering) { change { _ in } }

  package func progress(_ report: ProgressReport) {
    change { state in
      switch report {
      case .transient(let progress):
        let run = progress.run ?? ""
        state.status.activities[run] = Activity(
          progress: progress, pictured: state.validations[run]?.epoch)
      case .validation(let view):
        state.validations[view.run] = view
        state.status.activities[view.run]?.pictured = view.epoch
      case .jobs(let jobs, _, _):
        let lines = jobs.map { job in
          Progress(
            title: "\(job.title): \(job.state)", fraction: job.fraction ?? 0,
            details: job.details, secondsLeft: job.secondsLeft)
        }
        state.status.activities = Dictionary(
          lines.map { ($0.title, Activity(progress: $0, pictured: nil)) },
          uniquingKeysWith: { first, _ in first })
      case .finished: (state.status.activities, state.status.isStopping) = ([:], false)
      case .line: break
      }
    }
  }

  /// Follows a report that grows at a path.
  package func follow(report path: String) { change { $0.status.report = path } }

  /// Notes that somebody asked for the end of the step that runs.
  func notes(stop: Bool) { change { $0.status.isStopping = stop } }

  /// Notes that all work has ended.
  func end(_ code: Int32) {
    change { state in
      state.status.activities = [:]
      state.status.ending = code
    }
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      state.status.version += 1
    }
  }

  // MARK: Pages

  /// What is known just now.
  var status: Status { state.withLock(\.status) }

  /// The latest validation of a run as a JPEG file; nil where there is none.
  func picture(of run: String) -> Data? {
    let (view, known) = state.withLock { ($0.validations[run], $0.pictures[run]) }
    guard let view else { return nil }
    if let known, known.epoch == view.epoch { return known.content }
    guard let content = view.picture() else { return nil }
    state.withLock { $0.pictures[run] = (view.epoch, content) }
    return content
  }
}
