internal import Files
package import Foundation
public import Tensors

/// A model's weights with what a file says about them, as plain data.
///
/// Reading a checkpoint never runs anything that stands in it.
public struct Checkpoint: Equatable, Sendable {
  /// The kind of file a checkpoint came from.
  public enum Format: String, Equatable, Sendable {
    /// `torch.save` since 1.6: a zip archive.
    case torch
    /// `torch.save` before 1.6: a sequence of pickles.
    case legacyTorch
    /// Safetensors, our own format among them.
    case safetensors
  }

  /// Weights, running statistics and counters by name, in the file's order.
  public var state: StateDictionary
  /// The precision in which the file keeps most of the weights; in memory all are single.
  public var precision = Precision.single
  /// Class names by index; empty where the file has none.
  public var names: [String] = []
  /// Input pixels per cell of each level, finest first; empty where the file has none.
  public var strides: [Int] = []
  /// The description the model was built from, with the keys of the field's YAML files (`nc`,
  /// `scales`, `depth_multiple`, `backbone`, `head`, …); empty where the file has none.
  public var architecture = Metadata()
  /// The options of the run that trained the model; empty where the file has none.
  public var trainingArguments = Metadata()
  /// Everything else the file says: version, date, licence, epoch, figures.
  public var metadata = Metadata()
  /// The kind of file it was read from.
  public internal(set) var format = Format.safetensors

  /// A checkpoint of some weights.
  public init(
    state: StateDictionary, names: [String] = [], strides: [Int] = [],
    architecture: Metadata = Metadata(), trainingArguments: Metadata = Metadata(),
    metadata: Metadata = Metadata()
  ) {
    (self.state, self.names, self.strides) = (state, names, strides)
    (self.architecture, self.trainingArguments) = (architecture, trainingArguments)
    self.metadata = metadata
  }

  /// The weights under the model's own names: without what programs around it put in front of them
  /// (``WeightNames``), and what that was, such as "module."; empty where nothing was.
  public var modelState: (state: StateDictionary, removedPrefix: String) {
    WeightNames.unwrapped(state)
  }

  /// Reads a `.pt` or `.safetensors` file; which it is, its content decides.
  ///
  /// Of a trainer's checkpoint the averaged weights (`ema`) are taken where it has them.
  ///
  /// - Throws: ``CheckpointError`` with the place in the file and what was expected there.
  public static func read(_ path: String) throws(CheckpointError) -> Checkpoint {
    try requireReadable(path)
    let content: Data
    do throws(FileError) {
      content = try AtomicFile.read(path)
    } catch {
      throw CheckpointError(
        file: path, problem: .refused(action: error.action, reason: error.reason))
    }
    return try parse(Bytes(content), file: path)
  }

  /// Refuses what would never end, and what memory should not be asked for; the rest is for the reader.
  private static func requireReadable(_ path: String) throws(CheckpointError) {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: real) else { return }
    let type = attributes[.type] as? FileAttributeType
    guard type == .typeRegular || type == .typeDirectory else {
      throw CheckpointError(
        file: path, problem: .refused(action: "read", reason: "it is not a regular file"))
    }
    // The largest YOLOv8 with all its optimizer's numbers takes about one gigabyte.
    let limit = 8 << 30
    if let size = attributes[.size] as? Int, size > limit {
      throw CheckpointError(
        file: path, problem: .tooLarge(what: "bytes of the file", needed: size, limit: limit))
    }
  }

  /// Reads content that is in memory; `file` is the name for errors.
  package static func parse(
    _ content: Data, file: String
  ) throws(CheckpointError) -> Checkpoint {
    try parse(Bytes(content), file: file)
  }

  private static func parse(_ bytes: Bytes, file: String) throws(CheckpointError) -> Checkpoint {
    let start = bytes.array(0..<min(16, bytes.count))
    if start.starts(with: [0x50, 0x4B]) {
      return try Checkpoint(torchArchive: bytes, file: file)
    }
    if start.starts(with: legacyMark) {
      return try Checkpoint(legacyTorch: bytes, file: file)
    }
    if start.count > 8, start[8] == UInt8(ascii: "{") {
      return try Checkpoint(safetensors: bytes, file: file)
    }
    throw CheckpointError(
      file: file,
      problem: FileSignature.problem(bytes.array(0..<min(64, bytes.count)))
        ?? .unknownFormat(firstBytes: Array(start.prefix(8))))
  }
}
