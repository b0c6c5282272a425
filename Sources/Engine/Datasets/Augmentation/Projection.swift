package import Geometry
internal import Mathematics

/// A projective map of the plane: a 3 x 3 matrix that takes source pixels to output pixels.
package struct Projection: Equatable, Sendable {
  /// Row by row.
  package var m: [Double]

  package init(_ m: [Double]) {
    precondition(m.count == 9, "a projection has nine numbers")
    self.m = m
  }

  package static let identity = Projection([1, 0, 0, 0, 1, 0, 0, 0, 1])

  /// Whether parallels stay parallel.
  package var isAffine: Bool { m[6] == 0 && m[7] == 0 }

  /// First `b`, then `a`.
  package static func * (a: Projection, b: Projection) -> Projection {
    var product = [Double](repeating: 0, count: 9)
    for row in 0..<3 {
      for column in 0..<3 {
        let (x, y) = (a.m[3 * row] * b.m[column], a.m[3 * row + 1] * b.m[3 + column])
        product[3 * row + column] = x + y + a.m[3 * row + 2] * b.m[6 + column]
      }
    }
    return Projection(product)
  }

  /// The map back, by cofactors; nil where there is none.
  package var inverse: Projection? {
    func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a] * m[d] - m[b] * m[c] }
    let cofactors = [
      minor(4, 5, 7, 8), -minor(1, 2, 7, 8), minor(1, 2, 4, 5),
      -minor(3, 5, 6, 8), minor(0, 2, 6, 8), -minor(0, 2, 3, 5),
      minor(3, 4, 6, 7), -minor(0, 1, 6, 7), minor(0, 1, 3, 4),
    ]
    let determinant = m[0] * cofactors[0] + m[1] * cofactors[3] + m[2] * cofactors[6]
    guard determinant != 0, determinant.isFinite else { return nil }
    return Projection(cofactors.map { $0 / determinant })
  }

  /// The upright hull of the box's four corners after the map; not clipped.
  package func hull(of box: Box<InputPixels>) -> Box<InputPixels> {
    var hull = Box<InputPixels>(
      minX: .infinity, minY: .infinity, maxX: -.infinity, maxY: -.infinity)
    for (x, y) in [
      (box.minX, box.minY), (box.maxX, box.maxY), (box.minX, box.maxY), (box.maxX, box.minY),
    ] {
      let (x, y) = (Double(x), Double(y))
      let w = m[6] * x + m[7] * y + m[8]
      let mapped = (
        Float((m[0] * x + m[1] * y + m[2]) / w), Float((m[3] * x + m[4] * y + m[5]) / w)
      )
      (hull.minX, hull.maxX) = (min(hull.minX, mapped.0), max(hull.maxX, mapped.0))
      (hull.minY, hull.maxY) = (min(hull.minY, mapped.1), max(hull.maxY, mapped.1))
    }
    return hull
  }
}

/// How one image is turned, scaled, sheared, moved and tilted.
package struct AffineParameters: Equatable, Sendable {
  /// Counter-clockwise.
  package var degrees = 0.0
  package var scale = 1.0
  /// In degrees along each axis.
  package var shearX = 0.0, shearY = 0.0
  /// Where the source's center comes to lie, as parts of the output's sides.
  package var centerX = 0.5, centerY = 0.5
  package var perspectiveX = 0.0, perspectiveY = 0.0

  package init() {}

  /// The parameters that eight numbers from -1...1 mean under the options.
  init(_ draws: [Double], _ options: AugmentationOptions) {
    (perspectiveX, perspectiveY) = (draws[0] * options.perspective, draws[1] * options.perspective)
    (degrees, scale) = (draws[2] * options.degrees, 1 + draws[3] * options.scale)
    (shearX, shearY) = (draws[4] * options.shear, draws[5] * options.shear)
    (centerX, centerY) = (0.5 + draws[6] * options.translate, 0.5 + draws[7] * options.translate)
  }

  /// translation * shear * rotation and scale * perspective * shift of the center to the origin.
  package func projection(
    fromWidth: Int, fromHeight: Int, toWidth: Int, toHeight: Int
  ) -> Projection {
    let radians = Double.pi / 180
    let center = Projection([1, 0, -Double(fromWidth) / 2, 0, 1, -Double(fromHeight) / 2, 0, 0, 1])
    let tilt = Projection([1, 0, 0, 0, 1, 0, perspectiveX, perspectiveY, 1])
    let a = scale * ElementaryFunctions.cos(degrees * radians)
    let b = scale * ElementaryFunctions.sin(degrees * radians)
    let turn = Projection([a, b, 0, -b, a, 0, 0, 0, 1])
    let shear = Projection([
      1, ElementaryFunctions.tan(shearX * radians), 0,
      ElementaryFunctions.tan(shearY * radians), 1, 0, 0, 0, 1,
    ])
    let move = Projection([
      1, 0, centerX * Double(toWidth), 0, 1, centerY * Double(toHeight), 0, 0, 1,
    ])
    return move * shear * turn * tilt * center
  }
}

/// Which boxes stay after a map: at least two pixels, a tenth of their area, and no splinters.
///
/// - Parameters:
///   - before: The box before the map, multiplied by the scale parameter.
///   - after: The box after the map, clipped.
/// - Returns: Whether the box stays.
package func isCandidate(before: Box<InputPixels>, after: Box<InputPixels>) -> Bool {
  let (w1, h1, w2, h2) = (before.width, before.height, after.width, after.height)
  let epsilon: Float = 1e-16
  let aspect = max(w2 / (h2 + epsilon), h2 / (w2 + epsilon))
  return w2 > 2 && h2 > 2 && w2 * h2 / (w1 * h1 + epsilon) > 0.1 && aspect < 100
}
