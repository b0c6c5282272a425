internal import Geometry

/// Several models that speak with one voice: classes of one name are one class.
struct Ensemble {
  /// The classes of all models, each name once, in the order in which the models bring them.
  let classNames: [String]
  /// For each model the place of each of its classes in ``classNames``.
  private let places: [[Int]]

  init(_ names: [[String]]) {
    var all: [String] = [], place: [String: Int] = [:]
    places = names.map { names in
      names.map { name in
        if let known = place[name] { return known }
        all.append(name)
        place[name] = all.count - 1
        return all.count - 1
      }
    }
    classNames = all
  }

  /// What all models found on one image: of boxes of different models that cover each other the
  /// surest stays; of equally sure ones that of the earlier model.
  ///
  /// Boxes of one model have competed already, before they were clipped to the image.
  func merged(
    _ found: [[Detection<ImagePixels>]], options: PredictionOptions
  ) -> [Detection<ImagePixels>] {
    var candidates: [(model: Int, detection: Detection<ImagePixels>)] = []
    for (model, detections) in found.enumerated() {
      for var detection in detections {
        detection.classIndex = places[model][detection.classIndex]
        candidates.append((model, detection))
      }
    }
    let order = candidates.indices.sorted {
      let (a, b) = (candidates[$0].detection.confidence, candidates[$1].detection.confidence)
      return a == b ? $0 < $1 : a > b
    }
    var kept: [(model: Int, detection: Detection<ImagePixels>)] = []
    for index in order where kept.count < options.limit {
      let (model, detection) = candidates[index]
      let isCovered = kept.contains { other in
        other.model != model
          && (options.isAgnostic || other.detection.classIndex == detection.classIndex)
          && other.detection.box.iou(detection.box) > options.iou
      }
      if !isCovered { kept.append((model, detection)) }
    }
    return kept.map(\.detection)
  }
}
