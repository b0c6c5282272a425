package import Geometry
internal import Mathematics

/// What the network says so far about the cells of one image, as the assigner asks for it.
package protocol AnchorPredictions {
  /// The score, 0...1, of a class at an anchor.
  mutating func score(anchor: Int, classIndex: Int) -> Double
  /// The box predicted at an anchor, in input pixels.
  mutating func box(anchor: Int) -> Overlap.Edges
}

/// Decides which cells are to learn which object: those whose box and class agree best with it already.
///
/// Feng et al., "TOOD: Task-aligned One-stage Object Detection", ICCV 2021, in the form of YOLOv8: the
/// alignment of anchor and object is score^alpha * CIoU^beta, each object takes its `topK` best
/// anchors among those whose centers lie inside it, and an anchor that several objects took goes to
/// the one it overlaps most. Equal alignments are taken in anchor order, equal overlaps in the order
/// of the objects. Anchors without any alignment are never taken.
public struct TaskAlignedAssigner: Hashable, Sendable {
  /// How many anchors an object takes at most.
  public var topK = 10
  /// The exponent of the class score.
  public var alpha = 0.5
  /// The exponent of the overlap.
  public var beta = 6.0
  /// Sides below this many pixels count as that long when anchors inside are looked for; 0 for none.
  public var smallestSide = 16.0

  /// An assigner with the usual numbers.
  public init() {}

  /// An object in input pixels.
  package struct Object: Sendable {
    package var box: Overlap.Edges
    package var classIndex: Int

    package init(box: Overlap.Edges, classIndex: Int) {
      (self.box, self.classIndex) = (box, classIndex)
    }
  }

  /// One anchor that learns.
  package struct Assignment: Hashable, Sendable {
    package var anchor: Int
    /// Which of the objects it learns.
    package var object: Int
    /// What its class score shall be, 0...1; also its weight in the box losses.
    package var target: Double
  }

  /// The anchors that learn, in anchor order.
  package func assign(
    _ objects: [Object], on grid: AnchorGrid, seeing predictions: inout some AnchorPredictions
  ) -> [Assignment] {
    guard !objects.isEmpty else { return [] }
    var claims = Claims(anchors: grid.count)
    for (index, object) in objects.enumerated() {
      let angle = Overlap.aspectAngle(object.box)
      var best = Best(limit: topK)
      forEachAnchor(inside: object.box, of: grid) { anchor in
        let box = predictions.box(anchor: anchor)
        let overlap = Overlap.value(
          .complete, object.box, box, angleA: angle, angleB: claims.angle(of: box, at: anchor))
        guard overlap > 0 else { return }
        claims.see(anchor, object: index, overlap: overlap)
        let score = predictions.score(anchor: anchor, classIndex: object.classIndex)
        best.offer(anchor, overlap, alignment: alignment(score: score, overlap: overlap))
      }
      for entry in best.entries {
        claims.claim(entry.anchor, object: index, overlap: entry.overlap)
      }
    }
    return targets(of: claims, objects, seeing: &predictions)
  }

  /// How well an anchor agrees with an object.
  private func alignment(score: Double, overlap: Double) -> Double {
    if alpha == 0.5, beta == 6 {
      let cube = overlap * overlap * overlap
      return score.squareRoot() * (cube * cube)
    }
    return ElementaryFunctions.pow(score, alpha) * ElementaryFunctions.pow(overlap, beta)
  }

  /// Turns claims into class targets: an object's best anchor gets the object's best overlap, the
  /// others less in proportion to their alignment.
  private func targets(
    of claims: Claims, _ objects: [Object], seeing predictions: inout some AnchorPredictions
  ) -> [Assignment] {
    var assignments: [Assignment] = []
    var bestAlignment = [Double](repeating: 0, count: objects.count)
    var bestOverlap = bestAlignment
    for (anchor, object, overlap) in claims.settled() {
      let score = predictions.score(anchor: anchor, classIndex: objects[object].classIndex)
      let value = alignment(score: score, overlap: overlap)
      bestAlignment[object] = max(bestAlignment[object], value)
      bestOverlap[object] = max(bestOverlap[object], overlap)
      assignments.append(Assignment(anchor: anchor, object: object, target: value))
    }
    for i in assignments.indices {
      let object = assignments[i].object
      assignments[i].target *= bestOverlap[object] / (bestAlignment[object] + 1e-9)
    }
    return assignments
  }

