package import Report

/// Shows everything to several presenters.
package final class Tee: Presenter {
  private let presenters: [any Presenter]

  /// Shows to all of them, in this order.
  package init(_ presenters: [any Presenter]) { self.presenters = presenters }

  package func present(_ rendering: Rendering) {
    for presenter in presenters { presenter.present(rendering) }
  }

  package func present(value: VolatileText) {
    for presenter in presenters { presenter.present(value: value) }
  }

  package func progress(_ progress: ProgressReport) {
    for presenter in presenters { presenter.progress(progress) }
  }
}
