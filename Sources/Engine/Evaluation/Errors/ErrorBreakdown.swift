public import Geometry

/// How much of the mean average precision each kind of error costs.
///
/// For each kind an oracle mends all errors of it, and no other: the rise of the mean average precision
/// is what they cost. Wrong classes and loose boxes become hits (of all that are about one object the
/// surest, none where the object is found already); doubled detections, those of nothing and those that are wrong in
/// both ways go; missed objects are not asked for. The costs do not add up: one error can hide another.
/// Source: Bolya et al., "TIDE", ECCV 2020, section 2.3.
public struct ErrorBreakdown: Hashable, Sendable {
  /// What one kind costs.
  public struct Share: Hashable, Sendable {
    /// The kind.
    public let kind: DetectionErrorKind
    /// Detections or objects of the kind, at any confidence.
    public let count: Int
    /// The mean average precision at IoU 0.5 that is lost, mostly 0...1.
    public let lost: Double
    /// The average precision of each class that is lost, by class index.
    public let lostByClass: [Int: Double]
  }

  /// The mean average precision at IoU 0.5 as it is.
  public let map50: Double
  /// The kinds, in the order of ``DetectionErrorKind``.
  public let shares: [Share]
  /// What all false positives cost together.
  public let lostByFalsePositives: Double
  /// What all objects that are not found cost together.
  public let lostByFalseNegatives: Double

  /// Breaks down the errors of a set of images.
  ///
  /// - Parameters:
  ///   - results: The images.
  ///   - rules: Which version's arithmetic holds.
  public init(of results: [ImageResult<some CoordinateSpace>], rules: EvaluationRules = .current) {
    let table = ErrorTable(results, rules: rules)
    let base = table.averages(table.rows, objects: table.objects)
    map50 = table.mean(base)
    shares = DetectionErrorKind.allCases.map { kind in
      let (rows, objects) = table.mended(kind)
      let mended = table.averages(rows, objects: objects)
      let byClass = mended.reduce(into: [:]) { lost, entry in
        lost[entry.key] = entry.value - (base[entry.key] ?? 0)
      }
      return Share(
        kind: kind, count: table.count(of: kind), lost: table.mean(mended) - table.mean(base),
        lostByClass: byClass)
    }
    let hits = table.rows.filter(\.isTrue)
    lostByFalsePositives =
      table.mean(table.averages(hits, objects: table.objects)) - table.mean(base)
    var found = table.objects.mapValues { _ in 0 }
    for row in hits { found[row.classIndex, default: 0] += 1 }
    let foundOnly = table.averages(table.rows, objects: found)
    lostByFalseNegatives = table.mean(foundOnly) - table.mean(base)
  }

  /// What one kind costs.
  public subscript(kind: DetectionErrorKind) -> Share {
    guard let share = shares.first(where: { $0.kind == kind }) else {
      preconditionFailure("every kind has its share")
    }
    return share
  }
}

/// All detections of a set of images with what became of them.
private struct ErrorTable {
  /// One detection.
  struct Row {
    let confidence: Float
    var classIndex: Int
    var isTrue: Bool
    let verdict: DetectionVerdict
    let image: Int
  }

  /// By falling confidence; equal ones in the order of their images.
  let rows: [Row]
  /// The objects of each class.
  let objects: [Int: Int]
  private let missed: [Int: Int]
  private let truths: [[Int]]
  private let rules: EvaluationRules

  init(_ results: [ImageResult<some CoordinateSpace>], rules: EvaluationRules) {
    self.rules = rules
    truths = results.map { $0.truths.map(\.classIndex) }
    var rows: [Row] = []
    var missed: [Int: Int] = [:]
    for (number, result) in results.enumerated() {
      let judged = JudgedImage(result, rules: rules)
      for judgement in judged.judgements {
        let detection = result.detections[judgement.detection]
        var isTrue = false
        if case .hit = judgement.verdict { isTrue = true }
        rows.append(
          Row(
            confidence: detection.confidence, classIndex: detection.classIndex, isTrue: isTrue,
            verdict: judgement.verdict, image: number))
      }
      for truth in judged.missed { missed[result.truths[truth].classIndex, default: 0] += 1 }
    }
    self.rows = rows.indices.sorted {
      let (p, q) = (rows[$0].confidence, rows[$1].confidence)
      return p == q ? $0 < $1 : p > q
    }.map { rows[$0] }
    self.missed = missed
    objects = truths.flatMap(\.self).reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  func count(of kind: DetectionErrorKind) -> Int {
    if kind == .missed { return missed.values.reduce(0, +) }
    return rows.count { row in
      if case .error(kind, _) = row.verdict { true } else { false }
    }
  }

  /// The average precision at IoU 0.5 of each class that has objects or, where an oracle took them all,
  /// detections.
  func averages(_ rows: [Row], objects: [Int: Int]) -> [Int: Double] {
    var isTrue: [Int: [Bool]] = [:]
    for row in rows { isTrue[row.classIndex, default: []].append(row.isTrue) }
    return objects.reduce(into: [:]) { averages, entry in
      let own = isTrue[entry.key] ?? []
      guard entry.value > 0 || !own.isEmpty else { return }
      averages[entry.key] =
        own.isEmpty || entry.value == 0
        ? 0 : PrecisionRecall(own, objects: entry.value).average(rules)
    }
  }

  /// The mean over the classes, in their order, so that it has the same bits each time.
  func mean(_ averages: [Int: Double]) -> Double {
    averages.sorted { $0.key < $1.key }.map(\.value).mean
  }

  /// The rows and numbers of objects with all errors of one kind mended.
  func mended(_ kind: DetectionErrorKind) -> (rows: [Row], objects: [Int: Int]) {
    switch kind {
    case .missed:
      return (rows, objects.reduce(into: [:]) { $0[$1.key] = $1.value - (missed[$1.key] ?? 0) })
    case .both, .duplicate, .background:
      return (
        rows.filter { row in
          if case .error(kind, _) = row.verdict { false } else { true }
        }, objects
      )
    case .classification, .localization:
      struct Object: Hashable { let image, index: Int }
      var found: Set<Object> = []
      for row in rows {
        if case .hit(let truth) = row.verdict {
          found.insert(Object(image: row.image, index: truth))
        }
      }
      let mended = rows.compactMap { row -> Row? in
        guard case .error(let own, let truth?) = row.verdict,
          [.classification, .localization].contains(own)
        else { return row }
        // Rows come by falling confidence: the surest about an object, of either kind, finds it.
        let isFirst = found.insert(Object(image: row.image, index: truth)).inserted
        guard own == kind else { return row }
        guard isFirst else { return nil }
        var row = row
        (row.isTrue, row.classIndex) = (true, truths[row.image][truth])
        return row
      }
      return (mended, objects)
    }
  }
}
