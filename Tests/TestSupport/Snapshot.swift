public import Foundation
public import Testing

/// Recorded results that tests compare with: texts and small images under `Tests/Snapshots`.
public enum Snapshot {
  /// Whether `YOLOS_RECORD=1` asks to record anew.
  ///
  /// A test that records fails, so that nobody takes
  /// recording for passing.
  public static let isRecording = ProcessInfo.processInfo.environment["YOLOS_RECORD"] == "1"

  /// The file of a snapshot, such as "charts/training.png".
  public static func file(_ name: String) -> URL {
    Shared.root.appendingPathComponent("Tests/Snapshots").appendingPathComponent(name)
  }

  /// The recorded bytes; nil after recording `fresh` in their place, or where nothing is recorded,
  /// and the test has failed.
  public static func recorded(
    _ name: String, fresh: Data, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Data? {
    let url = file(name)
    if isRecording {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try fresh.write(to: url)
      Issue.record(
        "recorded \(name); run again without YOLOS_RECORD", sourceLocation: sourceLocation)
      return nil
    }
    guard let content = try? Data(contentsOf: url) else {
      Issue.record(
        "no snapshot \(name); record it with YOLOS_RECORD=1", sourceLocation: sourceLocation)
      return nil
    }
    return content
  }
}

/// Expects a text to be the recorded one, and shows the first line that is not.
public func expectSnapshot(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  guard
    let content = try Snapshot.recorded(
      name, fresh: Data(text.utf8), sourceLocation: sourceLocation),
    content != Data(text.utf8)
  else { return }
  let old = String(decoding: content, as: UTF8.self).split(
    separator: "\n", omittingEmptySubsequences: false)
  let new = text.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
  let at = { (lines: [Substring]) in line < lines.count ? lines[line] : "(nothing)" }
  Issue.record(
    "\(name), line \(line + 1): recorded '\(at(old))', now '\(at(new))'",
    sourceLocation: sourceLocation)
}
