internal import Mathematics

/// How much two boxes cover each other, with its derivatives: what box regression learns from.
///
/// All forms add 1e-7 to heights, to the union and to the enclosing measure, as the field does. Computed
/// in double precision. Where two edges coincide, each box gets half of the derivative.
public struct Overlap: Sendable {
  /// Which measure of agreement.
  public enum Kind: CaseIterable, Sendable {
    /// Intersection over union.
    case iou
    /// GIoU: minus the part of the enclosing box that neither covers (Rezatofighi et al., CVPR 2019).
    case generalized
    /// DIoU: minus the squared distance of the centers (Zheng et al., AAAI 2020).
    case distance
    /// CIoU: minus the difference of the aspect ratios as well (Zheng et al., AAAI 2020).
    case complete
  }

  /// The four edges of a box, or the derivatives by them: left, top, right, bottom.
  public typealias Edges = SIMD4<Double>

  private static var epsilon: Double { 1e-7 }

  /// Compares two boxes given by their edges.
  ///
  /// The aspect angles are needed for ``Kind/complete`` alone: pass ``aspectAngle(_:)`` where a box is
  /// compared many times.
  public static func value(
    _ kind: Kind, _ a: Edges, _ b: Edges, angleA: Double? = nil, angleB: Double? = nil
  ) -> Double {
    let sizeA = size(a), sizeB = size(b)
    let inter = max(0, min(a.z, b.z) - max(a.x, b.x)) * max(0, min(a.w, b.w) - max(a.y, b.y))
    let union = sizeA.x * sizeA.y + sizeB.x * sizeB.y - inter + epsilon
    let iou = inter / union
    if kind == .iou { return iou }
    let width = max(a.z, b.z) - min(a.x, b.x), height = max(a.w, b.w) - min(a.y, b.y)
    if kind == .generalized {
      let hull = width * height + epsilon
      return iou - (hull - union) / hull
    }
    let x = b.x + b.z - a.x - a.z, y = b.y + b.w - a.y - a.w
    let apart = (x * x + y * y) / 4 / (width * width + height * height + epsilon)
    if kind == .distance { return iou - apart }
    let difference = (angleB ?? aspectAngle(b)) - (angleA ?? aspectAngle(a))
    let v = 4 / (Double.pi * Double.pi) * difference * difference
    return iou - (apart + v * (v / (v - iou + (1 + epsilon))))
  }

  /// The angle whose tangent is width over height.
  public static func aspectAngle(_ box: Edges) -> Double {
    let size = size(box)
    return ElementaryFunctions.atan(size.x / size.y)
  }

  /// The derivatives of ``value(_:_:_:angleA:angleB:)`` by the edges of both boxes.
  ///
  /// The weight of the aspect term counts as constant, as its authors have it. Boxes that only touch
  /// get no derivative through their intersection.
  public static func gradient(_ kind: Kind, _ a: Edges, _ b: Edges) -> (a: Edges, b: Edges) {
    var slopes = Slopes(a, b)
    let sizeA = size(a), sizeB = size(b)
    let wide = min(a.z, b.z) - max(a.x, b.x), high = min(a.w, b.w) - max(a.y, b.y)
    let inter = max(0, wide) * max(0, high)
    let union = sizeA.x * sizeA.y + sizeB.x * sizeB.y - inter + epsilon
    let width = max(a.z, b.z) - min(a.x, b.x), height = max(a.w, b.w) - min(a.y, b.y)
    var byUnion = -inter / (union * union), byWidth = 0.0, byHeight = 0.0
    var bySizeA = SIMD2<Double>(), bySizeB = SIMD2<Double>()
    switch kind {
    case .iou: break
    case .generalized:
      let hull = width * height + epsilon
      byUnion += 1 / hull
      byWidth = -union / (hull * hull) * height
      byHeight = -union / (hull * hull) * width
    case .distance, .complete:
      let x = b.x + b.z - a.x - a.z, y = b.y + b.w - a.y - a.w
      let diagonal = width * width + height * height + epsilon
      let squared = (x * x + y * y) / 4
      byWidth = 2 * width * squared / (diagonal * diagonal)
      byHeight = 2 * height * squared / (diagonal * diagonal)
      slopes.addCenters(SIMD2(x, y) / (2 * diagonal))
      guard kind == .complete else { break }
      let difference = aspectAngle(b) - aspectAngle(a)
      let v = 4 / (Double.pi * Double.pi) * difference * difference
      let weight = v / (v - inter / union + (1 + epsilon))
      let byAngle = weight * 8 / (Double.pi * Double.pi) * difference
      bySizeA = byAngle * angleSlope(sizeA)
      bySizeB = -byAngle * angleSlope(sizeB)
    }
    let byInter = 1 / union - byUnion
    if wide > 0 { slopes.addInner(x: byInter * max(0, high)) }
    if high > 0 { slopes.addInner(y: byInter * max(0, wide)) }
    slopes.addOuter(x: byWidth, y: byHeight)
    bySizeA += byUnion * SIMD2(sizeA.y, sizeA.x)
    bySizeB += byUnion * SIMD2(sizeB.y, sizeB.x)
    slopes.addSizes(bySizeA, bySizeB)
    return (slopes.ofA, slopes.ofB)
  }

