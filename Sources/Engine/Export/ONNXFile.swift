public import Files
public import Foundation
internal import Layers
internal import Text
public import YOLO

/// A detector as an ONNX model, for the runtimes and converters of the field.
///
/// Operator set 17, normalization folded into the filters, input "images" (batch, 3, height, width)
/// with values 0...1, output "output0" (batch, 4 + classes, anchors): center, width and height in
/// input pixels, then one probability a class, before non-maximum suppression. The metadata name the
/// classes, the stride and the image size the way the field's tools look for them.
///
/// Source: golden/export, and onnx.proto3 of the repository onnx/onnx.
public struct ONNXFile: Sendable {
  /// The file's bytes; the same model gives the same bytes.
  public let data: Data

  /// Encodes a model.
  ///
  /// - Parameters:
  ///   - model: The detector.
  ///   - height: Rows of the images, a multiple of the largest stride.
  ///   - width: Columns of the images, likewise.
  ///   - batch: Images at a time.
  ///   - isDynamic: Whether batch, height and width may differ when the model runs; the numbers above
  ///     are then only what the metadata recommend.
  ///   - version: The version of the program that writes the file.
  /// - Throws: ``ExportError`` where the image size does not fit, or the weights exceed 2 GiB.
  public init(
    _ model: Model, height: Int = 640, width: Int = 640, batch: Int = 1, isDynamic: Bool = false,
    version: String = ""
  ) throws(ExportError) {
    let stride = model.strides.max() ?? 32
    guard height > 0, width > 0, height % stride == 0, width % stride == 0, height <= 1 << 14,
      width <= 1 << 14
    else { throw ExportError(.imageSize(height: height, width: width, stride: stride)) }
    guard batch >= 1 else { throw ExportError(.batch(batch)) }
    let bytes = model.parameters.reduce(0) { $0 + 4 * $1.count }
    // A message of Protocol Buffers holds 2 GiB at most; a part of it is kept for the rest.
    let limit = 2_000_000_000
    guard bytes <= limit else { throw ExportError(.tooLarge(bytes: bytes, limit: limit)) }

    var graph = ONNXGraph()
    var network = ONNXNetwork(model.graph, images: "images")
    let maps = network.write(to: &graph)
    let head = ONNXHead(
      classes: model.architecture.classes, regMax: model.architecture.regMax,
      strides: model.strides, size: isDynamic ? nil : (height, width))
    head.write(
      boxes: model.strides.indices.map { maps[2 * $0] },
      scores: model.strides.indices.map { maps[2 * $0 + 1] }, to: &graph)
    let first = isDynamic ? ONNXGraph.Extent.named("batch") : .fixed(batch)
    graph.declare(
      input: (
        "images",
        [
          first, .fixed(3), isDynamic ? .named("height") : .fixed(height),
          isDynamic ? .named("width") : .fixed(width),
        ]
      ))
    graph.declare(
      output: (
        "output0",
        [
          first, .fixed(4 + model.architecture.classes),
          head.anchors.map { .fixed($0) } ?? .named("anchors"),
        ]
      ))
    let notes = ONNXNotes(
      model: model, height: height, width: width, batch: batch, isDynamic: isDynamic,
      version: version)
    data = notes.message(around: graph.encoded(name: "yolov8"))
  }

  /// Writes the file in one step; missing folders are made.
  ///
  /// - Parameters:
  ///   - path: Where to.
  ///   - watch: Told again and again how many of how many bytes are written; when it throws, the old
  ///     file stays.
  /// - Throws: ``ExportError`` with the system's reason.
  public func write(
    to path: String,
    watching watch: (_ done: Int, _ count: Int) throws(FileError) -> Void = { _, _ in }
  ) throws(ExportError) {
    do throws(FileError) {
      try AtomicFile.write(data, to: path, watching: watch)
    } catch {
      throw ExportError(file: path, .refused(action: error.action, reason: error.reason))
    }
  }
}

/// What an ONNX file says besides its graph.
private struct ONNXNotes {
  let model: Model
  let height, width, batch: Int
  let isDynamic: Bool
  let version: String

  /// The message `ModelProto`.
  func message(around graph: Data) -> Data {
    var message = ProtobufWriter()
    // Version 8 of the format came with operator set 17.
    message.add(1, 8)
    message.add(2, "yolos")
    message.add(3, version)
    message.add(7, graph)
    message.add(8) { set in
      set.add(1, "")
      set.add(2, 17)
    }
    for (key, value) in properties {
      message.add(14) { entry in
        entry.add(1, key)
        entry.add(2, value)
      }
    }
    return message.data
  }

  /// Names and forms as the reference's exporter has them: values are literals of Python.
  private var properties: [(String, String)] {
    let scale = model.architecture.scale?.rawValue ?? ""
    let names = model.classNames.enumerated().map { "\($0.offset): \(literal($0.element))" }
    return [
      ("description", "YOLOv8\(scale) detector"), ("author", "yolos"), ("version", version),
      ("stride", "\(model.strides.max() ?? 32)"), ("task", "detect"), ("head", "Detect"),
      ("batch", "\(batch)"), ("imgsz", "[\(height), \(width)]"),
      ("names", "{\(names.joined(separator: ", "))}"),
      (
        "args",
        "{'batch': \(batch), 'dynamic': \(isDynamic ? "True" : "False"), 'simplify': False, "
          + "'opset': 17, 'nms': False}"
      ),
      ("channels", "3"), ("end2end", "False"),
    ]
  }

  /// Text as a literal of Python.
  private func literal(_ text: String) -> String {
    "'\(Escaping.python(text))'"
  }
}
