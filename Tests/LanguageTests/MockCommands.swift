internal import Language

/// An object whose members are given outright.
protocol MockObject: LanguageObject {
  var members: [String: Value] { get }
}

extension MockObject {
  func member(_ name: String) throws(Diagnostic) -> Value {
    guard let value = members[name] else { throw Diagnostic("the mock has no '\(name)'") }
    return value
  }
  var digest: String { summary }
}

struct MockModel: MockObject {
  static let objectType = ObjectType(
    "Model", "a detector",
    members: [
      .init("name", .string, "its name"), .init("parameters", .integer, "how many numbers it has"),
      .init("frozen", .integer, "how many layers are frozen"),
    ])
  let name: String
  var frozen = 0
  var summary: String { "model \(name)" + (frozen > 0 ? ", \(frozen) frozen" : "") }
  var members: [String: Value] {
    ["name": .string(name), "parameters": .number(3_011_238), "frozen": .number(frozen)]
  }
}

struct MockDataset: MockObject {
  static let objectType = ObjectType(
    "Dataset", "images and their labels",
    members: [
      .init("train", .string, "folder"), .init("test", .string, "folder"),
      .init("classes", .list(.string), "names"),
    ])
  let path: String
  var summary: String { "dataset \(path)" }
  var members: [String: Value] {
    [
      "train": .string("\(path)/train"), "test": .string("\(path)/test"),
      "classes": .list([.string("oslík"), .string("ovečka")]),
    ]
  }
}

struct MockCheckpoint: MockObject {
  static let objectType = ObjectType(
    "Checkpoint", "weights with their metrics",
    members: [
      .init("map50", .number, ""), .init("map50_95", .number, ""), .init("epoch", .integer, ""),
      .init("file", .string, "", isVolatile: true),
    ], servesAs: ["Model"])
  let epoch: Int
  var summary: String { "checkpoint of epoch \(epoch)" }
  var members: [String: Value] {
    [
      "map50": .number(0.995), "map50_95": .number(0.88765), "epoch": .number(epoch),
      "file": .string("runs/train/best.safetensors"),
    ]
  }
}

struct MockRun: MockObject {
  static let objectType = ObjectType(
    "Run", "a training",
    members: [
      .init("best", .object("Checkpoint"), "the best epoch"),
      .init("last", .object("Checkpoint"), "the last epoch"),
      .init("name", .string, ""), .init("epochs", .integer, ""),
      .init("time", .number, "seconds", isVolatile: true),
    ])
  let name: String
  let epochs: Int
  var summary: String { "run \(name)" }
  var members: [String: Value] {
    [
      "best": .object(MockCheckpoint(epoch: epochs / 2)),
      "last": .object(MockCheckpoint(epoch: epochs)), "name": .string(name),
      "epochs": .number(epochs), "time": .number(12.5),
    ]
  }
}

struct MockTable: MockObject {
  static let objectType = ObjectType("Table", "rows and columns", members: [])
  let summary: String
  var members: [String: Value] { [:] }
}

/// Commands with the signatures of the real ones and no work behind them.
enum MockCommands {
  static let table = CommandTable(
    [
      print, load, dataset, freeze, train, val, predict, show, summary, plot, compare, help, seed,
    ],
    types: [
      MockModel.objectType, MockDataset.objectType, MockCheckpoint.objectType, MockRun.objectType,
      MockTable.objectType,
    ])

  static let model = Signature.Parameter("model", .object("Model"), "the model", isRequired: true)

  static let print = Command(
    name: "print", summary: "puts out its arguments",
    signature: Signature([
      .init("values", .list(.any), "what", isVariadic: true, takesVolatile: true)
    ])
  ) { (call, context) throws(Diagnostic) in
    let texts = call.list("values").map { $0.holdsVolatile ? "~\($0.text)~" : $0.text }
    context.emit(.text(texts.joined(separator: " ")))
    return .none
  }

  static let load = Command(
    name: "load", summary: "reads a model",
    signature: Signature([.init("file", .string, "weights", isRequired: true, isPath: true)]),
    result: .object("Model"),
    check: { call, host in
      call.constants("file").compactMap { file in
        guard case .string(let path) = file, !host.exists(path) else { return nil }
        return call.diagnostic("file not found: '\(path)'", at: "file")
      }
    }
  ) { (call, _) throws(Diagnostic) in
    .object(MockModel(name: call.string("file") ?? ""))
  }

  static let dataset = Command(
    name: "dataset", summary: "reads a dataset",
    signature: Signature([.init("file", .string, "its description", isRequired: true)]),
    result: .object("Dataset")
  ) { (call, _) throws(Diagnostic) in
    .object(MockDataset(path: call.string("file") ?? ""))
  }

  static let freeze = Command(
    name: "freeze", summary: "marks layers that training leaves alone",
    signature: Signature(
      [model],
      options: [.init("layers", .integer, "how many", isRequired: true, range: .between(0, 22))]),
    result: .object("Model")
  ) { (call, _) throws(Diagnostic) in
    let base = call.object("model", as: MockModel.self)
    return .object(MockModel(name: base?.name ?? "?", frozen: call.integer("layers") ?? 0))
  }

