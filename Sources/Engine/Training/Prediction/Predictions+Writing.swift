public import Files
public import Foundation
internal import Geometry

extension PredictedImage {
  /// The detections as rows of a label file: class, center and size as fractions, six digits each.
  ///
  /// - Parameter withConfidence: Whether the score follows as a sixth number (`save_conf`).
  /// - Returns: One line a detection; empty for none.
  public func labelText(withConfidence: Bool = false) -> String {
    detections.map { detection in
      let box = detection.box.normalized(width: width, height: height)
      var numbers = [box.centerX, box.centerY, box.width, box.height]
      if withConfidence { numbers.append(detection.confidence) }
      let words = numbers.map { String(format: "%.6f", Double($0)) }
      return "\(detection.classIndex) \(words.joined(separator: " "))\n"
    }.joined()
  }
}

extension Predictions {
  /// Writes a label file for every image: `<name>.txt`, empty where nothing was found.
  ///
  /// Images of one name in different folders get `<name>-2.txt`, `<name>-3.txt` and so on, in order.
  ///
  /// - Parameters:
  ///   - folder: Where to; made where it is missing.
  ///   - withConfidence: Whether scores follow as sixth numbers (`save_conf`).
  /// - Returns: The files in the order of the images.
  /// - Throws: ``FileError`` with the path and the system's reason.
  @discardableResult
  public func writeLabels(
    to folder: String, withConfidence: Bool = false
  ) throws(FileError) -> [String] {
    var files: [String] = [], taken: Set<String> = []
    for image in images {
      let stem = PathText.withoutSuffix(image.name)
      var name = stem, number = 1
      while !taken.insert(name).inserted {
        number += 1
        name = "\(stem)-\(number)"
      }
      let file = folder + "/" + name + ".txt"
      try AtomicFile.write(image.labelText(withConfidence: withConfidence), to: file)
      files.append(file)
    }
    return files
  }

  /// The predictions as JSON: model, class names, and for each image its file, sides and detections.
  ///
  /// Boxes are `x1`, `y1`, `x2`, `y2` in pixels of the image. The bytes depend on the predictions
  /// alone.
  public func json() -> Data {
    let content = Content(
      model: model, names: classNames,
      images: images.map { image in
        Content.Image(
          file: image.file, width: image.width, height: image.height,
          detections: image.detections.map { detection in
            Content.Found(
              name: classNames[detection.classIndex], classIndex: detection.classIndex,
              confidence: detection.confidence,
              box: Content.Corners(
                x1: detection.box.minX, y1: detection.box.minY, x2: detection.box.maxX,
                y2: detection.box.maxY))
          })
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(content) else {
      preconditionFailure("scores and boxes are finite, and JSON can hold them")
    }
    return data + Data("\n".utf8)
  }

  private struct Content: Encodable {
    let model: String, names: [String], images: [Image]

    struct Image: Encodable {
      let file: String, width: Int, height: Int, detections: [Found]
    }

    struct Found: Encodable {
      let name: String, classIndex: Int, confidence: Float, box: Corners

      enum CodingKeys: String, CodingKey {
        case name, confidence, box
        case classIndex = "class"
      }
    }

    struct Corners: Encodable {
      let x1, y1, x2, y2: Float
    }
  }
}
