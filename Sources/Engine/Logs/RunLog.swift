public import Files
public import Foundation

/// Writes one run in the form that another program reads.
///
/// A log is begun once for every start of a run, then grows: a program that watches it sees each epoch as
/// soon as it has ended, and one that is killed leaves a log that can be read up to there.
public protocol RunLog: AnyObject {
  /// Begins the log, or begins it anew for a run that continues: whatever is there of the same run is
  /// replaced.
  ///
  /// - Parameters:
  ///   - facts: What is known of the run.
  ///   - earlier: The epochs that were trained before; pictures of these stay, all others go.
  /// - Throws: ``FileError`` where a file cannot be written.
  func begin(_ facts: RunFacts, earlier: [LoggedEpoch]) throws(FileError)

  /// Adds an epoch.
  ///
  /// - Throws: ``FileError`` where a file cannot be written.
  func add(_ epoch: LoggedEpoch) throws(FileError)

  /// Adds a picture.
  ///
  /// - Throws: ``FileError`` where a file cannot be written.
  func add(_ picture: LoggedPicture) throws(FileError)

  /// Ends the log.
  ///
  /// - Throws: ``FileError`` where a file cannot be written.
  func end(_ end: RunEnd) throws(FileError)

  /// Whether the whole run, up to the epoch `last`, stands in the log already.
  func isComplete(last: Int) -> Bool
}

/// What is known of a run when its log begins.
public struct RunFacts: Equatable, Sendable {
  /// A name and a value.
  public struct Entry: Equatable, Sendable {
    /// The name.
    public let name: String
    /// The value as text.
    public let value: String

    /// A name and a value.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// What the run is called.
  public let name: String
  /// What runs that can be compared have in common.
  public let experiment: String
  /// Seconds since 1970.
  public let start: Double
  /// The options in force, in the order of their table.
  public let options: [Entry]
  /// What else people look for: versions, digests, folders.
  public let tags: [Entry]

  /// What is known of a run.
  public init(
    name: String, experiment: String, start: Double, options: [Entry], tags: [Entry] = []
  ) {
    (self.name, self.experiment, self.start) = (name, experiment, start)
    (self.options, self.tags) = (options, tags)
  }
}

/// The numbers of one epoch.
public struct LoggedEpoch: Equatable, Sendable {
  /// The epoch, from 1.
  public let step: Int
  /// When it ended, in seconds since 1970.
  public let time: Double
  /// Numbers by their names in `results.csv`.
  public let scalars: [(name: String, value: Double)]

  /// The numbers of one epoch.
  public init(step: Int, time: Double, scalars: [(name: String, value: Double)]) {
    (self.step, self.time, self.scalars) = (step, time, scalars)
  }

  /// Whether step, time and all numbers are the same.
  public static func == (a: LoggedEpoch, b: LoggedEpoch) -> Bool {
    a.step == b.step && a.time == b.time && a.scalars.elementsEqual(b.scalars, by: ==)
  }
}

/// A picture of a run.
public struct LoggedPicture: Equatable, Sendable {
  /// Its name, such as "val/predictions"; a later picture of the same name shows a later epoch.
  public let name: String
  /// The epoch that it shows; 0 for none.
  public let step: Int
  /// When it was drawn, in seconds since 1970.
  public let time: Double
  /// The bytes of a PNG file.
  public let png: Data
  /// Its sides in pixels.
  public let width, height: Int

  /// A picture of a run.
  public init(name: String, step: Int, time: Double, png: Data, width: Int, height: Int) {
    (self.name, self.step, self.time) = (name, step, time)
    (self.png, self.width, self.height) = (png, width, height)
  }
}

/// How a run ended.
public struct RunEnd: Equatable, Sendable {
  /// Finished, stopped by somebody, or failed.
  public enum Kind: Equatable, Sendable {
    /// It ran to its end.
    case finished
    /// Somebody stopped it.
    case stopped
    /// Something went wrong.
    case failed
  }

  /// How it ended.
  public let kind: Kind
  /// When, in seconds since 1970.
  public let time: Double
  /// Files that belong to the run: its weights, settings and results.
  public let files: [String]

  /// How a run ended.
  public init(_ kind: Kind, time: Double, files: [String]) {
    (self.kind, self.time, self.files) = (kind, time, files)
  }
}
