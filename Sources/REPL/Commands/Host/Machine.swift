internal import Foundation

/// Facts about the machine.
enum Machine {
  /// What a file of the system holds, whose size is known only when it has been read; nil where there is none.
  static func text(_ path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    return (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The processor's name, or "unknown".
  static var processor: String {
    guard let text = text("/proc/cpuinfo") else { return "unknown" }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }
}
