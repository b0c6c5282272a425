import Files
import Foundation
import Logs
import Testing

/// A folder that goes when its test ends.
final class LogFolder {
  let path = NSTemporaryDirectory() + "yolos-logs-" + UUID().uuidString

  init() { try? AtomicFile.makeFolder(path) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The event file of ours in it.
  func file() throws -> String {
    let name = try #require(
      Directory.entries(of: path).map(\.name).first { $0.hasSuffix(".yolos") })
    return "\(path)/\(name)"
  }

  func content() throws -> Data { try AtomicFile.read(file()) }

  /// The events of that file, but for texts.
  func events() throws -> [Event] {
    RecordFile.records(of: try content()).compactMap { Event($0) }
  }
}

extension RunFacts {
  static let sample = RunFacts(
    name: "first", experiment: "plush", start: 1000,
    options: [.init("epochs", "3"), .init("lr0", "0.01")], tags: [.init("yolos.version", "1")])
}

extension LoggedEpoch {
  /// An epoch that took ten seconds.
  static func sample(_ step: Int) -> LoggedEpoch {
    LoggedEpoch(
      step: step, time: 1000 + 10 * Double(step),
      scalars: [
        ("train/box_loss", 0.5 / Double(step)), ("metrics/mAP50(B)", Double(step) / 10),
      ])
  }
}

extension LoggedPicture {
  /// A red and a blue pixel; each step has other bytes, in a chunk of text.
  static func sample(_ step: Int) -> LoggedPicture {
    LoggedPicture(
      name: "val/predictions", step: step, time: 1000 + 10 * Double(step),
      png: Data([0x89, 0x50, 0x4E, 0x47, UInt8(step)]), width: 2, height: 1)
  }
}
