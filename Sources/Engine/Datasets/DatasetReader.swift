internal import Files
internal import Foundation

extension Dataset {
  /// Reads and audits the dataset that a description names.
  ///
  /// A split that is named and not there, or that holds no image, is a note: services name a test folder
  /// in every export, and make it only where somebody chose one.
  ///
  /// - Parameters:
  ///   - description: Where the images of each split are, and what the classes are called.
  ///   - policy: What to do about labels and images that are wrong.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` where no split holds an image; under ``LabelPolicy/strict`` with all
  ///   problems at once.
  /// - Complexity: Reads every byte of every image once that is not known, for the digest; keeps none.
  public init(
    _ description: DatasetDescription, labels policy: LabelPolicy = .strict,
    work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    var resolution = try PlaceResolution(description)
    var reader = DatasetReader(classNames: description.classNames)
    var reading = FileReading(work, of: description.file), isWhole = false
    defer { reading.keep(isWhole: isWhole) }
    var splits: [DatasetSplit: [Sample]] = [:]
    var notes: [DatasetNote] = []
    var absence: DatasetError?
    for split in DatasetSplit.allCases {
      guard let places = description.splits[split] else { continue }
      do throws(DatasetError) {
        let folders = try resolution.places(of: split)
        let images = try description.images(in: folders, of: places, &notes)
        splits[split] = try reader.read(images, &reading)
      } catch {
        guard let note = DatasetNote(absence: split, of: places, error) else { throw error }
        if absence == nil { absence = error }
        notes.append(note)
        continue
      }
      let read = splits[split] ?? []
      guard split == .test || read.isEmpty || read.contains(where: \.isLabeled) else {
        throw DatasetError(
          file: description.file, line: places.line,
          problem: .noLabels(
            key: places.key, images: read.count,
            example: ImageFolder.labelPath(ofImage: read[0].imagePath)))
      }
    }
    if splits.isEmpty, let absence { throw absence }
    isWhole = true
    let wrong = reader.problems.filter { $0.effect != .harmless }
    if policy == .strict && !wrong.isEmpty {
      throw DatasetError(file: description.file, problem: .audit(wrong))
    }
    self.init(
      name: Self.name(ofFile: description.file),
      file: description.file, classNames: description.classNames, splits: splits,
      notes: description.notes + resolution.notes + notes + reader.notes(splits),
      problems: reader.problems)
  }

  /// The name of a YAML file without its suffix or, where it only says what it is, that of its folder.
  private static func name(ofFile file: String) -> String {
    let own = stem(PathText.name(of: file))
    let folder = PathText.folder(of: joined("", file))
    let name = PathText.name(of: folder)
    return ["data", "dataset"].contains(own) && !name.isEmpty && name != "/" ? name : own
  }
}

extension DatasetDescription {
  /// The images of one split, in the order of their paths' bytes; at least one.
  fileprivate func images(
    in folders: [String], of places: Places, _ notes: inout [DatasetNote]
  ) throws(DatasetError) -> [String] {
    var images: [String] = []
    for place in folders {
      guard !isFolder(place) else {
        images += ImageFolder.images(in: place)
        continue
      }
      try checkList(place, of: places)
      let list = ImageList(contentsOf: place)
      if list.missing == list.images.count, let example = list.missingExample {
        throw DatasetError(file: place, problem: .unlisted(list.missing, example: example))
      }
      if let note = list.note { notes.append(note) }
      images += list.images
    }
    guard !images.isEmpty else {
      throw DatasetError(
        file: file, line: places.line,
        problem: .noImages(key: places.key, place: folders.joined(separator: ", ")))
    }
    return folders.count == 1 ? images : ImageFolder.sortedByBytes(unique(images))
  }

  /// Refuses an image in the place of a list, and a list that is no text.
  fileprivate func checkList(_ place: String, of places: Places) throws(DatasetError) {
    guard !ImageFolder.isImage(place) else {
      throw DatasetError(
        file: file, line: places.line,
        problem: .wrongValue(
          key: places.key, expected: "a folder or a .txt file with one path per line",
          found: "the image '\(place)'"))
    }
    _ = try text(of: place, limit: ImageFolder.listLimit)
  }
}

/// Reads the images and labels of one split after another, and collects what is wrong.
private struct DatasetReader {
  private let parser: LabelParser
  private(set) var problems: [DatasetProblem] = []
  private var rejectedImages = 0
  private var usedLabels: Set<String> = []

  init(classNames: [String]) {
    parser = LabelParser(classCount: classNames.count)
  }

  /// The samples of a split that can be used.
  mutating func read(
    _ images: [String], _ reading: inout FileReading
  ) throws(DatasetError) -> [Sample] {
    var samples: [Sample] = []
    samples.reserveCapacity(images.count)
    try reading.labeled(images, by: parser) { found in
      if let labelPath = found.labelPath { usedLabels.insert(labelPath) }
      let all = found.audit.problems + (found.labels?.problems ?? [])
      problems += all
      guard let size = found.audit.size, !all.contains(where: { $0.effect == .rejects }) else {
        rejectedImages += 1
        return
      }
      samples.append(
        Sample(
          imagePath: found.image, labelPath: found.labelPath, width: size.width,
          height: size.height, rows: found.labels?.rows ?? [], imageDigest: found.audit.digest))
    }
    return samples
  }

  /// What the whole reading has to say.
  func notes(_ splits: [DatasetSplit: [Sample]]) -> [DatasetNote] {
    var notes: [DatasetNote] = []
    for split in DatasetSplit.allCases {
      let missing = splits[split]?.count { !$0.isLabeled } ?? 0
      if missing > 0 { notes.append(.withoutLabels(split: split, images: missing)) }
    }
    let strays = strayLabels()
    if let first = strays.first { notes.append(.strayLabels(files: strays.count, example: first)) }
    let trailing = problems.filter { $0.effect == .harmless }
    if let first = trailing.first {
      notes.append(.trailingBytes(images: trailing.count, example: first.file))
    }
    let corrected = problems.count { $0.effect == .corrects }
    if rejectedImages + corrected > 0 {
      notes.append(.leftOut(images: rejectedImages, rows: corrected))
    }
    return notes
  }

  /// Label files beside the used ones that belong to no image: often an image that was renamed.
  private func strayLabels() -> [String] {
    let folders = Set(usedLabels.map { PathText.folder(of: $0) })
    var strays: [String] = []
    for folder in folders where folder.split(separator: "/").contains("labels") {
      for entry in Directory.entries(of: folder)
      where entry.name.hasSuffix(".txt") && entry.name != "classes.txt" {
        let path = folder + "/" + entry.name
        if !usedLabels.contains(path) { strays.append(path) }
      }
    }
    return ImageFolder.sortedByBytes(strays)
  }
}
