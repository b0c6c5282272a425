internal import Commands
internal import Foundation
internal import JSON

/// Long work as one display that is drawn again as it goes on: a bar, numbers, and the epochs so far.
struct ProgressDisplay {
  /// The name by which the display is found again.
  let name: String
  private var lines: [String] = []
  private var bar: Commands.Progress?
  private var isShown = false
  private var isBehind = false
  private var lastShown = ContinuousClock.now - .seconds(1)

  /// Displays change at most so often.
  private static let pause = Duration.milliseconds(200)
  /// So many lines stay: the first, and the last ones.
  private static let lineLimit = 10

  /// A display that nobody has seen.
  init(name: String) { self.name = name }

  /// Takes what is new.
  ///
  /// - Returns: The kind and content of the message that shows it, where it is time for one.
  mutating func take(_ report: ProgressReport) -> (kind: String, content: JSONValue)? {
    switch report {
    case .transient(let progress): bar = progress
    case .line(let text):
      lines.append(text)
      if lines.count > Self.lineLimit { lines.remove(at: 1) }
    case .jobs(let jobs, let done, let count):
      bar = Commands.Progress(
        title: "\(done) of \(count) jobs", fraction: Double(done) / Double(max(1, count)),
        details: jobs.map { "\($0.title): \($0.state)" }.joined(separator: ", "),
        secondsLeft: jobs.compactMap(\.secondsLeft).max())
    case .validation: return nil
    case .finished:
      bar = nil
      return isShown || !lines.isEmpty ? message() : nil
    }
    guard ContinuousClock.now - lastShown >= Self.pause else {
      isBehind = true
      return nil
    }
    return message()
  }

  /// What has not been shown yet; nil where all has.
  mutating func rest() -> (kind: String, content: JSONValue)? { isBehind ? message() : nil }

  private mutating func message() -> (kind: String, content: JSONValue) {
    defer { (isShown, isBehind, lastShown) = (true, false, .now) }
    let content: JSONValue = [
      "data": ["text/plain": .string(plain), "text/html": .string(html)],
      "metadata": ["yolos": ["kind": "progress"]],
      "transient": ["display_id": .string(name)],
    ]
    return (isShown ? "update_display_data" : "display_data", content)
  }

  // MARK: Forms

  private static func percent(_ progress: Commands.Progress) -> Int {
    Int(min(1, max(0, progress.fraction.isFinite ? progress.fraction : 0)) * 100)
  }

  private static func words(_ progress: Commands.Progress) -> String {
    let left = progress.secondsLeft.flatMap(Self.time).map { "  \($0) left" } ?? ""
    return "\(percent(progress)) %  \(progress.details)\(left)"
  }

  /// "1:05", "2:03:04"; nil for what nobody can tell.
  private static func time(_ seconds: Double) -> String? {
    guard seconds.isFinite, seconds >= 0, seconds < 1e7 else { return nil }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600
      ? "\(whole / 60):\(two(whole % 60))"
      : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
  }

  private var plain: String {
    let last = bar.map { ["\($0.title)  \(Self.words($0))"] } ?? []
    return (lines + last).joined(separator: "\n")
  }

  private var html: String {
    let style = "margin:0;padding:0;white-space:pre;overflow-x:auto"
    let shown = Markup.escaped(lines.joined(separator: "\n"))
    let text = lines.isEmpty ? "" : "<pre style=\"\(style)\">\(shown)</pre>"
    guard let bar else { return text }
    let drawn = "<progress max=\"100\" value=\"\(Self.percent(bar))\"></progress>"
    return
      "\(text)<div>\(Markup.escaped(bar.title)) \(drawn) \(Markup.escaped(Self.words(bar)))</div>"
  }
}