  private static func size(_ box: Edges) -> SIMD2<Double> {
    SIMD2(box.z - box.x, box.w - box.y + epsilon)
  }

  private static func angleSlope(_ size: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2(size.y, -size.x) / (size.x * size.x + size.y * size.y)
  }
}

/// Collects derivatives by the edges of two boxes.
private struct Slopes {
  private let a, b: Overlap.Edges
  var ofA = Overlap.Edges(), ofB = Overlap.Edges()

  init(_ a: Overlap.Edges, _ b: Overlap.Edges) { (self.a, self.b) = (a, b) }

  /// The shares of a and b in the larger of two coordinates.
  private func larger(_ p: Double, _ q: Double) -> (Double, Double) {
    p == q ? (0.5, 0.5) : (p > q ? (1, 0) : (0, 1))
  }

  /// By the intersection's width.
  mutating func addInner(x: Double) {
    let right = larger(-a.z, -b.z), left = larger(a.x, b.x)
    ofA += x * SIMD4(-left.0, 0, right.0, 0)
    ofB += x * SIMD4(-left.1, 0, right.1, 0)
  }

  /// By the intersection's height.
  mutating func addInner(y: Double) {
    let bottom = larger(-a.w, -b.w), top = larger(a.y, b.y)
    ofA += y * SIMD4(0, -top.0, 0, bottom.0)
    ofB += y * SIMD4(0, -top.1, 0, bottom.1)
  }

  /// By the enclosing box's width and height.
  mutating func addOuter(x: Double, y: Double) {
    let right = larger(a.z, b.z), left = larger(-a.x, -b.x)
    let bottom = larger(a.w, b.w), top = larger(-a.y, -b.y)
    ofA += SIMD4(-x * left.0, -y * top.0, x * right.0, y * bottom.0)
    ofB += SIMD4(-x * left.1, -y * top.1, x * right.1, y * bottom.1)
  }

  /// By twice the distance of the centers, where more distance lowers the value.
  mutating func addCenters(_ step: SIMD2<Double>) {
    ofA += SIMD4(step.x, step.y, step.x, step.y)
    ofB -= SIMD4(step.x, step.y, step.x, step.y)
  }

  /// By width and height of either box.
  mutating func addSizes(_ sizeA: SIMD2<Double>, _ sizeB: SIMD2<Double>) {
    ofA += SIMD4(-sizeA.x, -sizeA.y, sizeA.x, sizeA.y)
    ofB += SIMD4(-sizeB.x, -sizeB.y, sizeB.x, sizeB.y)
  }
}

extension Box {
  /// Left, top, right and bottom edge in double precision.
  public var edges: Overlap.Edges { SIMD4(Double(minX), Double(minY), Double(maxX), Double(maxY)) }
}
