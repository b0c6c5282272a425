internal import Foundation
internal import Tensors

/// Reads the safetensors format: a length, a JSON header, and the tensors' bytes without gap.
///
/// Source: the format's description in the repository huggingface/safetensors, README, "Format".
struct SafetensorsReader {
  private let bytes: Bytes
  private let file: String
  /// Where the tensors' bytes begin.
  private let start: Int
  private let header: Metadata

  /// One tensor as the header describes it.
  private struct Entry {
    let name: String
    let type: ElementType
    let shape: Shape
    let range: Range<Int>
  }

  /// Reads the header; at most 100 MB of it, as the format says.
  init(_ bytes: Bytes, file: String) throws(CheckpointError) {
    (self.bytes, self.file) = (bytes, file)
    var reader = ByteReader(bytes, file: file)
    let length = try reader.integer(UInt64.self)
    guard length <= 100_000_000 else {
      throw reader.failure(
        .tooLarge(
          what: "bytes of the header", needed: Int(clamping: length), limit: 100_000_000), at: 0)
    }
    try reader.require(Int(length))
    start = 8 + Int(length)
    let text = Bytes(Data(bytes.array(8..<start)))
    var json = JSONReader(ByteReader(text, file: file, entry: "header"))
    guard let header = try json.document().dictionary else {
      throw reader.failure(.malformed(expected: "a JSON object", found: "another value"))
    }
    self.header = header
  }

  /// The texts beside the tensors.
  var metadata: Metadata { header["__metadata__"]?.dictionary ?? Metadata() }

  /// All tensors, in the header's order, and the precision of most of their scalars.
  func state() throws(CheckpointError) -> (StateDictionary, Precision) {
    var entries: [Entry] = []
    for (name, value) in header.entries where name != "__metadata__" {
      entries.append(try entry(name, value))
    }
    try requireTiling(entries)
    var state = StateDictionary()
    var scalars: [Precision: Int] = [:]
    for entry in entries {
      let elements = Elements(bytes: bytes, start: start + entry.range.lowerBound, type: entry.type)
      let indices = 0..<entry.shape.count
      if let precision = entry.type.precision {
        scalars[precision, default: 0] += indices.count
        state[entry.name] = .floats(Tensor(indices.map { elements.float($0) }, shape: entry.shape))
      } else {
        state[entry.name] = .integers(indices.map { elements.integer($0) }, shape: entry.shape)
      }
    }
    let precision = Precision.allCases.max { scalars[$0, default: 0] < scalars[$1, default: 0] }
    return (state, scalars.isEmpty ? .single : precision ?? .single)
  }

  private func entry(
    _ name: String, _ value: MetadataValue
  ) throws(CheckpointError) -> Entry {
    guard let fields = value.dictionary, let code = fields["dtype"]?.text,
      let extents = fields["shape"]?.list?.compactMap(\.integer),
      extents.count == fields["shape"]?.list?.count,
      let offsets = fields["data_offsets"]?.list?.compactMap(\.integer), offsets.count == 2
    else {
      throw failure(name, .malformed(expected: "dtype, shape and data_offsets", found: value.json))
    }
    guard let type = SafetensorsReader.types[code] else {
      throw failure(
        name, .unsupported("numbers of type \(code)", advice: "convert them to F32 and save again"))
    }
    guard extents.count <= 16, extents.allSatisfy({ $0 >= 0 }), let size = byteCount(extents, type)
    else { throw failure(name, .malformed(expected: "a shape", found: "\(extents.prefix(17))")) }
    guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= bytes.count - start else {
      throw failure(
        name,
        .malformed(
          expected: "offsets inside \(bytes.count - start) bytes of data",
          found: "\(offsets[0]) to \(offsets[1])"))
    }
    guard offsets[1] - offsets[0] == size else {
      throw failure(
        name,
        .malformed(
          expected: "\(size) bytes for shape \(Shape(extents))",
          found: "\(offsets[1] - offsets[0])"))
    }
    return Entry(
      name: name, type: type, shape: Shape(extents), range: offsets[0]..<offsets[1])
  }

  /// The bytes of a tensor, or nil where they are beyond all measure.
  private func byteCount(_ extents: [Int], _ type: ElementType) -> Int? {
    var size = type.size
    for extent in extents {
      // Taken as at least one, so that a zero does not hide what would overflow.
      let product = size.multipliedReportingOverflow(by: max(1, extent))
      guard !product.overflow, product.partialValue <= 1 << 44 else { return nil }
      size = product.partialValue
    }
    return extents.contains(0) ? 0 : size
  }

  /// Makes sure that the tensors cover the data without gap or overlap.
  private func requireTiling(_ entries: [Entry]) throws(CheckpointError) {
    var end = 0
    let sorted = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in sorted {
      guard entry.range.lowerBound == end else {
        throw failure(
          entry.name,
          .malformed(expected: "data from \(end) on", found: "data from \(entry.range.lowerBound)"))
      }
      end = entry.range.upperBound
    }
    guard end == bytes.count - start else {
      throw CheckpointError(
        file: file, place: .byte(start + end),
        problem: .malformed(
          expected: "the end", found: "\(bytes.count - start - end) bytes of no tensor"))
    }
  }

  private func failure(_ name: String, _ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: file, place: .tensor(name), problem: problem)
  }

  /// The number types by the format's names for them.
  static let types: [String: ElementType] = [
    "F16": .half, "BF16": .bfloat, "F32": .single, "F64": .double, "I8": .int8, "I16": .int16,
    "I32": .int32, "I64": .int64, "U8": .uint8, "BOOL": .boolean,
  ]
}
