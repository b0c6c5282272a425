internal import Checkpoints
internal import Export
internal import Language
internal import Training
internal import YOLO

extension Command {
  /// As in `export first.best to="toys.onnx"`.
  static let export = Command(
    name: "export",
    summary: "Exports a model as ONNX, PyTorch state dict or safetensors.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init(
          "to", .string, "the file; its extension sets the format: .onnx, .pt or .safetensors",
          isRequired: true, isPath: true),
        .init(
          "imgsz", .integer, "input size of an ONNX file", default: 640, unit: "pixels",
          range: .between(32, 4096)),
        .init(
          "batch", .integer, "batch size of an ONNX file", default: 1,
          range: .between(1, 1024)),
        .init(
          "dynamic", .bool, "whether an ONNX file accepts any input and batch size", default: false),
        .init("half", .bool, "whether .safetensors and .pt keep half precision", default: true),
      ]),
    examples: [
      Example("export (load \"yolov8n.yaml\") to=\"nano.h5\"", fails: "unsupported format '.h5'")
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
            "unsupported format '.\(path.split(separator: ".").last ?? "")'", at: "to",
            hint: "choose from .onnx, .pt and .safetensors")
        }
      }
    }
    let file = call.string("to") ?? ""
    context.emit(.text("Wrote \(source.title) to \(file)."))
    return .none
  }
}
