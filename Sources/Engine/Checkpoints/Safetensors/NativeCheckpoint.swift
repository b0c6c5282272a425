internal import Foundation
internal import Tensors

/// The texts by which our own files say more than names and numbers; each value is JSON.
enum NativeKey {
  /// Marks our files; the value is the version of these keys.
  static let mark = "yolos_checkpoint"
  static let version = "1"
  static let names = "names"
  static let strides = "stride"
  static let architecture = "architecture"
  static let trainingArguments = "train_args"
  static let metadata = "metadata"
}

extension Checkpoint {
  /// A safetensors file, our own or another's; of another's the texts become plain metadata.
  init(safetensors bytes: Bytes, file: String) throws(CheckpointError) {
    let reader = try SafetensorsReader(bytes, file: file)
    let (state, precision) = try reader.state()
    self.init(state: state)
    self.precision = precision
    let texts = reader.metadata
    guard texts[NativeKey.mark] != nil else {
      metadata = texts
      return
    }
    guard texts[NativeKey.mark]?.text == NativeKey.version else {
      throw CheckpointError(
        file: file,
        problem: .unsupported(
          "a checkpoint of version \(texts[NativeKey.mark]?.json ?? "")",
          advice: "read it with the version of yolos that wrote it"))
    }
    let notes = NativeNotes(texts: texts, file: file)
    names = try notes.list(NativeKey.names) { $0.text }
    strides = try notes.list(NativeKey.strides) { $0.integer }
    architecture = try notes.dictionary(NativeKey.architecture)
    trainingArguments = try notes.dictionary(NativeKey.trainingArguments)
    metadata = try notes.dictionary(NativeKey.metadata)
  }

  /// What the header of our own file says besides the tensors.
  var nativeTexts: [(key: String, text: String)] {
    var texts = [(NativeKey.mark, NativeKey.version)]
    if !names.isEmpty {
      texts.append((NativeKey.names, MetadataValue.list(names.map { .text($0) }).json))
    }
    if !strides.isEmpty {
      texts.append((NativeKey.strides, MetadataValue.list(strides.map { .integer($0) }).json))
    }
    for (key, value) in [
      (NativeKey.architecture, architecture), (NativeKey.trainingArguments, trainingArguments),
      (NativeKey.metadata, metadata),
    ] where !value.isEmpty {
      texts.append((key, MetadataValue.dictionary(value).json))
    }
    return texts
  }
}

/// Reads the JSON in the texts of our own files.
private struct NativeNotes {
  let texts: Metadata
  let file: String

  func list<T>(
    _ key: String, _ element: (MetadataValue) -> T?
  ) throws(CheckpointError) -> [T] {
    guard let value = try value(key) else { return [] }
    let elements = value.list?.compactMap(element)
    guard let elements, elements.count == value.list?.count else {
      throw failure(key, expected: "a list", found: value)
    }
    return elements
  }

  func dictionary(_ key: String) throws(CheckpointError) -> Metadata {
    guard let value = try value(key) else { return Metadata() }
    guard let dictionary = value.dictionary else {
      throw failure(key, expected: "an object", found: value)
    }
    return dictionary
  }

  private func value(_ key: String) throws(CheckpointError) -> MetadataValue? {
    guard let text = texts[key]?.text else { return nil }
    let bytes = Bytes(Data(text.utf8))
    var json = JSONReader(ByteReader(bytes, file: file, entry: "__metadata__/\(key)"))
    return try json.document().restored
  }

  private func failure(
    _ key: String, expected: String, found: MetadataValue
  ) -> CheckpointError {
    CheckpointError(
      file: file, place: .entry("__metadata__/\(key)", byte: nil),
      problem: .malformed(expected: expected, found: String(found.json.prefix(80))))
  }
}
