internal import Foundation
internal import Tensors
internal import YOLO

/// The table of whole networks: us, and our peers where they were asked for.
struct Comparison {
  private let arguments: Arguments
  private let program: String
  /// A Python that has the peers, and the script that runs them.
  private let python: String?
  private let script: String

  init(_ arguments: Arguments) {
    self.arguments = arguments
    program = CommandLine.arguments[0]
    python = arguments.optional("--python")
    script = arguments.text("--script", "")
  }

  func run() throws {
    say(
      "| work | who | median ms | least ms | peak MiB | our time / theirs | our memory / theirs |")
    say("|---|---|--:|--:|--:|--:|--:|")
    for setting in settings { try measure(setting) }
  }

  /// Everything the table shows; "--only training" and the like choose by parts of the titles.
  private var settings: [Setting] {
    let only = arguments.optional("--only")?.split(separator: ",").map(String.init)
    let threads = arguments.text("--threads", "2,1").split(separator: ",").compactMap { Int($0) }
    var all: [Setting] = []
    for count in threads {
      for (height, width) in [(640, 640), (480, 640)] {
        all.append(Setting(.n, .inference(height: height, width: width), threads: count))
        all.append(Setting(.s, .inference(height: height, width: width), threads: count))
      }
      all.append(Setting(.n, .training(batch: 16, frozen: 0), threads: count))
      all.append(Setting(.s, .training(batch: 8, frozen: 0), threads: count))
      all.append(Setting(.n, .loading, threads: count))
      // Beside its threads our trainer has one that loads.
      if count > 1 { all.append(Setting(.n, .epochs(batch: 16), threads: count)) }
    }
    return all.filter { setting in only?.allSatisfy { setting.title.contains($0) } ?? true }
  }

  private func measure(_ setting: Setting) throws {
    let folder = try export(setting)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var setting = setting
    if setting.pictures > 0 {
      setting.data = try Pictures.write(
        to: folder + "/pictures", count: setting.pictures, from: arguments.optional("--data"))
    }
    let contenders = try contenders(setting, folder)
    let rounds = arguments.number("--rounds", setting.repeats == 1 ? 3 : 10)
    for _ in 0..<rounds { for contender in contenders { try contender.turn(setting.repeats) } }
    for contender in contenders { try contender.finish() }
    for contender in contenders {
      row(contender, beside: contenders.first { $0.setting == contender.setting })
    }
  }

  private func peers(of setting: Setting) -> [String] {
    switch setting.work {
    case .inference: ["openvino", "onnxruntime", "ultralytics"]
    case .training: ["ultralytics"]
    // Its loader runs in the trainer's own thread, or in processes of its own.
    case .loading: setting.threads > 1 ? ["ultralytics-workers"] : ["ultralytics"]
    case .epochs: ["ultralytics", "ultralytics-workers", "ultralytics-as-it-comes"]
    }
  }

  private func export(_ setting: Setting) throws -> String {
    let folder = NSTemporaryDirectory() + "yolos-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if case .inference = setting.work, python != nil { try setting.export(to: folder) }
    return folder
  }

  /// Everyone who takes part, all warm.
  ///
  /// The frozen step takes its turns beside the whole one.
  private func contenders(_ setting: Setting, _ folder: String) throws -> [Contender] {
    var contenders: [Contender] = []
    // Our peers know the wall's clock alone.
    let us = [program, "work"] + (arguments.clock == .processor ? ["--processor-time"] : [])
    if arguments.clock == .processor, python != nil {
      throw BenchError(description: "--processor-time is for us alone; leave out --peers")
    }
    for setting in [setting, setting.frozen].compactMap({ $0 }) {
      for set in try arguments.kernelSets.map(\.description) {
        contenders.append(
          try Contender("yolos, \(set)", setting, us + ["--kernels", set]))
      }
      if try arguments.kernelSets.isEmpty {
        contenders.append(try Contender("yolos", setting, us))
      }
      for peer in python == nil ? [] : peers(of: setting) {
        contenders.append(
          try Contender(peer, setting, [python ?? "", script, peer, "--folder", folder]))
      }
    }
    for contender in contenders { try contender.prepare() }
    return contenders
  }

  private func row(_ one: Contender, beside us: Contender?) {
    var line =
      "| \(one.setting.title) | \(one.name) | "
      + String(format: "%.1f | %.1f | ", one.median, one.least) + "\(one.peak) | "
    if let us, us !== one {
      line += String(
        format: "%.2f (%.2f) | %.2f |", us.median / one.median, us.least / one.least,
        Double(us.peak) / Double(one.peak))
    } else {
      line += "| |"
    }
    say(line)
  }
}

/// Prints a line at once, even where the output is no terminal.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
