internal import Language
internal import Report
internal import YOLO

extension Command {
  /// As in `summary nano`.
  static let modelSummary = Command(
    name: "summary", summary: "Shows a model's layer table and its totals.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init(
          "fused", .bool, "whether to fold batch normalization in, as for prediction",
          default: false)
      ]),
    examples: [Example("summary (load \"yolov8n.yaml\")")]
  ) { call, context throws(Diagnostic) in
    let source = try call.modelSource("model"), model = try source.model()
    let summary = model.summary(fused: call.bool("fused") ?? false)
    let frozen = Set(
      model.parameters(frozenBy: source.freezing).map { $0.split(separator: ".")[1] })
    let rows = summary.rows.map { row -> [Table.Cell] in
      [
        .init("\(row.index)"), .init(row.from.map(String.init).joined(separator: ", ")),
        .init("\(row.repeats)"), .init(row.kind), .init(row.arguments, style: .code),
        .init(Wording.count(row.parameters)),
        .init(frozen.contains("\(row.index)") ? "frozen" : ""),
      ]
    }
    context.emit(
      .event(
        Rendering.table(
          Table(
            title: "Layers of \(source.title)",
            columns: [
              .init("module", isNumeric: true), .init("from", isNumeric: true),
              .init("repeats", isNumeric: true), .init("kind"), .init("arguments"),
              .init("weights", isNumeric: true), .init("trained"),
            ], rows: rows))))
    context.emit(
      .text(
        "\(source.title): \(summary.layers) layers, \(Wording.count(summary.parameters)) weights, "
          + "\(Wording.count(summary.gradients)) gradients, "
          + "\(Wording.fixed(summary.gflops, 1)) GFLOPs at 640 x 640"))
    if let thresholds = try source.thresholds() {
      context.emit(.text("\(source.title): \(thresholds.words)"))
    }
    return .none
  }

  /// As in `freeze nano layers=10`.
  static let freeze = Command(
    name: "freeze", summary: "Returns a copy of a model with part of its weights frozen.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init(
          "layers", .union(of: [.integer, .list(.any), .string]),
          "number of modules from the front, a list of module numbers, or names such as \"22.cv2\"",
          isRequired: true)
      ]),
    result: .model,
    examples: [
      Example("base = load \"yolov8n.yaml\"\nbackbone = freeze base layers=10"),
      Example(
        "freeze (load \"yolov8n.yaml\") layers=23", fails: "nothing is left to train"),
    ]
  ) { call, context throws(Diagnostic) in
    let source = try call.modelSource("model"), model = try source.model()
    let freezing = try call.freezing("layers")
    let names = model.parameters(frozenBy: freezing)
    guard names.count < model.parameters.count else {
      throw call.diagnostic(
        "with layers=\(call["layers"].quotedText) nothing is left to train", at: "layers",
        hint: "YOLOv8 has 23 modules: 0 to 9 are the backbone, 22 is the head; "
          + "layers=22 trains only the head")
    }
    if let unknown = model.unknownName(in: freezing) {
      throw call.diagnostic(
        "no part of the model is named '\(unknown)'", at: "layers",
        hint: "names look like \"22.cv2\"")
    }
    if names.isEmpty, !call["layers"].equals(.number(0)) {
      throw call.diagnostic(
        "no part of the model has such a name or number", at: "layers",
        hint: "modules are numbered from 0; names look like \"22.cv2\"")
    }
    return .object(
      try ModelObject(
        model, title: source.title, freezing: freezing, freshSeed: source.freshSeed,
        thresholds: source.thresholds()))
  }
}

extension Invocation {
  /// The part of a model that a parameter names.
  func freezing(_ name: String) throws(Diagnostic) -> Freezing {
    let value = self[name]
    if value.isNone { return .none }
    if let count = value.asInteger, count >= 0 { return count == 0 ? .none : .first(count) }
    if let text = value.asString { return .names([text]) }
    if let list = value.asList {
      let modules = list.compactMap(\.asInteger).filter { $0 >= 0 }
      if modules.count == list.count { return modules.isEmpty ? .none : .modules(modules) }
      let names = list.compactMap(\.asString)
      if names.count == list.count { return .names(names) }
    }
    throw diagnostic(
      "'\(name)' is a number of modules, a list of module numbers or a list of names", at: name)
  }
}
