internal import Foundation

/// What people hold in their hands when a file named like a checkpoint is none.
enum FileSignature {
  /// What a file is, told by its first bytes, and how to come by the checkpoint; nil for unknown bytes.
  ///
  /// Sources: the Git LFS specification (pointer files), the WHATWG MIME sniffing standard (HTML), and the
  /// formats' own magic numbers. ONNX has none: its protobuf begins with field 1, the IR version.
  static func problem(_ start: [UInt8]) -> CheckpointError.Problem? {
    if start.isEmpty {
      return .notCheckpoint("an empty file", advice: "copy or download it again")
    }
    let text = String(decoding: start, as: UTF8.self)
      .drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
    if text.hasPrefix("version https://git-lfs") {
      return .notCheckpoint(
        "a Git LFS pointer, which only names the real file",
        advice: "run `git lfs pull` in its repository, or download the file itself")
    }
    if ["<!doctype html", "<html", "<head", "<body"].contains(where: text.hasPrefix) {
      return .notCheckpoint(
        "a web page",
        advice: "use the page's download link")
    }
    if text.hasPrefix("<?xml") {
      return .notCheckpoint(
        "an XML document", advice: "it may be a server's error message; download the file again")
    }
    return magic.first { start.starts(with: $0.bytes) }.map {
      .notCheckpoint($0.name, advice: $0.advice)
    }
      ?? (isONNX(start)
        ? .notCheckpoint("an ONNX model", advice: "load the .pt checkpoint it was exported from")
        : nil)
  }

  private static let magic: [(bytes: [UInt8], name: String, advice: String)] = [
    ([0x1F, 0x8B], "a gzip archive", "unpack it first"),
    ([0x42, 0x5A, 0x68], "a bzip2 archive", "unpack it first"),
    ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", "unpack it first"),
    ([0x52, 0x61, 0x72, 0x21], "a RAR archive", "unpack it first"),
    (Array("\u{89}HDF".unicodeScalars.map { UInt8($0.value) }), "a Keras model (HDF5)", other),
    (Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }), "a NumPy array", other),
    (Array("GGUF".utf8), "a GGUF model", other),
  ]

  private static let other = "load a YOLOv8 checkpoint as .pt or .safetensors"

  /// Whether the bytes begin like an ONNX `ModelProto`: a small IR version, then a producer or a graph.
  private static func isONNX(_ start: [UInt8]) -> Bool {
    start.count > 3 && start[0] == 0x08 && (1...32).contains(start[1])
      && [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(start[2])
  }
}
