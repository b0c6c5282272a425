internal import Foundation

/// Someone who takes part in a comparison: a process of its own that works when it is its turn.
final class Contender {
  let name: String
  let setting: Setting
  private let process = Process()
  private let toIt = Pipe()
  private let fromIt = Pipe()
  private var unread = Data()
  private(set) var times: [Double] = []
  private(set) var peak = 0

  /// Starts the process; it is ready when ``prepare()`` returns.
  init(_ name: String, _ setting: Setting, _ command: [String]) throws {
    (self.name, self.setting) = (name, setting)
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = command.dropFirst() + setting.options
    process.standardInput = toIt
    process.standardOutput = fromIt
    var environment = ProcessInfo.processInfo.environment
    environment["OMP_NUM_THREADS"] = "\(setting.threads)"
    environment["YOLO_OFFLINE"] = "1"
    environment["YOLO_VERBOSE"] = "False"
    process.environment = environment
    try process.run()
  }

  /// Waits until the process has warmed up.
  func prepare() throws {
    let line = try line()
    guard line == "ready" else { throw BenchError(description: "\(name) said: \(line)") }
    rests(true)
  }

  /// Has it work `count` times.
  func turn(_ count: Int) throws {
    rests(false)
    toIt.fileHandleForWriting.write(Data("\(count)\n".utf8))
    times += try line().split(separator: " ").compactMap { Double($0) }
    rests(true)
    // Pools of threads spin for a while after their work; the next one shall not pay for it.
    Thread.sleep(forTimeInterval: 0.25)
  }

  /// Takes leave, with the peak of its memory.
  func finish() throws {
    rests(false)
    try toIt.fileHandleForWriting.close()
    peak = Int(try line()) ?? 0
    process.waitUntilExit()
  }

  /// Stops or wakes it and its own processes: a loader works ahead, and shall not while others are timed.
  private func rests(_ rests: Bool) {
    guard setting.pictures > 0 else { return }
    kill(-process.processIdentifier, rests ? SIGSTOP : SIGCONT)
  }

  var median: Double {
    let sorted = times.sorted(), half = sorted.count / 2
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }

  var least: Double { times.min() ?? .nan }

  private func line() throws -> String {
    while true {
      if let end = unread.firstIndex(of: 10) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread = Data(unread[(end + 1)...])
        return line
      }
      let more = fromIt.fileHandleForReading.availableData
      guard !more.isEmpty else { throw BenchError(description: "\(name) ended early") }
      unread += more
    }
  }
}
