public import Files
internal import Foundation

/// An event file in the run's folder: `tensorboard --logdir runs` shows it.
///
/// Numbers have the names of `results.csv` and stand at their epoch, counted from 1, as Ultralytics writes
/// them; pictures are PNG files; the options are a text.
public final class TensorBoardLog: RunLog {
  private let folder: String
  private var file: AppendedFile?

  /// The log of a run.
  ///
  /// - Parameter folder: The run's folder.
  public init(folder: String) { self.folder = folder }

  /// How the names of our files end, so that those of other programs are left alone.
  private static let ending = ".yolos"
  private static let beginning = "events.out.tfevents."

  /// The files of earlier starts, the latest last.
  private var files: [String] {
    Directory.entries(of: folder).map(\.name)
      .filter { $0.hasPrefix(Self.beginning) && $0.hasSuffix(Self.ending) }
      .map { "\(folder)/\($0)" }
  }

  private var events: [Event] {
    files.flatMap { file in
      RecordFile.records(of: (try? AtomicFile.read(file)) ?? Data()).compactMap { Event($0) }
    }
  }

  /// Begins the log, or begins it anew for a run that continues.
  ///
  /// A run that continues gets one whole new file in place of the earlier ones: no reader finds an epoch
  /// twice, whether it knows the event that voids earlier files or not.
  ///
  /// - Parameters:
  ///   - facts: What is known of the run.
  ///   - earlier: The epochs that were trained before.
  /// - Throws: ``FileError`` where a file cannot be written.
  public func begin(_ facts: RunFacts, earlier: [LoggedEpoch]) throws(FileError) {
    let old = files, last = earlier.last?.step ?? 0
    let kept = events.filter { event in
      if case .picture = event.content { event.step <= last && !earlier.isEmpty } else { false }
    }
    var all = [Event(time: facts.start, .version)]
    if !old.isEmpty { all.append(Event(time: facts.start, .start)) }
    all.append(Event(time: facts.start, .text(tag: "options", value: Self.table(facts.options))))
    all.append(Event(time: facts.start, .text(tag: "run", value: Self.table(facts.tags))))
    all += kept.filter { $0.step == 0 }
    for epoch in earlier {
      all += Self.events(of: epoch)
      // A table's time is rounded; pictures must not seem older than the numbers of their epoch.
      for picture in kept where picture.step == epoch.step {
        all.append(Event(time: epoch.time, step: epoch.step, picture.content))
      }
    }
    let path = "\(folder)/\(Self.beginning)\(number(after: old))\(Self.ending)"
    try AtomicFile.write(Self.content(all), to: path)
    for file in old where file != path { try remove(file) }
    file = try AppendedFile(path)
  }

  /// Adds the numbers of an epoch.
  ///
  /// - Throws: ``FileError`` where the file cannot be written.
  public func add(_ epoch: LoggedEpoch) throws(FileError) {
    try file?.append(Self.content(Self.events(of: epoch)))
  }

  /// Adds a picture.
  ///
  /// - Throws: ``FileError`` where the file cannot be written.
  public func add(_ picture: LoggedPicture) throws(FileError) {
    let content = Event.Content.picture(
      tag: picture.name, png: picture.png, width: picture.width, height: picture.height)
    try file?.append(
      Self.content([Event(time: picture.time, step: picture.step, content)]))
  }

  /// Ends the log; an event file has no end, so nothing is written.
  ///
  /// - Throws: ``FileError`` where a file cannot be written.
  public func end(_ end: RunEnd) throws(FileError) { file = nil }

  /// Whether the whole run, up to the epoch `last`, stands in the log already.
  public func isComplete(last: Int) -> Bool {
    let steps = events.compactMap { event -> Int? in
      if case .scalar = event.content { event.step } else { nil }
    }
    return Set(steps) == Set(1...max(1, last))
  }

  /// A number for the file's name: the time, as TensorBoard reads files in the order of their names.
  private func number(after old: [String]) -> Int {
    let numbers = old.compactMap { file in
      Int(PathText.name(of: file).dropFirst(Self.beginning.count).dropLast(Self.ending.count))
    }
    return max(Int(FileIdentity.now / 1_000_000_000), (numbers.max() ?? 0) + 1)
  }

  private func remove(_ file: String) throws(FileError) {
    do { try FileManager.default.removeItem(atPath: file) } catch {
      throw FileError(path: file, action: "remove", reason: error.localizedDescription)
    }
  }

  private static func content(_ events: [Event]) -> Data {
    events.reduce(into: Data()) { $0 += RecordFile.framed($1.message) }
  }

  private static func events(of epoch: LoggedEpoch) -> [Event] {
    epoch.scalars.map { scalar in
      Event(
        time: epoch.time, step: epoch.step,
        .scalar(tag: scalar.name, value: Float(scalar.value)))
    }
  }

  /// A table in Markdown, which TensorBoard sets as one.
  private static func table(_ entries: [RunFacts.Entry]) -> String {
    let rows = entries.map { entry in
      "| \(entry.name) | \(entry.value.replacing("|", with: "\\|")) |"
    }
    return (["| name | value |", "|---|---|"] + rows).joined(separator: "\n")
  }
}
