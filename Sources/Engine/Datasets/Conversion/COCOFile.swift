/// The parts of a COCO detection file that we read; all else in it is passed over.
///
/// Source: <https://cocodataset.org/#format-data>. Azure ML writes the same with `coco_url` or
/// `absolute_url` links of its own and, at choice, boxes as fractions.
struct COCOFile: Decodable {
  /// An identifier: a number in the specification, a text in some tools.
  struct Identifier: Hashable, Decodable, CustomStringConvertible {
    let description: String
    /// The number, where it is one.
    let number: Int?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        (self.number, description) = (number, "\(number)")
      } else {
        description = try container.decode(String.self)
        number = Int(description)
      }
    }
  }

  struct Image: Decodable {
    let id: Identifier
    let fileName: String
    let width, height: Double?
    /// A member of our own: true where nobody has looked for objects.
    let unlabeled: Bool?

    private enum CodingKeys: String, CodingKey {
      case id, width, height, unlabeled
      case fileName = "file_name"
    }
  }

  struct Category: Decodable {
    let id: Identifier
    let name: String
  }

  struct Annotation: Decodable {
    let id: Identifier?
    let imageID, categoryID: Identifier
    let box: [Double]
    let isCrowd: Bool

    private enum CodingKeys: String, CodingKey {
      case id
      case imageID = "image_id"
      case categoryID = "category_id"
      case box = "bbox"
      case isCrowd = "iscrowd"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      id = try values.decodeIfPresent(Identifier.self, forKey: .id)
      imageID = try values.decode(Identifier.self, forKey: .imageID)
      categoryID = try values.decode(Identifier.self, forKey: .categoryID)
      box = try values.decode([Double].self, forKey: .box)
      // A number in the specification, a boolean in some tools.
      isCrowd =
        ((try? values.decode(Int.self, forKey: .isCrowd)) ?? 0) != 0
        || ((try? values.decode(Bool.self, forKey: .isCrowd)) ?? false)
    }
  }

  let images: [Image]
  /// Missing where nobody has labeled the images, as in COCO's own test sets.
  let annotations: [Annotation]?
  let categories: [Category]
}
