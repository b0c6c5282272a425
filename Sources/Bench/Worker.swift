internal import Export
internal import Foundation
internal import Tensors
internal import Training

/// A process that measures on demand, so that several can take turns.
///
/// It prints "ready" once it is warm. For every line with a number N it works N times and prints the
/// milliseconds of each; when its input ends it prints the peak of its memory in MiB and goes.
struct Worker {
  private let setting: Setting
  private let clock: Clock

  init(_ arguments: Arguments) throws {
    setting = try Setting(arguments)
    clock = arguments.clock
  }

  func serve() throws {
    // The group is what ``Contender`` stops between the turns.
    setpgid(0, 0)
    switch setting.work {
    case .epochs(let batch): try EpochWorker(setting, batch: batch).serve()
    case .loading:
      let loading = try LoadingWorkload(data: setting.data, batch: 16, threads: setting.threads)
      try loading.run()
      try serve(images: loading.images) { try loading.run() }
    case .inference, .training:
      let workload = try setting.workload()
      for _ in 0..<(setting.isTraining ? 1 : 3) { _ = workload.run() }
      try serve(images: 1) { _ = workload.run() }
    }
  }

  private func serve(images: Int, _ work: () throws -> Void) throws {
    say("ready")
    while let line = readLine(), let count = Int(line) {
      let times = try (0..<count).map { _ in
        try 1000 * clock.seconds(work) / Double(images)
      }
      say(times.map { String(format: "%.3f", $0) }.joined(separator: " "))
    }
    say("\(CostMeter.peakBytes() >> 20)")
  }
}

/// What a time is taken by.
enum Clock {
  /// The one on the wall.
  case wall
  /// The processor time of the whole process: for machines where others are at work.
  case processor

  /// The time that something takes.
  func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now
    try body()
    return now - start
  }

  private var now: Double {
    var time = timespec()
    // SAFETY: the time outlives the call.
    unsafe clock_gettime(
      self == .processor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension Arguments {
  /// The wall's, unless "--processor-time" is among the words.
  var clock: Clock { flag("--processor-time") ? .processor : .wall }
}

extension Setting {
  /// Writes the model as ONNX, with its input and our output as plain floats, for other programs.
  func export(to folder: String) throws {
    guard case .inference(let height, let width) = work else {
      throw BenchError(description: "only models for inference are exported")
    }
    let model = model()
    try ONNXFile(model, height: height, width: width).write(to: "\(folder)/model.onnx")
    let compute = Compute(pool: ThreadPool(threads: threads), backend: NativeBackend())
    let workload = try InferenceWorkload(model, height: height, width: width, on: compute)
    for (name, tensor) in [("input", workload.pixels), ("output", workload.decoded())] {
      let data = unsafe tensor.scalars.withUnsafeBytes { unsafe Data($0) }
      try data.write(to: URL(fileURLWithPath: "\(folder)/\(name).f32"))
    }
  }
}
