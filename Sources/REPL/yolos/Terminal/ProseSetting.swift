/// Markdown as a terminal shows it: headings strong, emphasis and code in their colors, all else as
/// it is written.
struct ProseSetting {
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// The prose between blank lines.
  func text(_ markdown: String) -> String {
    var isInFence = false
    let lines = Terminal.harmless(markdown).split(separator: "\n", omittingEmptySubsequences: false)
      .map { line -> String in
        if line.hasPrefix("```") {
          isInFence.toggle()
          return String(line)
        }
        return isInFence ? String(line) : set(line)
      }
    return "\n" + lines.joined(separator: "\n") + "\n\n"
  }

  private func set(_ line: Substring) -> String {
    guard terminal.usesColor else { return String(line) }
    let level = line.prefix { $0 == "#" }.count
    if (1...6).contains(level), line.dropFirst(level).first == " " {
      return terminal.paint(String(line.dropFirst(level + 1)), level == 1 ? "1;4" : "1")
    }
    return marked(marked(String(line), "**", "1"), "`", "36")
  }

  /// The text with what stands between two marks in a color; a mark without its fellow stays.
  private func marked(_ text: String, _ mark: String, _ code: String) -> String {
    let parts = text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 2, parts.count % 2 == 1 else { return text }
    return parts.enumerated().map {
      $0.offset % 2 == 1 ? terminal.paint($0.element, code) : $0.element
    }
    .joined()
  }
}
