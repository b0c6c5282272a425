package import Charts
package import Report

/// Something a step shows, in a form that a report and a terminal can both set.
package enum Rendering: Sendable {
  /// A line or a few, plain text.
  case text(VolatileText)
  /// Markdown prose with its values filled in.
  case prose(VolatileText)
  /// A table.
  case table(Table)
  /// A chart or a sheet of pictures; the name is that of its files, without an ending.
  case chart(Chart, name: String)
  /// Text whose columns matter.
  case listing(Listing)
  /// Long output that a report folds and a terminal leaves out.
  case console(Console)
  /// Something that went well, but should be known.
  case warning(VolatileText)
}

/// Takes what steps show, in order: a report, a terminal, a test.
package protocol Presenter: AnyObject {
  /// Shows something for good.
  func present(_ rendering: Rendering)
  /// Shows the value of a statement that has no other form than text.
  func present(value: VolatileText)
  /// Shows how far a training has come; may be forgotten at once.
  func progress(_ progress: ProgressReport)
}

extension Presenter {
  /// Most show it as any other text.
  package func present(value: VolatileText) { present(.text(value)) }
}

/// How far long work has come, in words that fit a line.
package enum ProgressReport: Sendable {
  /// One line that replaces the one before: a batch of an epoch, a picture of many.
  case transient(Progress)
  /// One line that stays: an epoch.
  case line(String)
  /// What the validation of an epoch found, to be drawn by who has room for pictures.
  case validation(ValidationView)
  /// Jobs that run side by side, those that have not ended, and how many of how many have: a table that
  /// replaces the one before.
  case jobs([JobLine], done: Int, count: Int)
  /// The work has ended, well or not.
  case finished
}

/// How far one of several jobs is.
package struct JobLine: Equatable, Sendable {
  /// What people call it.
  package let title: String
  /// Where it stands: "waiting", "epoch 3/100".
  package let state: String
  /// 0...1; nil where it cannot be told.
  package var fraction: Double?
  /// Numbers that change as it goes on.
  package var details = ""
  /// Seconds to the end, where they can be told.
  package var secondsLeft: Double?

  /// Where a job stands.
  package init(
    title: String, state: String, fraction: Double? = nil, details: String = "",
    secondsLeft: Double? = nil
  ) {
    (self.title, self.state, self.fraction) = (title, state, fraction)
    (self.details, self.secondsLeft) = (details, secondsLeft)
  }
}

/// A share of some work.
package struct Progress: Equatable, Sendable {
  /// What is being done: "epoch 3/100".
  package let title: String
  /// 0...1.
  package let fraction: Double
  /// Numbers that change as it goes on: losses, images a second.
  package let details: String
  /// Seconds to the end, where they can be told.
  package let secondsLeft: Double?
  /// The folder of the run that trains; nil for other work.
  package let run: String?

  /// A share of some work.
  package init(
    title: String, fraction: Double, details: String, secondsLeft: Double?, run: String? = nil
  ) {
    (self.title, self.fraction, self.details) = (title, fraction, details)
    (self.secondsLeft, self.run) = (secondsLeft, run)
  }
}
