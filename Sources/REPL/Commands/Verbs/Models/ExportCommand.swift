internal import Checkpoints
internal import Export
internal import Language
internal import Training
internal import YOLO

extension Command {
  /// As in `export first.best to="toys.onnx"`.
  static let export = Command(
    name: "export",
    summary: "Writes a model for other programs: ONNX, a torch state dictionary, safetensors.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init(
          "to", .string, "the file; its ending says the format: .onnx, .pt or .safetensors",
          isRequired: true, isPath: true),
        .init(
          "imgsz", .integer, "side of the input of an ONNX file", default: 640, unit: "pixels",
          range: .between(32, 4096)),
        .init(
          "batch", .integer, "images in a batch of an ONNX file", default: 1,
          range: .between(1, 1024)),
        .init("dynamic", .bool, "whether an ONNX file takes any size and batch", default: false),
        .init("half", .bool, "whether .safetensors and .pt keep half precision", default: true),
      ]),
    examples: [
      Example("export (load \"yolov8n.yaml\") to=\"nano.h5\"", fails: "no format for '.h5'")
    ],
    check: { call, lint in
      for case .string(let path) in call.constants("to") { lint.declare(path) }
      return []
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context), path = call.path("to", on: host) ?? ""
    let source = try call.modelSource("model"), model = try source.model()
    var checkpoint = Checkpoint(
      state: model.stateDictionary(), names: model.classNames, strides: model.strides)
    try source.thresholds()?.write(to: &checkpoint.metadata)
    let isHalf = call.bool("half") ?? true
    try call.attempt("to") {
      try host.writing("export", path) { watch in
        switch path.split(separator: ".").last {
        case "onnx":
          let side = call.integer("imgsz") ?? 640
          try ONNXFile(
            model, height: side, width: side, batch: call.integer("batch") ?? 1,
            isDynamic: call.bool("dynamic") ?? false, version: Release.version
          ).write(to: path, watching: watch)
        case "pt": try checkpoint.writeTorch(to: path, half: isHalf, watching: watch)
        case "safetensors": try checkpoint.write(to: path, half: isHalf, watching: watch)
        default:
          throw call.diagnostic(
            "there is no format for '.\(path.split(separator: ".").last ?? "")'", at: "to",
            hint: "known are .onnx, .pt and .safetensors")
        }
      }
    }
    let file = call.string("to") ?? ""
    context.emit(.text("Wrote \(source.title) to \(file)."))
    return .none
  }
}
