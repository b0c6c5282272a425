internal import Foundation

extension Dataset {
  /// Writes the dataset as COCO detection files, one a split, with images beside them.
  ///
  /// `annotations/instances_SPLIT.json` and `images/SPLIT/…`; identifiers count from 1, boxes are
  /// pixels. A split without any labels has no member `annotations`, as COCO's own test sets; an image
  /// without labels in another split has a member of our own, `"unlabeled": true`.
  ///
  /// - Parameters:
  ///   - folder: Where to write. It appears complete or not at all; one that an earlier
  ///     conversion wrote is replaced.
  ///   - work: Who hears how far it is, and may end it.
  /// - Throws: ``DatasetError`` where the folder holds something else, two images would take one place,
  ///   or the system refuses.
  public func writeCOCO(
    to folder: String, work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    try OutputPlaces.fill(folder, with: self, work) { places throws(DatasetError) in
      for split in DatasetSplit.allCases where !self[split].isEmpty {
        var file = COCOOutput(classNames: classNames)
        if self[split].contains(where: \.isLabeled) { file.annotations = [] }
        for (place, sample, name) in places.all where place == split {
          try places.copy(sample, to: "images/\(split)/\(name)")
          file.add(sample, name: name)
        }
        let name = "annotations/instances_\(split).json"
        try places.write(try file.encoded(for: name), to: name)
      }
    }
  }
}

/// A COCO file as we write it; the members bear the format's names.
private struct COCOOutput: Encodable {
  struct Image: Encodable {
    let id: Int
    let file_name: String
    let width, height: Int
    /// True where nobody has looked for objects, though the file has annotations; else left out.
    let unlabeled: Bool?
  }

  struct Category: Encodable {
    let id: Int
    let name: String
  }

  struct Annotation: Encodable {
    let id, image_id, category_id: Int
    let bbox: [Double]
    let area: Double
    let iscrowd: Int
  }

  var images: [Image] = []
  var annotations: [Annotation]?
  private let categories: [Category]

  init(classNames: [String]) {
    categories = classNames.enumerated().map { Category(id: $0.offset + 1, name: $0.element) }
  }

  func encoded(for name: String) throws(DatasetError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return try encoder.encode(self) } catch {
      // Only a number that is not finite cannot be written; rows never hold one.
      throw DatasetError(file: name, problem: .syntax(format: "JSON", reason: "\(error)"))
    }
  }

  mutating func add(_ sample: Sample, name: String) {
    images.append(
      Image(
        id: images.count + 1, file_name: name, width: sample.width, height: sample.height,
        unlabeled: annotations == nil || sample.isLabeled ? nil : true))
    let (w, h) = (Double(sample.width), Double(sample.height))
    for row in sample.rows {
      let box = [
        (row.centerX - row.width / 2) * w, (row.centerY - row.height / 2) * h, row.width * w,
        row.height * h,
      ]
      let annotation = Annotation(
        id: (annotations?.count ?? 0) + 1, image_id: images.count,
        category_id: row.classIndex + 1, bbox: box, area: box[2] * box[3], iscrowd: 0)
      annotations?.append(annotation)
    }
  }
}
