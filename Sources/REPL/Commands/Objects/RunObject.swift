internal import Files
internal import Language
internal import Report
internal import Training

/// A training as a value of the language.
struct RunObject: LanguageObject {
  let record: RunRecord
  let best, last: CheckpointObject

  init(_ record: RunRecord) {
    self.record = record
    best = CheckpointObject(record.best, title: "\(record.name), best")
    last = CheckpointObject(record.last, title: "\(record.name), last")
  }

  static let objectType = ObjectType(
    "Run", "a training run: its curves, its weights, its verdict on overfitting",
    members: [
      .init("name", .string, "name in tables and charts"),
      .init("best", .object("Checkpoint"), "the weights of the best epoch"),
      .init("last", .object("Checkpoint"), "the weights of the last epoch"),
      .init("epochs", .integer, "number of trained epochs"),
      .init("parameters", .integer, "the number of weights"),
      .init("trained", .integer, "number of trained (not frozen) weights"),
      .init("verdict", .string, "verdict on overfitting, in a word or two"),
      .init("stop", .string, "why training ended"),
      .init("complete", .bool, "whether it finished"),
      .init("folder", .string, "the run folder", isVolatile: true),
      .init("time", .number, "wall time in seconds", isVolatile: true),
      .init("cpu", .number, "processor time in seconds", isVolatile: true),
      .init("memory", .number, "peak memory of the process in bytes", isVolatile: true),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": .string(record.name)
    case "best": .object(best)
    case "last": .object(last)
    case "epochs": .number(record.results.count)
    case "parameters": .number(record.parameters)
    case "trained": .number(record.trainedParameters)
    case "verdict": .string(record.verdict)
    case "stop": .string(record.stop.description)
    case "complete": .bool(record.isComplete)
    case "folder": Value.string(record.folder).asVolatile
    case "time": Value.number(record.cost.wallSeconds).asVolatile
    case "cpu": Value.number(record.cost.cpuSeconds).asVolatile
    default: Value.number(record.cost.peakBytes).asVolatile
    }
  }

  var summary: String {
    "run '\(record.name)': \(record.results.count) of \(record.epochs) epochs; \(best.summary)"
  }

  var digest: String {
    Digest(of: "\(record.name)\n\(record.best.digest)\n\(record.last.digest)").description
  }
}

extension RunObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    var lines: [Rendering] = []
    let took = Wording.duration(record.cost.wallSeconds)
    let epochs = "\(record.results.count) of \(Wording.number(record.epochs, "epoch"))"
    lines.append(
      .text(
        VolatileText(
          "Run '\(record.name)': \(epochs) (\(record.stop)), best epoch \(record.best.epoch); "
            + "\(took).",
          volatilePieces: [took])))
    if let scores = record.best.scores {
      lines.append(.table(scores.table(title: "\(record.name), best epoch \(record.best.epoch)")))
      lines.append(.table(scores.thresholdTable(title: "Confidence threshold with the best F1")))
    }
    lines.append(.text(VolatileText(record.verdictWords)))
    if !record.freezing.isEmpty { lines.append(.text(VolatileText(record.freezing))) }
    lines.append(
      .console(
        Console(
          title: "Options of \(record.name)",
          text: record.options.joined(separator: "\n"), isVolatile: false)))
    if !record.isComplete {
      lines.append(
        .warning(
          "this run was stopped early; it is not cached, and `resume` continues it"))
    }
    return lines
  }
}
