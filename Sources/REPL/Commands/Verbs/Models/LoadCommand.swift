internal import Checkpoints
internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Training
internal import Weights
internal import YOLO

extension Command {
  /// As in `load "yolov8n.pt"`.
  static let load = Command(
    name: "load",
    summary: "Loads a model: weights from a file, or a randomly initialized model of a given size.",
    signature: Signature(
      [
        .init(
          "file", .string,
          "a .pt or .safetensors file, fetched weights, a model .yaml, or yolov8n.yaml … yolov8x.yaml",
          isRequired: true, isPath: true)
      ],
      options: [
        .init("name", .string, "name in tables; the file name by default"),
        .init("classes", .list(.string), "class names of a randomly initialized model"),
        .init(
          "scale", .string, "the scale to use if the model file defines several",
          choices: ["n", "s", "m", "l", "x"]),
        .init(
          "seed", .integer, "random seed of a randomly initialized model", range: .atLeast(0)),
      ]),
    result: .model,
    examples: [
      Example("nano = load \"yolov8n.yaml\""),
      Example("load \"absent.pt\"", fails: "file not found: 'absent.pt'"),
    ],
    check: { call, lint in
      call.constants("file").compactMap { constant in
        guard case .string(let path) = constant, Scale(builtIn: path) == nil, !lint.exists(path),
          !lint.isFetched(path)
        else { return nil }
        return call.diagnostic(
          "file not found: '\(path)'", at: "file",
          hint: Paths.hint(beside: [], rewritten: lint.rewritten(path))
            ?? lint.workplace?.hint(forAbsent: path)
            ?? Paths.hint(beside: lint.filesBeside(path), rewritten: nil)
            ?? "yolov8n.yaml, yolov8s.yaml, … need no file: they are randomly initialized")
      }
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context), file = call.string("file") ?? ""
    let path = host.workplace.resolve(file)
    let title = call.string("name") ?? Paths.stem(file)
    let names = call.list("classes").compactMap(\.asString)
    if file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
      let seed = call.integer("seed") ?? host.settings.seed
      let architecture: Architecture
      do throws(Diagnostic) {
        architecture = try call.attempt("file") {
          try Architecture.named(
            file, path: path, scale: call.string("scale"), classes: names.count)
        }
      } catch {
        guard Architecture.isMistaken(for: path) else { throw error }
        throw call.diagnostic(
          error.message, at: "file",
          hint: "it describes a dataset; open it with: dataset \"\(file)\"")
      }
      let model = Model(architecture, classNames: names.isEmpty ? nil : names)
      model.initialize(seed: UInt64(seed))
      return .object(ModelObject(model, title: title, freshSeed: UInt64(seed)))
    }
    let found = try call.weights(file, at: path, on: host)
    let checkpoint = try call.attempt("file") { try Checkpoint.read(found) }
    let prefix = checkpoint.modelState.removedPrefix
    if !prefix.isEmpty {
      context.emit(
        .text(
          "Note: removed the prefix '\(prefix)' from the weight names in '\(file)'"
        ))
    }
    let model = try call.attempt("file") { try Model(checkpoint) }
    return .object(
      ModelObject(model, title: title, thresholds: BestThresholds(checkpoint.metadata)))
  }
}

extension Invocation {
  /// The file to read: the one at the path, or else the fetched weights of that name.
  ///
  /// Of a file with a published name the report says which content it has, wherever it lies.
  fileprivate func weights(
    _ file: String, at path: String, on host: Host
  ) throws(Diagnostic) -> String {
    let configuration = host.workplace.configuration, store = configuration.weights
    if Paths.exists(path) {
      if let published = configuration.published(path) {
        let digest = try attempt("file") { try Digest(ofFile: path) }
        host.provenance.cite(Citation(file: published, digest: digest))
      }
      return path
    }
    if let published = store.catalog[file] {
      do throws(WeightsError) {
        if case .present(let fetched) = try store.state(of: published) {
          host.provenance.cite(Citation(file: published, digest: published.digest))
          return fetched
        }
      } catch { throw diagnostic(error.description, at: "file", hint: error.hint) }
    }
    let rewritten = Paths.rewritten(file, from: host.baseFolder)
    throw diagnostic(
      "file not found: '\(file)'", at: "file",
      hint: Paths.hint(beside: [], rewritten: rewritten) ?? configuration.hint(forAbsent: file)
        ?? Paths.hint(beside: Paths.filesBeside(path), rewritten: nil))
  }
}

extension Scale {
  /// The size that a name such as `yolov8n.yaml` stands for without any file.
  init?(builtIn name: String) {
    guard name.hasPrefix("yolov8"), name.hasSuffix(".yaml"), name.count == 12,
      let letter = name.dropFirst(6).first
    else { return nil }
    self.init(rawValue: String(letter))
  }
}

extension Architecture {
  /// Whether a file that describes no model describes a dataset.
  static func isMistaken(for path: String) -> Bool {
    guard let content = try? AtomicFile.read(path) else { return false }
    return String(decoding: content, as: UTF8.self).split(separator: "\n")
      .contains { $0.hasPrefix("train:") }
  }

  /// The architecture of a model file, or of one of the five sizes where there is no such file.
  static func named(
    _ name: String, path: String, scale: String?, classes: Int
  ) throws -> Architecture {
    if let size = Scale(builtIn: name), !Paths.exists(path) {
      return .yolov8(size, classes: classes > 0 ? classes : 80)
    }
    let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
    return try Architecture(
      yaml: text, name: name, scale: scale, classes: classes > 0 ? classes : nil)
  }
}

extension Model {
  /// Reads a checkpoint and builds its model.
  static func read(_ path: String) throws -> Model { try Model(Checkpoint.read(path)) }

  /// The model of a checkpoint.
  ///
  /// - Throws: ``ArchitectureError`` where it is no YOLOv8 detector's, ``ModelError`` where a weight is amiss.
  convenience init(_ checkpoint: Checkpoint) throws {
    let state = checkpoint.modelState.state
    let architecture = try Architecture(of: state)
    let known = checkpoint.names.count == architecture.classes
    self.init(architecture, classNames: known ? checkpoint.names : nil)
    try load(state)
  }
}

/// Loads a checkpoint once, when it is first asked for.
final class LoadedModel {
  private let file: String
  private var loaded: (model: Model, thresholds: BestThresholds?)?

  init(file: String) { self.file = file }

  func model() throws(Diagnostic) -> Model { try load().model }

  /// The confidences of the best F1 that the file carries.
  func thresholds() throws(Diagnostic) -> BestThresholds? { try load().thresholds }

  private func load() throws(Diagnostic) -> (model: Model, thresholds: BestThresholds?) {
    if let loaded { return loaded }
    let file = file
    let content = try attempt {
      let checkpoint = try Checkpoint.read(file)
      return (model: try Model(checkpoint), thresholds: BestThresholds(checkpoint.metadata))
    }
    loaded = content
    return content
  }
}
