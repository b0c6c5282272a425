internal import Foundation
internal import Layers

/// Where the time goes, by kind of step.
struct Shares {
  private let setting: Setting
  private let repeats: Int

  init(_ arguments: Arguments) throws {
    setting = try Setting(arguments)
    repeats = arguments.number("--repeats", setting.isTraining ? 3 : 20)
  }

  func print() throws {
    let workload = try setting.workload()
    _ = workload.run()
    let stopwatch = Stopwatch()
    workload.stopwatch = stopwatch
    let whole = (0..<repeats).map { _ in Clock.wall.seconds { _ = workload.run() } }.reduce(0, +)
    Swift.print(setting.title)
    let kinds = stopwatch.seconds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let rest = ("everything else", whole - kinds.reduce(0) { $0 + $1.value })
    for (kind, time) in kinds.map({ ($0.key, $0.value) }) + [rest] {
      let milliseconds = time / Double(repeats) * 1000
      Swift.print(
        kind.padding(toLength: 32, withPad: " ", startingAt: 0)
          + String(format: "%9.2f ms %6.1f %%", milliseconds, 100 * time / whole))
    }
    Swift.print(String(format: "%.2f ms in all", whole / Double(repeats) * 1000))
  }
}