  static let train = Command(
    name: "train", summary: "trains a model",
    signature: Signature(
      [model],
      options: [
        .init("data", .object("Dataset"), "what to learn from", isRequired: true),
        .init("epochs", .integer, "rounds", default: 100, unit: "epochs", range: .atLeast(1)),
        .init("imgsz", .integer, "side", default: 640, unit: "pixels", range: .atLeast(32)),
        .init("patience", .integer, "rounds without a gain", default: 50, range: .atLeast(0)),
        .init("lr0", .number, "first learning rate", default: 0.01, range: .above(0, upTo: 1)),
        .init(
          "optimizer", .string, "rule of change", default: "auto",
          choices: ["auto", "SGD", "AdamW"]),
        .init("freeze", .integer, "frozen layers", aliases: ["frozen"]),
        .init("cos_lr", .bool, "cosine schedule", default: false),
        .init("classes", .list(.integer), "only these", range: .atLeast(0)),
        .init("name", .string, "what reports call it"),
      ]),
    result: .object("Run"),
    check: { call, _ in
      guard let frozen = call.origin("model"), frozen.command == "freeze", call.isGiven("freeze"),
        let layers = frozen.constant("layers"), let wanted = call.constant("freeze"),
        layers != wanted
      else { return [] }
      return [call.diagnostic("the model is frozen otherwise already", at: "freeze")]
    }
  ) { (call, context) throws(Diagnostic) in
    guard let name = call.string("name") ?? call.object("model", as: MockModel.self)?.name else {
      throw call.diagnostic("a checkpoint wants a name", at: "model")
    }
    return .object(MockRun(name: name, epochs: call.integer("epochs") ?? 0))
  }

  private static func tabled(
    _ name: String, _ positional: [Signature.Parameter], options: [Signature.Parameter] = []
  ) -> Command {
    Command(
      name: name, summary: "a table of it", signature: Signature(positional, options: options),
      result: .object("Table")
    ) { (call, _) throws(Diagnostic) in
      .object(MockTable(summary: "\(name) table of \(call.list(positional[0].name).count)"))
    }
  }

  static let val = tabled("val", [model], options: [.init("data", .object("Dataset"), "on what")])
  static let predictor = Signature.Parameter(
    "model", .union(of: [.object("Model"), .object("Run"), .list(.object("Run"))]), "the model",
    isRequired: true)
  static let predict = tabled(
    "predict", [predictor],
    options: [
      .init("source", .string, "pictures", isRequired: true),
      .init("conf", .number, "threshold", default: 0.25, range: .between(0, 1)),
    ])
  static let runs = Signature.Parameter(
    "runs", .union(of: [.object("Run"), .list(.object("Run"))]), "what", isRequired: true)
  static let predictable = Signature.Parameter("value", .any, "what", isRequired: true)
  static let show = tabled("show", [predictable])
  static let summary = tabled("summary", [model])
  static let plot = tabled("plot", [runs], options: [.init("metric", .string, "which")])
  static let compare = tabled("compare", [runs])

  static let help = Command(
    name: "help", summary: "explains",
    signature: Signature([.init("topic", .string, "what", takesWord: true)])
  ) { (call, context) throws(Diagnostic) in
    context.emit(.text("help on \(call.string("topic") ?? "all")"))
    return .none
  }

  static let seed = Command(
    name: "seed", summary: "sets the seed",
    signature: Signature([.init("seed", .integer, "number", isRequired: true)])
  ) { (call, context) throws(Diagnostic) in
    try context.set("seed", to: call["seed"])
    return .none
  }
}

/// A host that writes down what is put out.
final class MockHost: Context, LintHost {
  var outputs: [String] = []
  var isCancelled = false
  var settings: [String: Value] = [:]
  let baseFolder = "."

  func emit(_ output: Output) {
    switch output {
    case .text(let text): outputs.append(text)
    case .value(let value): outputs.append(value.text)
    case .remark(let remark): outputs.append("\(remark.severity.rawValue): \(remark.message)")
    case .event: break
    case .prose(let pieces):
      outputs.append(pieces.map { $0.isVolatile ? "~\($0.text)~" : $0.text }.joined())
    }
  }

  func setting(_ name: String) -> Value? { settings[name] }
  func set(_ name: String, to value: Value) throws(Diagnostic) { settings[name] = value }
  func exists(_ path: String) -> Bool { !path.contains("missing") }
  func declare(_ path: String) {}
}

/// Reading, checking and running in one.
struct Trial {
  let host = MockHost()
  var found: [Diagnostic] = []
  var failure: Diagnostic?
  let program: Program

  init(
    _ text: String, name: String = "t.yolos", notation: Notation = .steps,
    overrides: [String: Value] = [:], limits: Interpreter.Limits = .standard, runs: Bool = true
  ) {
    let result = Parser.parse(SourceText(name: name, text), notation: notation)
    program = result.program
    found = result.diagnostics
    if result.isClean {
      found += Checker.check(
        program, table: MockCommands.table, host: host,
        environment: Checker.Environment(overrides: overrides))
    }
    guard runs, !found.contains(where: { $0.severity == .error }) else { return }
    let interpreter = Interpreter(
      table: MockCommands.table, context: host, overrides: overrides, limits: limits)
    do throws(Diagnostic) {
      try interpreter.run(program)
    } catch {
      failure = error
    }
  }
}
