internal import Foundation
internal import Language
internal import Synchronization

/// Standard output or standard error: what it can show, and how wide.
struct Terminal: Sendable {
  /// Standard output.
  static let output = Terminal(descriptor: STDOUT_FILENO)
  /// Standard error.
  static let error = Terminal(descriptor: STDERR_FILENO)
  /// Whether somebody types at standard input.
  static var isInput: Bool { isatty(STDIN_FILENO) == 1 }

  private let descriptor: Int32
  /// Whether it is a terminal.
  let isInteractive: Bool
  /// Whether lines may be drawn over; not on `TERM=dumb`.
  let redraws: Bool
  /// Whether colors may be used (NO_COLOR, see no-color.org).
  let usesColor: Bool
  /// Whether it shows more than ASCII.
  let usesUnicode: Bool

  private init(descriptor: Int32) {
    let environment = ProcessInfo.processInfo.environment
    self.descriptor = descriptor
    isInteractive = isatty(descriptor) == 1
    redraws = isInteractive && environment["TERM", default: "dumb"] != "dumb"
    usesColor = redraws && environment["NO_COLOR", default: ""].isEmpty
    let set =
      [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]]
      .compactMap { $0 }.first { !$0.isEmpty } ?? "C.UTF-8"
    usesUnicode = !isInteractive || set.uppercased().contains("UTF")
  }

  /// Columns; 100 where it is no terminal.
  var width: Int {
    var size = winsize()
    // SAFETY: the kernel fills in `size`, which lives for the call.
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
      return max(20, min(columns ?? 100, 1000))
    }
    return max(20, Int(size.ws_col))
  }

  private static let isAside = Mutex(false)

  /// Writes lines below whatever is drawn at the bottom, from any thread.
  func writeAside(_ text: String) {
    Self.isAside.withLock { $0 = true }
    write(text)
  }

  /// Whether somebody wrote aside since the last time that this was asked.
  static func wasWrittenAside() -> Bool {
    isAside.withLock { isAside in
      defer { isAside = false }
      return isAside
    }
  }

  /// Writes text as it is.
  func write(_ text: String) {
    guard !text.isEmpty else { return }
    let handle = descriptor == STDOUT_FILENO ? FileHandle.standardOutput : .standardError
    // Where nobody reads any more there is nobody to tell.
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// The text in a color or weight (SGR code), if there are colors.
  func paint(_ text: String, _ code: String) -> String {
    usesColor && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// The text without anything that a terminal would obey.
  static func harmless(_ text: String, keeping kept: Unicode.Scalar? = nil) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isObeyed =
        switch scalar.value {
        case 9, 10: false
        case 0..<32, 127..<160, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
      result.append(isObeyed && scalar != kept ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  /// The text cut to so many columns.
  static func cut(_ text: String, to width: Int) -> String {
    guard DisplayWidth.of(text) > width else { return text }
    var result = "", used = 0
    for character in text {
      used += DisplayWidth.width(of: character)
      if used > width - 1 { break }
      result.append(character)
    }
    return result + "…"
  }
}
