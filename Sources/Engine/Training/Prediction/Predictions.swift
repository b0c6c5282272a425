public import Geometry

/// What was found on one image.
public struct PredictedImage: Hashable, Sendable {
  /// The image's file.
  public let file: String
  /// Its sides in pixels as people see it, EXIF orientation applied.
  public let width, height: Int
  /// What was found, surest first; boxes lie inside the image.
  public var detections: [Detection<ImagePixels>]

  /// What was found on one image.
  public init(file: String, width: Int, height: Int, detections: [Detection<ImagePixels>]) {
    (self.file, self.width, self.height) = (file, width, height)
    self.detections = detections
  }

  /// The file's name without its folders.
  public var name: String { file.split(separator: "/").last.map(String.init) ?? file }
}

/// What one model, or several with one voice, found on some images.
public struct Predictions: Hashable, Sendable {
  /// What people call the model; several names are joined by " + ".
  public let model: String
  /// The classes by the index that detections carry.
  public let classNames: [String]
  /// The images in the order in which they were asked for.
  public var images: [PredictedImage]

  /// Predictions from their parts.
  public init(model: String, classNames: [String], images: [PredictedImage]) {
    (self.model, self.classNames, self.images) = (model, classNames, images)
  }

  /// Detections of each class, in the order of ``classNames``.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: classNames.count)
    for image in images {
      for detection in image.detections { counts[detection.classIndex] += 1 }
    }
    return counts
  }
}
