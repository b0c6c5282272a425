import CTerminal
import Foundation

/// The program at a terminal, with somebody who types.
final class PseudoTerminal {
  private let master: Int32
  private let process: pid_t
  private(set) var folder: TestFolder
  /// Everything that was on the screen, escape sequences and all.
  private(set) var screen = ""
  /// How much of the screen has been looked at.
  private var seen = 0

  /// A key that is no letter.
  enum Key {
    static let tab = "\t", enter = "\r", interrupt = "\u{3}", end = "\u{4}", search = "\u{12}"
    static let up = "\u{1B}[A", suspend = "\u{1A}"
    static func pasted(_ text: String) -> String { "\u{1B}[200~\(text)\u{1B}[201~" }
  }

  /// Starts the program's prompt, or another program, in a folder.
  init(
    _ program: String = Binary.path, in folder: TestFolder, arguments: [String] = [],
    columns: UInt16 = 80,
    environment: [String: String] = [:]
  ) throws {
    self.folder = folder
    let all = [
      "HOME": folder.path, "TERM": "xterm-256color", "LANG": "C.UTF-8",
      "YOLOS_HISTORY": folder.path + "/history", "INPUTRC": folder.path + "/inputrc",
    ].merging(environment) { $1 }
    let words = [program] + arguments, settings = all.map { "\($0.key)=\($0.value)" }
    var argumentList = unsafe words.map { unsafe strdup($0) } + [nil]
    var environmentList = unsafe settings.map { unsafe strdup($0) } + [nil]
    var descriptor: Int32 = -1
    // SAFETY: both lists end in a null pointer and live for the call, as do the other pointers.
    process = unsafe yolos_terminal_start(
      program, &argumentList, &environmentList, folder.path, Int32(columns), &descriptor)
    master = descriptor
    unsafe (argumentList + environmentList).forEach { unsafe free($0) }
    guard process > 0 else { throw Failure.noTerminal }
  }

  /// Starts the program in a folder of its own and waits for its prompt.
  static func prompt(
    columns: UInt16 = 80, environment: [String: String] = [:], inputrc: String = ""
  ) throws -> PseudoTerminal {
    let folder = try TestFolder()
    try folder.write(inputrc, to: "inputrc")
    let terminal = try PseudoTerminal(in: folder, columns: columns, environment: environment)
    try terminal.seePrompt()
    return terminal
  }

  enum Failure: Error { case noTerminal, notSeen(String, screen: String) }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    // SAFETY: `status` lives for the call.
    unsafe waitpid(process, &status, 0)
    close(master)
  }

  // MARK: Keys

  /// Changes the width, as somebody who drags the window.
  func resize(columns: UInt16) {
    var size = winsize(ws_row: 30, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    // SAFETY: the kernel reads `size` during the call.
    _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Types.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    // SAFETY: the array lives for the call.
    _ = unsafe write(master, bytes, bytes.count)
  }

  /// Types a line.
  func enter(_ line: String) { type(line + Key.enter) }

  /// Types a line and waits until it is done.
  func run(_ line: String) throws {
    enter(line)
    try seePrompt()
  }

  /// Throws away what was typed so far.
  func clearLine() throws {
    type(Key.interrupt)
    try seePrompt()
  }

  // MARK: Screen

  /// Waits until a text is on the screen that was not looked at before.
  ///
  /// - Returns: What came up to it, without escape sequences.
  @discardableResult
  func see(_ text: String, within seconds: Double = 20) throws -> String {
    let deadline = Date().addingTimeInterval(seconds)
    while true {
      let plain = Self.plain(screen)
      let fresh = plain.dropFirst(seen)
      if let range = fresh.range(of: text) {
        seen = plain.distance(from: plain.startIndex, to: range.upperBound)
        return String(fresh[..<range.upperBound])
      }
      guard Date() < deadline, take(milliseconds: 100) else {
        throw Failure.notSeen(text, screen: String(fresh))
      }
    }
  }

  /// Waits for the prompt.
  @discardableResult
  func seePrompt() throws -> String { try see("yolos> ") }

  /// Waits for the program's end.
  ///
  /// - Returns: Its exit code.
  func end() -> Int32 {
    while take(milliseconds: 5000) {}
    var status: Int32 = 0
    // SAFETY: `status` lives for the call.
    unsafe waitpid(process, &status, 0)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
  }

  /// Reads what there is; false at the end of the program.
  private func take(milliseconds: Int32) -> Bool {
    var source = [pollfd(fd: master, events: Int16(POLLIN), revents: 0)]
    // SAFETY: poll writes into the array's one element.
    guard unsafe poll(&source, 1, milliseconds) >= 0 else { return false }
    guard source[0].revents != 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 4096)
    // SAFETY: the buffer is ours and as long as we say.
    let count = unsafe read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    pending += buffer[..<count]
    // A letter may be cut in two; what is whole is shown.
    var whole = pending.count
    while whole > 0, pending.count - whole < 3, pending[whole - 1] & 0xC0 == 0x80 { whole -= 1 }
    let isCut = whole > 0 && pending[whole - 1] >= 0xC0
    let end = isCut ? whole - 1 : pending.count
    let isComplete = String(validating: pending, as: UTF8.self) != nil
    screen += String(decoding: isComplete ? pending[...] : pending[..<end], as: UTF8.self)
    pending.removeFirst(isComplete ? pending.count : end)
    return true
  }

  private var pending: [UInt8] = []

  /// The text without the sequences that move the cursor and color.
  static func plain(_ text: String) -> String {
    // By scalars: a carriage return and a newline are one character.
    let scalars = text.unicodeScalars.filter { $0 != "\r" && $0 != "\u{7}" }
    return String(String.UnicodeScalarView(scalars))
      .replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
  }
}