  /// Calls `body` for the anchors whose centers lie inside a box, in anchor order.
  private func forEachAnchor(
    inside box: Overlap.Edges, of grid: AnchorGrid, _ body: (Int) -> Void
  ) {
    let columns = grown(box.x, box.z), rows = grown(box.y, box.w)
    for level in grid.levels {
      let xs = cells(inside: columns, stride: level.stride, count: level.width)
      for y in cells(inside: rows, stride: level.stride, count: level.height) {
        for x in xs { body(level.first + y * level.width + x) }
      }
    }
  }

  /// The interval between two edges, no shorter than the smallest side.
  private func grown(_ low: Double, _ high: Double) -> (Double, Double) {
    guard high - low < smallestSide else { return (low, high) }
    let center = (low + high) / 2
    return (center - smallestSide / 2, center + smallestSide / 2)
  }

  /// The cells of a row whose centers lie more than 1e-9 inside an interval.
  private func cells(inside edges: (Double, Double), stride: Int, count: Int) -> Range<Int> {
    guard edges.0 < edges.1 else { return 0..<0 }
    let step = Double(stride), limit = Double(count)
    var first = Int(min(max((edges.0 / step - 1).rounded(.down), 0), limit))
    while first < count, !((Double(first) + 0.5) * step - edges.0 > 1e-9) { first += 1 }
    var last = Int(min(max((edges.1 / step + 1).rounded(.up), 0), limit))
    while last > first, !(edges.1 - (Double(last) - 0.5) * step > 1e-9) { last -= 1 }
    return first..<last
  }
}

/// The best anchors of one object so far.
private struct Best {
  let limit: Int
  /// By falling alignment; equal ones in the order in which they were offered.
  var entries: [(anchor: Int, overlap: Double, alignment: Double)] = []

  init(limit: Int) {
    self.limit = limit
    entries.reserveCapacity(limit + 1)
  }

  mutating func offer(_ anchor: Int, _ overlap: Double, alignment: Double) {
    guard alignment > 0 else { return }
    if entries.count == limit {
      guard let last = entries.last, alignment > last.alignment else { return }
    }
    var place = entries.count
    while place > 0, entries[place - 1].alignment < alignment { place -= 1 }
    entries.insert((anchor, overlap, alignment), at: place)
    if entries.count > limit { entries.removeLast() }
  }
}

/// Which object wants which anchor.
private struct Claims {
  private var angles: [Double]
  private var claimed: [(count: Int32, object: Int32, overlap: Double)]
  private var largest: [(object: Int32, overlap: Double)]

  init(anchors: Int) {
    angles = [Double](repeating: .nan, count: anchors)
    claimed = [(count: Int32, object: Int32, overlap: Double)](
      repeating: (0, 0, 0), count: anchors)
    largest = [(object: Int32, overlap: Double)](repeating: (0, 0), count: anchors)
  }

  /// The aspect angle of an anchor's box, computed once.
  mutating func angle(of box: Overlap.Edges, at anchor: Int) -> Double {
    if angles[anchor].isNaN { angles[anchor] = Overlap.aspectAngle(box) }
    return angles[anchor]
  }

  mutating func see(_ anchor: Int, object: Int, overlap: Double) {
    if overlap > largest[anchor].overlap { largest[anchor] = (Int32(object), overlap) }
  }

  mutating func claim(_ anchor: Int, object: Int, overlap: Double) {
    claimed[anchor] = (claimed[anchor].count + 1, Int32(object), overlap)
  }

  /// The taken anchors, each with the one object that gets it.
  func settled() -> [(anchor: Int, object: Int, overlap: Double)] {
    claimed.indices.compactMap { anchor in
      let claim = claimed[anchor]
      guard claim.count > 0 else { return nil }
      let winner = claim.count == 1 ? (claim.object, claim.overlap) : largest[anchor]
      return (anchor, Int(winner.0), winner.1)
    }
  }
}
