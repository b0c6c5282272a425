internal import Dispatch
internal import Foundation
internal import Synchronization

/// Runs a program of the system to its end.
package enum ShellCommand {
  /// What it left.
  package struct Outcome {
    /// The exit code.
    package let code: Int32
    /// What it wrote to standard output.
    package let output: String
    /// What it wrote to standard error.
    package let errors: String
  }

  /// Runs a program that is found on the PATH.
  ///
  /// - Returns: What it left; nil where it cannot be started.
  package static func run(_ name: String, _ arguments: [String]) -> Outcome? {
    guard let program = path(of: name) else { return nil }
    let process = Process(), output = Pipe(), errors = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    guard (try? process.run()) != nil else { return nil }
    // Both at once: a program that fills one pipe waits until somebody reads it.
    let words = Mutex(Data()), reading = DispatchGroup()
    DispatchQueue.global().async(group: reading) {
      let all = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
      words.withLock { $0 = all }
    }
    let text = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    reading.wait()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: words.withLock { $0 }, as: UTF8.self))
  }

  /// Where a program lies; nil where the PATH has none of that name.
  static func path(of name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH", default: "/usr/bin:/bin"]
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The words of a text as a shell parts them: at blanks outside quotes.
  static func words(of text: String) -> [String] {
    var words: [String] = [], word: String?, quote: Character?, isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }

  /// A text as one word of a shell.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
