internal import Files
internal import Foundation

/// Reads the images and labels of one dataset on all threads, as far as they are not known, and keeps what
/// it found for the next time.
///
/// What comes out is the same on any number of threads, and whatever was known.
struct FileReading {
  private let work: DatasetWork
  /// What opens the dataset: the name under which is kept what was found.
  private let dataset: String
  private let reader: FileReader
  private var found = FileRecords()
  /// Whether something was found that was not known.
  private var hasNews = false

  init(_ work: DatasetWork, of dataset: String) {
    (self.work, self.dataset) = (work, dataset)
    reader = FileReader(
      known: KnownFiles(work.memory?.records(of: dataset) ?? FileRecords()),
      start: work.memory?.now() ?? FileIdentity.now, willRead: work.willRead)
  }

  // MARK: Reading

  /// An image, and what its label file says where there is one.
  struct Labeled: Sendable {
    let image: String
    let audit: ImageAudit
    var labelPath: String?
    var labels: LabelParser.Result?
  }

  /// Reads images and the label files that belong to them; `take` gets them in their order.
  mutating func labeled(
    _ paths: [String], by parser: LabelParser, take: (Labeled) -> Void
  ) throws(DatasetError) {
    let reader = self.reader
    try work.inOrder(.reading, count: paths.count, grain: 16) { index throws(DatasetError) in
      let path = paths[index], image = reader.image(path)
      var labeled = Labeled(image: path, audit: image.audit)
      var finding: FileReader.Finding<LabelRecord>?
      if let (place, identity) = ImageFolder.labels(ofImage: path) {
        let read = reader.labels(place, identity, by: parser)
        (labeled.labelPath, labeled.labels, finding) = (place, read.result, read.finding)
      }
      return (labeled, image.finding, finding)
    } take: { labeled, image, labels in
      note(image)
      note(labels)
      take(labeled)
    }
  }

  /// Reads images; one audit each, in their order.
  mutating func audits(of paths: [String]) throws(DatasetError) -> [ImageAudit] {
    let reader = self.reader
    var audits: [ImageAudit] = []
    audits.reserveCapacity(paths.count)
    try work.inOrder(.reading, count: paths.count, grain: 16) { index throws(DatasetError) in
      reader.image(paths[index])
    } take: { image in
      note(image.finding)
      audits.append(image.audit)
    }
    return audits
  }

  /// What images look like, in their order.
  ///
  /// - Throws: ``DatasetError`` where one cannot be decoded.
  mutating func looks(of samples: [Sample]) throws(DatasetError) -> [PerceptualHash] {
    let reader = self.reader
    var looks: [PerceptualHash] = []
    looks.reserveCapacity(samples.count)
    try work.inOrder(.looking, count: samples.count, grain: 8) { index throws(DatasetError) in
      try reader.look(samples[index])
    } take: { look in
      note(look.finding)
      looks.append(look.hash)
    }
    return looks
  }

  private mutating func note(_ finding: FileReader.Finding<ImageRecord>?) {
    guard let finding else { return }
    found.images.append(finding.record)
    if finding.isNew { hasNews = true }
  }

  private mutating func note(_ finding: FileReader.Finding<LabelRecord>?) {
    guard let finding else { return }
    found.labels.append(finding.record)
    if finding.isNew { hasNews = true }
  }

  // MARK: Keeping

  /// Keeps what was found, and forgets what was not met any more.
  ///
  /// - Parameter isWhole: Whether all files of the dataset were met; else nothing is forgotten.
  func keep(isWhole: Bool) {
    guard let memory = work.memory else { return }
    let known = reader.known.records
    let isShorter =
      found.images.count < known.images.count || found.labels.count < known.labels.count
    guard hasNews || isWhole && isShorter else { return }
    var records = found
    if !isWhole { records.add(known) }
    do throws(FileError) { try memory.keep(records, of: dataset) } catch {
      // A full disk must not cost the dataset.
      work.remark("what was read of '\(dataset)' was not remembered: \(error)")
    }
  }
}

