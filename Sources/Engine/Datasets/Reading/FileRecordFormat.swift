internal import Files
internal import Foundation

/// The form in which records of files are kept: `docs/formats.md` describes it.
private enum FileRecordFormat {
  /// Tells the file apart from any other; the last byte counts versions.
  static let signature: [UInt8] = Array("yolosf\0".utf8) + [1]
  static let digestLength = 32
  /// A class and four coordinates.
  static let rowLength = 4 + 4 * 8
  /// Bits of an image's record: what it holds.
  static let hasFacts: UInt8 = 1, hasLook: UInt8 = 2
}

/// Writes records of files.
struct FileRecordWriter {
  private var bytes: [UInt8] = []

  /// The content of the file that keeps what is known of a dataset.
  static func content(of records: FileRecords, dataset: String) -> Data {
    var writer = FileRecordWriter()
    writer.bytes.reserveCapacity(128 * (records.images.count + records.labels.count))
    writer.bytes += FileRecordFormat.signature
    writer.add(UInt32(dataset.utf8.count))
    writer.bytes += dataset.utf8
    writer.add(UInt32(records.images.count))
    for record in records.images { writer.add(record) }
    writer.add(UInt32(records.labels.count))
    for record in records.labels { writer.add(record) }
    var content = Data(writer.bytes)
    content.append(contentsOf: Digest(of: content).bytes)
    return content
  }

  private mutating func add(_ number: some FixedWidthInteger) {
    // SAFETY: the bytes of a local integer are copied inside the closure.
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func add(_ identity: FileIdentity) {
    add(identity.device)
    add(identity.inode)
    add(identity.size)
    add(identity.modified)
    add(identity.changed)
  }

  private mutating func add(_ record: ImageRecord) {
    add(record.identity)
    add(
      (record.facts == nil ? 0 : FileRecordFormat.hasFacts)
        | (record.look == nil ? 0 : FileRecordFormat.hasLook))
    if let facts = record.facts {
      add(UInt32(facts.width))
      add(UInt32(facts.height))
      add(UInt64(facts.bytesBehind))
      bytes += facts.digest.bytes
    }
    if let look = record.look {
      add(UInt32(look.width))
      add(UInt32(look.height))
      add(look.hash.bits)
      for color in 0..<3 { add(UInt16(look.hash.mean[color])) }
    }
  }

  private mutating func add(_ record: LabelRecord) {
    add(record.identity)
    add(UInt32(record.rows.count))
    for row in record.rows {
      add(UInt32(row.classIndex))
      for number in [row.centerX, row.centerY, row.width, row.height] { add(number.bitPattern) }
    }
  }
}

/// Reads records of files; whatever is not as the writer writes it makes the whole worth nothing.
struct FileRecordReader {
  private let bytes: [UInt8]
  private let end: Int
  private var position = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = max(0, bytes.count - FileRecordFormat.digestLength)
  }

  /// What is known of the files of a dataset; nil where the content is damaged, or is about another one.
  static func read(_ content: Data, dataset: String) -> FileRecords? {
    let body = content.dropLast(FileRecordFormat.digestLength)
    guard
      Digest(of: body).bytes.elementsEqual(content.suffix(FileRecordFormat.digestLength))
    else { return nil }
    var reader = FileRecordReader([UInt8](content))
    do {
      guard try reader.heading() == dataset else { return nil }
      var images: [ImageRecord] = []
      for _ in 0..<(try reader.count()) { images.append(try reader.image()) }
      var labels: [LabelRecord] = []
      for _ in 0..<(try reader.count()) { labels.append(try reader.label()) }
      guard reader.position == reader.end else { return nil }
      return FileRecords(images: images, labels: labels)
    } catch { return nil }
  }

  /// The dataset that a content is about; nil where it is of another version or kind.
  static func dataset(_ content: Data) -> String? {
    var reader = FileRecordReader([UInt8](content.prefix(1 << 16)))
    return try? reader.heading()
  }

  private struct Damaged: Error {}

  private mutating func heading() throws(Damaged) -> String {
    guard try take(FileRecordFormat.signature.count).elementsEqual(FileRecordFormat.signature)
    else { throw Damaged() }
    return String(decoding: try take(try count()), as: UTF8.self)
  }

  private mutating func take(_ count: Int) throws(Damaged) -> ArraySlice<UInt8> {
    guard count <= end - position else { throw Damaged() }
    position += count
    return bytes[position - count..<position]
  }

  private mutating func integer<Number: FixedWidthInteger>() throws(Damaged) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= end - position else { throw Damaged() }
    // SAFETY: `size` bytes lie behind `position`, as checked; any bits make an integer.
    let number = unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: position, as: Number.self)
    }
    position += size
    return Number(littleEndian: number)
  }

  /// A number of things of which each takes a byte or more.
  private mutating func count() throws(Damaged) -> Int {
    let count = Int(try integer() as UInt32)
    guard count <= end - position else { throw Damaged() }
    return count
  }

  private mutating func identity() throws(Damaged) -> FileIdentity {
    FileIdentity(
      device: try integer(), inode: try integer(), size: try integer(), modified: try integer(),
      changed: try integer())
  }

  private mutating func image() throws(Damaged) -> ImageRecord {
    var record = ImageRecord(identity: try identity())
    let parts: UInt8 = try integer()
    if parts & FileRecordFormat.hasFacts != 0 {
      let width = Int(try integer() as UInt32), height = Int(try integer() as UInt32)
      let behind: UInt64 = try integer()
      guard width > 0, height > 0, behind <= 1 << 40,
        let digest = Digest(bytes: Array(try take(FileRecordFormat.digestLength)))
      else { throw Damaged() }
      record.facts = ImageFacts(
        width: width, height: height, digest: digest, bytesBehind: Int(behind))
    }
    if parts & FileRecordFormat.hasLook != 0 {
      let width = Int(try integer() as UInt32), height = Int(try integer() as UInt32)
      let bits: UInt64 = try integer()
      var mean = SIMD3<Int32>()
      for color in 0..<3 { mean[color] = Int32(try integer() as UInt16) }
      record.look = ImageLook(
        hash: PerceptualHash(bits: bits, mean: mean), width: width, height: height)
    }
    return record
  }

  private mutating func label() throws(Damaged) -> LabelRecord {
    let identity = try identity()
    var rows: [LabelRow] = []
    let count = try count()
    guard count <= (end - position) / FileRecordFormat.rowLength else { throw Damaged() }
    rows.reserveCapacity(count)
    for _ in 0..<count {
      let index = Int(try integer() as UInt32)
      rows.append(
        LabelRow(
          classIndex: index, centerX: try number(), centerY: try number(), width: try number(),
          height: try number()))
    }
    return LabelRecord(identity: identity, rows: rows)
  }

  private mutating func number() throws(Damaged) -> Double {
    Double(bitPattern: try integer())
  }
}
