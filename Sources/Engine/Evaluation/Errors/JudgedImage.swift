public import Geometry

/// The kinds of errors that a detector makes.
///
/// Source: Bolya, Foley, Hays, Hoffman, "TIDE: A General Toolbox for Identifying Object Detection Errors",
/// ECCV 2020, section 2.2.
public enum DetectionErrorKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// The place of an object, and another class.
  case classification
  /// An object's class, and a box that overlaps it too little.
  case localization
  /// Both at once: near an object of another class.
  case both
  /// An object that a surer detection has found already.
  case duplicate
  /// A detection where nothing is.
  case background
  /// An object that no detection is about.
  case missed
}

/// What became of one detection.
public enum DetectionVerdict: Hashable, Sendable {
  /// It is the object of this index.
  case hit(Int)
  /// It is an error; the index of the object that it is about, where there is one.
  case error(DetectionErrorKind, Int?)
}

/// Each detection and each object of one image, with what became of it.
public struct JudgedImage: Hashable, Sendable {
  /// One detection.
  public struct Judgement: Hashable, Sendable {
    /// Its index in the result.
    public let detection: Int
    /// What became of it.
    public let verdict: DetectionVerdict
    /// How far it overlaps the object that it is about; 0 without one.
    public let iou: Double
  }

  /// The detections, by falling confidence.
  public let judgements: [Judgement]
  /// The objects that no detection is about, by index.
  public let missed: [Int]

  /// Judges one image.
  ///
  /// Where several kinds apply, the first of localization, classification, duplicate and both holds, as in
  /// TIDE's own program.
  ///
  /// - Parameters:
  ///   - result: What was found, and what is there.
  ///   - rules: How detections are matched with objects.
  ///   - foreground: The IoU from which on a detection has an object's place.
  ///   - background: The IoU below which it has nothing to do with an object.
  public init(
    _ result: ImageResult<some CoordinateSpace>, rules: EvaluationRules = .current,
    foreground: Double = 0.5, background: Double = 0.1
  ) {
    let truths = result.truths
    let order = result.detections.indices.sorted {
      let (p, q) = (result.detections[$0].confidence, result.detections[$1].confidence)
      return p == q ? $0 < $1 : p > q
    }
    let overlaps = order.map { index in
      truths.map { intersectionOverUnion(result.detections[index].box, $0.box) }
    }
    let own = zip(order, overlaps).map { index, row in
      zip(row, truths).map { iou, truth in
        truth.classIndex == result.detections[index].classIndex ? iou : 0
      }
    }
    let matches =
      rules == .current
      ? greedyMatches(own, objects: truths.count) { $0 >= foreground }
      : pairedMatches(own, objects: truths.count, atLeast: foreground)
    var addressed = Set(matches.compactMap(\.self))
    var judgements: [Judgement] = []
    for (row, index) in order.enumerated() {
      if let truth = matches[row] {
        judgements.append(
          Judgement(detection: index, verdict: .hit(truth), iou: overlaps[row][truth]))
        continue
      }
      let same = Self.nearest(own[row])
      let other = Self.nearest(zip(overlaps[row], own[row]).map { $1 > 0 ? 0 : $0 })
      let verdict: DetectionVerdict, iou: Double
      if let same, same.iou >= background, same.iou < foreground {
        (verdict, iou) = (.error(.localization, same.index), same.iou)
      } else if let other, other.iou >= foreground {
        (verdict, iou) = (.error(.classification, other.index), other.iou)
      } else if let same, same.iou >= foreground {
        // All objects of the class that it has the place of are found by surer detections.
        (verdict, iou) = (.error(.duplicate, same.index), same.iou)
      } else if let other, other.iou >= background {
        (verdict, iou) = (.error(.both, other.index), other.iou)
      } else {
        (verdict, iou) = (.error(.background, nil), 0)
      }
      if case .error(let kind, let truth?) = verdict,
        [.localization, .classification].contains(kind)
      {
        addressed.insert(truth)
      }
      judgements.append(Judgement(detection: index, verdict: verdict, iou: iou))
    }
    self.judgements = judgements
    missed = truths.indices.filter { !addressed.contains($0) }
  }

  /// The object that overlaps most, of equal ones the first; nil where none overlaps.
  private static func nearest(_ overlaps: [Double]) -> (index: Int, iou: Double)? {
    guard let most = overlaps.max(), most > 0, let index = overlaps.firstIndex(of: most) else {
      return nil
    }
    return (index, most)
  }
}
