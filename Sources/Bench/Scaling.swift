internal import Foundation
internal import Layers
internal import Tensors
internal import YOLO

/// What more threads would give than this machine has cores, from the times of tasks on one thread.
///
/// The work is cut as for each number of threads and done task by task, alone; ``ThreadModel`` then shares
/// the tasks out. What it assumes is printed above the table.
struct Scaling {
  private let settings: [Setting]
  private let counts: [Int]
  private let repeats: Int
  /// Seconds that two threads take for a pass of nothing.
  private let barrier: Double
  /// Bytes a second.
  private let bandwidth: Double
  /// The number of threads whose losses are listed by kind of step.
  private let detailed: Int?

  init(_ arguments: Arguments) throws {
    let letter = arguments.text("--scale", "n")
    guard let scale = Scale(rawValue: letter) else {
      throw BenchError(description: "'\(letter)' is none of YOLOv8's sizes n, s, m, l and x")
    }
    let works: [Setting.Work] = [
      .training(batch: arguments.number("--batch", 16), frozen: arguments.number("--freeze", 0)),
      .inference(
        height: arguments.number("--height", 640), width: arguments.number("--width", 640)),
    ]
    let only = arguments.text("--work", "")
    settings = works.map { Setting(scale, $0, threads: 1) }
      .filter { only.isEmpty || $0.isTraining == (only == "training") }
    counts = arguments.text("--threads", "1,2,4,8,16,32,64").split(separator: ",")
      .compactMap { Int($0) }.filter { $0 >= 1 }
    repeats = arguments.number("--repeats", 3)
    bandwidth = Double(arguments.number("--bandwidth", 200)) * 1e9
    barrier =
      arguments.optional("--barrier").flatMap { Double($0) }.map { $0 * 1e-6 }
      ?? measuredBarrier()
    detailed = arguments.optional("--kinds").flatMap { Int($0) }
  }

  func print() throws {
    Swift.print(
      String(
        format: """
          Assumed: a pass costs %.2f us beside its tasks with 2 threads (measured here unless --barrier says \
          it) and 0.1 us more for each further one; all threads together get %.0f GB/s from memory.
          """, barrier * 1e6, bandwidth / 1e9))
    for setting in settings { try print(setting) }
  }

  private func print(_ setting: Setting) throws {
    Swift.print("\n\(setting.subject): simulated and measured (\(Cores.available) cores), ms")
    Swift.print(
      "threads     time  efficiency |   work  uneven barriers  serial  memory | measured  efficiency"
    )
    // One thread is what all are compared with, whether it is asked for or not.
    var one: Double?, measuredOne: Double?
    for count in Set(counts + [1]).sorted() {
      let stretches = try record(setting, threads: count)
      let model = model(threads: count)
      var parts = ThreadModel.Parts()
      for stretch in stretches { parts += model.parts(stretch) }
      let single = one ?? parts.total
      one = single
      let measured = count <= Cores.available ? try measure(setting, threads: count) : nil
      if count == 1 { measuredOne = measured }
      guard counts.contains(count) else { continue }
      Swift.print(line(count, parts, single: single, measured: measured, measuredOne))
      if count == detailed { list(stretches, model) }
    }
  }

  private func model(threads: Int) -> ThreadModel {
    ThreadModel(
      threads: threads, barrier: barrier + 1e-7 * Double(max(0, threads - 2)),
      bandwidth: bandwidth)
  }

  /// The work cut for some threads, each task with the shortest of its times.
  private func record(_ setting: Setting, threads: Int) throws -> [TaskRecord.Stretch] {
    let record = TaskRecord()
    let workload = try setting.workload(on: ThreadPool(rehearsing: threads, into: record))
    _ = workload.run()
    workload.stopwatch = Stopwatch(naming: record)
    var shortest: [TaskRecord.Stretch] = []
    for _ in 0..<repeats {
      record.restart()
      _ = workload.run()
      shortest = record.finish(shortest: shortest)
    }
    return shortest
  }

  /// The shortest time by the clock.
  private func measure(_ setting: Setting, threads: Int) throws -> Double {
    let workload = try setting.workload(on: ThreadPool(threads: threads))
    _ = workload.run()
    return (0..<repeats * setting.repeats).map { _ in
      Clock.wall.seconds { _ = workload.run() }
    }.min() ?? 0
  }

  /// Where threads lose most, by kind of step.
  private func list(_ stretches: [TaskRecord.Stretch], _ model: ThreadModel) {
    var kinds: [String: ThreadModel.Parts] = [:]
    var tasks: [String: (passes: Int, tasks: Int)] = [:]
    for stretch in stretches {
      kinds[stretch.kind, default: ThreadModel.Parts()] += model.parts(stretch)
      tasks[stretch.kind, default: (0, 0)].passes += stretch.passes.count
      tasks[stretch.kind, default: (0, 0)].tasks += stretch.passes.map(\.count).reduce(0, +)
    }
    for (kind, parts) in kinds.sorted(by: { $0.value.total > $1.value.total }).prefix(24) {
      let count = tasks[kind] ?? (0, 0)
      Swift.print(
        "  " + kind.padding(toLength: 32, withPad: " ", startingAt: 0)
          + row(parts) + "  \(count.tasks) tasks in \(count.passes) passes")
    }
  }

  private func line(
    _ threads: Int, _ parts: ThreadModel.Parts, single: Double, measured: Double?, _ one: Double?
  ) -> String {
    let simulated = String(
      format: "%7d %8.2f %11.2f |", threads, parts.total * 1e3,
      single / parts.total / Double(threads))
    let real = measured.map { time in
      String(
        format: " %8.2f %11.2f", time * 1e3, (one ?? time) / time / Double(threads))
    }
    return simulated + row(parts) + " |" + (real ?? "")
  }

  private func row(_ parts: ThreadModel.Parts) -> String {
    String(
      format: "%7.2f %7.2f %8.2f %7.2f %7.2f", parts.work * 1e3, parts.uneven * 1e3,
      parts.barriers * 1e3, parts.serial * 1e3, parts.memory * 1e3)
  }
}

/// The shortest time of a pass of two tasks that do nothing, on two threads that wait awake.
private func measuredBarrier() -> Double {
  let pool = ThreadPool(threads: 2, staysAwake: true), turns = 20
  return (0..<5000).map { _ in
    Clock.wall.seconds { for _ in 0..<turns { pool.run(2) { _, _ in } } }
  }.min().map { $0 / Double(turns) } ?? 0
}
