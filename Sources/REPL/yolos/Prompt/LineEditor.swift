internal import CReadline
internal import Commands
internal import Foundation
internal import Synchronization

/// GNU readline: one line from the keyboard, with editing, history and completion.
///
/// Readline has one state for the whole program, and so has its editor. It is used from one thread;
/// signals come through a pipe, so that none ever interrupts readline.
enum LineEditor {
  /// What came from the keyboard.
  enum Input: Equatable {
    case line(String)
    /// Ctrl-C.
    case interrupted
    /// Ctrl-D on an empty line.
    case end
  }

  /// What readline's callbacks share with the editor.
  private struct State {
    /// Set when a line is complete.
    var input: Input?
    var complete: (@Sendable (String) -> Completion)?
    /// The ends of the pipe that signals come through.
    var pipe: (read: Int32, write: Int32)?
  }

  private static let state = Mutex(State())

  /// Prepares readline; to be called once.
  static func start(interrupts: Interrupts) {
    yolos_readline_locale()
    unsafe yolos_readline_start { word, _, _ in
      unsafe LineEditor.matches(unsafe String(cString: word))
    }
    var ends: [Int32] = [-1, -1]
    // SAFETY: pipe fills in the two elements of the array.
    guard unsafe pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    let pipe = (read: ends[0], write: ends[1])
    state.withLock { $0.pipe = pipe }
  }

  /// Reads a line.
  ///
  /// - Parameters:
  ///   - prompt: What stands before it; colors between `\u{1}` and `\u{2}`.
  ///   - interrupts: Tells the editor of signals while it reads.
  ///   - complete: Finds what could stand at the end of a text.
  /// - Returns: The line without its end, or what was pressed instead.
  static func read(
    prompt: String, interrupts: Interrupts, complete: @escaping @Sendable (String) -> Completion
  ) -> Input {
    let pipe = state.withLock { state in
      state.input = nil
      state.complete = complete
      return state.pipe?.read ?? -1
    }
    drain(pipe)
    interrupts.attach(pipe: state.withLock { $0.pipe?.write ?? -1 })
    // SAFETY: readline copies the prompt and frees nothing of ours; it hands over the line, which
    // is then ours to free.
    unsafe rl_callback_handler_install(prompt) { line in
      let input: Input = unsafe line.map { .line(unsafe String(cString: $0)) } ?? .end
      unsafe free(line)
      LineEditor.state.withLock { $0.input = input }
      // At once, so that the terminal is in order before the line runs.
      rl_callback_handler_remove()
    }
    while true {
      if let input = state.withLock({ $0.input }) { return input }
      if let input = wait(pipe) { return input }
    }
  }

  /// Waits for a key or a signal, and lets readline have it.
  private static func wait(_ pipe: Int32) -> Input? {
    var sources = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pipe, events: Int16(POLLIN), revents: 0),
    ]
    // SAFETY: poll writes into the elements of the array, which lives for the call.
    guard unsafe poll(&sources, nfds_t(sources.count), -1) > 0 else { return nil }
    if sources[1].revents != 0 {
      var byte: UInt8 = 0
      // SAFETY: one byte into a variable that lives for the call.
      while unsafe Foundation.read(pipe, &byte, 1) == 1 {
        if let input = take(Int32(byte)) { return input }
      }
    }
    if sources[0].revents != 0 { rl_callback_read_char() }
    return nil
  }

  private static func take(_ signal: Int32) -> Input? {
    switch signal {
    case SIGINT:
      Terminal.output.write("^C\n")
      yolos_readline_abandon()
      return .interrupted
    case SIGWINCH: rl_resize_terminal()
    case SIGTSTP:
      rl_deprep_terminal()
      Terminal.output.write("\n")
      kill(getpid(), SIGSTOP)
      rl_prep_terminal(1)
      rl_forced_update_display()
    default: break
    }
    return nil
  }

  /// Forgets signals that came while no line was read.
  private static func drain(_ pipe: Int32) {
    var byte: UInt8 = 0
    // SAFETY: one byte into a variable that lives for the call; the pipe does not block.
    while unsafe Foundation.read(pipe, &byte, 1) == 1 {}
  }

  // MARK: Completion

  /// Readline's list: what all matches begin with, then the matches; both for readline to free.
  private static func matches(
    _ word: String
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    let buffer = unsafe String(cString: yolos_readline_buffer())
    let text = String(decoding: buffer.utf8.prefix(Int(yolos_readline_point())), as: UTF8.self)
    guard let complete = state.withLock({ $0.complete }) else { return nil }
    let completion = complete(text)
    yolos_readline_matches(
      CChar(completion.append?.asciiValue ?? 0), completion.triesFiles ? 1 : 0,
      completion.closesQuote ? 1 : 0)
    // Where readline's idea of the word differs from ours there would be no sense in matches.
    let fitting = completion.words.filter { $0.hasPrefix(word) }
    guard let first = fitting.first else { return nil }
    let common = fitting.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let all = fitting.count == 1 ? [first] : [common] + fitting
    // SAFETY: readline frees the list and its strings with free; the list ends in a null pointer.
    typealias Text = UnsafeMutablePointer<CChar>?
    guard let memory = unsafe calloc(all.count + 1, MemoryLayout<Text>.stride) else { return nil }
    let list = unsafe memory.bindMemory(to: Text.self, capacity: all.count + 1)
    for (index, text) in all.enumerated() { unsafe list[index] = strdup(text) }
    return unsafe list
  }
}
