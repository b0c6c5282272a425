internal import Files

/// What was found in an image file, and holds as long as the file stays the same.
struct ImageFacts: Equatable, Sendable {
  /// The sides as people see them, at least 1.
  var width, height: Int
  /// The digest of the file's bytes.
  var digest: Digest
  /// Bytes behind the image's end.
  var bytesBehind = 0
}

/// What is known of a file, by what the file system says about it.
protocol FileRecord: Equatable, Sendable {
  var identity: FileIdentity { get }
}

/// What is known of an image file without problems.
struct ImageRecord: FileRecord {
  let identity: FileIdentity
  /// What its bytes say; nil where only its look is known.
  var facts: ImageFacts?
  /// What it looks like, where that was wanted.
  var look: ImageLook?
}

/// What an image looks like.
struct ImageLook: Equatable, Sendable {
  let hash: PerceptualHash
  /// The image's sides.
  let width, height: Int
}

/// What is known of a label file without problems.
struct LabelRecord: FileRecord {
  let identity: FileIdentity
  let rows: [LabelRow]

  /// Whether the rows stand with so many classes; else the file is read again, and the problem found.
  func fits(classCount: Int) -> Bool { rows.allSatisfy { $0.classIndex < classCount } }
}

/// Records by the files they are about.
struct FileTable<Record: FileRecord>: Sendable {
  let records: [Record]
  private let places: [FileIdentity: Int]

  init(_ records: [Record]) {
    self.records = records
    var places: [FileIdentity: Int] = [:]
    places.reserveCapacity(records.count)
    for (place, record) in records.enumerated() { places[record.identity] = place }
    self.places = places
  }

  /// What is known of a file with exactly this identity.
  subscript(identity: FileIdentity) -> Record? { places[identity].map { records[$0] } }
}

/// Which file it is, whatever happened to it.
private struct FileNumber: Hashable {
  let device, inode: UInt64

  init(_ identity: FileIdentity) { (device, inode) = (identity.device, identity.inode) }
}

/// All that is remembered of the files of one dataset.
struct FileRecords: Equatable, Sendable {
  var images: [ImageRecord] = []
  var labels: [LabelRecord] = []

  /// Adds the records of files that have none here.
  mutating func add(_ others: FileRecords) {
    images += Self.others(others.images, than: images)
    labels += Self.others(others.labels, than: labels)
  }

  private static func others<Record: FileRecord>(
    _ all: [Record], than known: [Record]
  ) -> [Record] {
    let numbers = Set(known.map { FileNumber($0.identity) })
    return all.filter { !numbers.contains(FileNumber($0.identity)) }
  }
}

/// What is known of the files of one dataset, to look things up in.
struct KnownFiles: Sendable {
  let images: FileTable<ImageRecord>
  let labels: FileTable<LabelRecord>

  init(_ records: FileRecords = FileRecords()) {
    (images, labels) = (FileTable(records.images), FileTable(records.labels))
  }

  /// The records in their order.
  var records: FileRecords { FileRecords(images: images.records, labels: labels.records) }
}