extension DatasetWork {
  /// Reads images that annotations name; one audit each, in their order.
  ///
  /// - Parameters:
  ///   - paths: The images.
  ///   - folder: Where they are: the name under which is kept what was found.
  /// - Returns: What can be said of each.
  /// - Throws: `.cancelled` alone.
  func audits(of paths: [String], for folder: String) throws(DatasetError) -> [ImageAudit] {
    var reading = FileReading(self, of: folder)
    // Other annotations may be about other images of the folder.
    defer { reading.keep(isWhole: false) }
    return try reading.audits(of: paths)
  }
}

/// Reads single files, for any thread.
private struct FileReader: Sendable {
  let known: KnownFiles
  /// When the reading began.
  let start: Int64
  let willRead: @Sendable (String) -> Void

  /// A record to keep.
  struct Finding<Record: FileRecord>: Sendable {
    let record: Record
    let isNew: Bool
  }

  /// The largest label file that is read, in bytes: a quarter of a million boxes.
  private static let labelLimit = 16 << 20

  func image(_ path: String) -> (audit: ImageAudit, finding: Finding<ImageRecord>?) {
    guard !ImageFolder.isForeign(path), let identity = FileIdentity(of: path), identity.isRegular
    else { return (ImageAudit(of: path), nil) }
    let record = known.images[identity]
    if let record, let facts = record.facts {
      return (ImageAudit(of: path, facts), Finding(record: record, isNew: false))
    }
    willRead(path)
    let audit = ImageAudit(of: path, identity)
    guard let facts = audit.facts, identity.isSettled(before: start) else { return (audit, nil) }
    return (
      audit,
      Finding(
        record: ImageRecord(identity: identity, facts: facts, look: record?.look), isNew: true)
    )
  }

  func labels(
    _ path: String, _ identity: FileIdentity, by parser: LabelParser
  ) -> (result: LabelParser.Result, finding: Finding<LabelRecord>?) {
    if let record = known.labels[identity], record.fits(classCount: parser.classCount) {
      var result = LabelParser.Result()
      result.rows = record.rows
      return (result, Finding(record: record, isNew: false))
    }
    let result = read(path, identity, by: parser)
    guard result.problems.isEmpty, identity.isSettled(before: start) else { return (result, nil) }
    return (
      result, Finding(record: LabelRecord(identity: identity, rows: result.rows), isNew: true)
    )
  }

  private func read(
    _ path: String, _ identity: FileIdentity, by parser: LabelParser
  ) -> LabelParser.Result {
    willRead(path)
    do throws(DatasetError) {
      let bytes = try content(of: path, identity, limit: Self.labelLimit)
      return parser.parse([UInt8](bytes), file: path)
    } catch {
      var result = LabelParser.Result()
      switch error.problem {
      case .tooLarge(let bytes, _):
        result.problems = [DatasetProblem(file: path, rule: .labelFileTooLarge, value: "\(bytes)")]
      default:
        result.problems = [DatasetProblem(file: path, rule: .unreadable(error.reason))]
      }
      return result
    }
  }

  func look(
    _ sample: Sample
  ) throws(DatasetError) -> (hash: PerceptualHash, finding: Finding<ImageRecord>?) {
    let identity = FileIdentity(of: sample.imagePath)
    let record = identity.flatMap { known.images[$0] }
    if let record, let look = record.look,
      (look.width, look.height) == (sample.width, sample.height)
    {
      return (look.hash, Finding(record: record, isNew: false))
    }
    willRead(sample.imagePath)
    let hash = PerceptualHash(try sample.image(longerSide: 256))
    guard let identity, identity.isSettled(before: start) else { return (hash, nil) }
    let look = ImageLook(hash: hash, width: sample.width, height: sample.height)
    return (
      hash,
      Finding(
        record: ImageRecord(identity: identity, facts: record?.facts, look: look), isNew: true)
    )
  }
}
