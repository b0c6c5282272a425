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
    /// The group that it belongs to.
    let group: String?

    private enum CodingKeys: String, CodingKey {
      case id, name
      case group = "supercategory"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      id = try values.decode(Identifier.self, forKey: .id)
      name = try values.decode(String.self, forKey: .name)
      group = try? values.decode(String.self, forKey: .group)
    }
  }

  /// The outline of an object: polygons, or a mask in run lengths.
  struct Segmentation: Decodable {
    /// The box around it; nil where there is none.
    let hull: Outline?

    private enum CodingKeys: String, CodingKey { case counts, size }

    init(from decoder: any Decoder) throws {
      if let mask = try? decoder.container(keyedBy: CodingKeys.self) {
        let size = try mask.decode([Int].self, forKey: .size)
        let runs =
          try (try? mask.decode([Int].self, forKey: .counts))
          ?? Outline.runs(compressed: mask.decode(String.self, forKey: .counts))
        hull =
          size.count == 2
          ? runs.flatMap { Outline(runs: $0, height: size[0], width: size[1]) } : nil
        return
      }
      let container = try decoder.singleValueContainer()
      let polygons =
        try (try? container.decode([[Double]].self)) ?? [container.decode([Double].self)]
      var points: [(x: Double, y: Double)] = []
      for polygon in polygons {
        for i in stride(from: 0, to: polygon.count - 1, by: 2) {
          points.append((polygon[i], polygon[i + 1]))
        }
      }
      hull = Outline(of: points)
    }
  }

  struct Annotation: Decodable {
    let id: Identifier?
    let imageID, categoryID: Identifier
    /// Left, top, width and height; of the outline where there is no box of its own.
    let box: [Double]
    let isCrowd: Bool

    private enum CodingKeys: String, CodingKey {
      case id
      case imageID = "image_id"
      case categoryID = "category_id"
      case box = "bbox"
      case isCrowd = "iscrowd"
      case outline = "segmentation"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      id = try values.decodeIfPresent(Identifier.self, forKey: .id)
      imageID = try values.decode(Identifier.self, forKey: .imageID)
      categoryID = try values.decode(Identifier.self, forKey: .categoryID)
      let own = try values.decodeIfPresent([Double].self, forKey: .box) ?? []
      // Outlines are long and mostly come with a box: they are read where there is none.
      if own.isEmpty, let outline = try values.decodeIfPresent(Segmentation.self, forKey: .outline)
      {
        let hull = outline.hull
        box = hull.map { [$0.left, $0.top, $0.right - $0.left, $0.bottom - $0.top] } ?? []
      } else {
        box = own
      }
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
