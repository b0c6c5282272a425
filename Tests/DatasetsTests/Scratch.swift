import Files
import Foundation
import Testing

/// A folder that lives as long as the test that holds it.
final class Scratch {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "yolos-datasets-" + UUID().uuidString
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a text file and returns its path.
  @discardableResult func write(_ text: String, to name: String) throws -> String {
    try AtomicFile.write(text, to: path + "/" + name)
    return path + "/" + name
  }

  /// Writes bytes and returns the path.
  @discardableResult func write(_ bytes: Data, to name: String) throws -> String {
    try AtomicFile.write(bytes, to: path + "/" + name)
    return path + "/" + name
  }

  func text(_ name: String) throws -> String {
    String(decoding: try AtomicFile.read(path + "/" + name), as: UTF8.self)
  }
}
