internal import Foundation
public import Tensors

/// The definition of a convolution, written down plainly and added up in double precision.
///
/// Slow by design: the other backends are compared with it.
public struct ReferenceBackend: ConvolutionBackend {
  /// The name in failure messages.
  public let name = "reference"
  /// True: every output is a sum of its own.
  public let computesImagesApart = true

  /// The one reference there is.
  public init() {}

  /// The number of weights: nothing is packed.
  public func packedCount(_ shape: ConvolutionShape, for use: PackedUse) -> Int {
    shape.weightCount
  }

  /// Copies the weights as they are.
  public func pack(
    _ weights: UnsafePointer<Float>, _ shape: ConvolutionShape, for use: PackedUse,
    into packed: UnsafeMutablePointer<Float>, on compute: Compute
  ) {
    // SAFETY: both hold `weightCount` floats.
    unsafe packed.update(from: weights, count: shape.weightCount)
  }

  /// y = epilogue(w * x).
  public func forward(
    _ shape: ConvolutionShape, x: FeatureMap, weights: UnsafePointer<Float>,
    packedFor use: PackedUse, y: FeatureMap, epilogue: Epilogue, on compute: Compute
  ) {
    forEachPixel(shape, x, y) { out, taps in
      for o in 0..<shape.outputs {
        // SAFETY: pixels, channels and weight indices are those of the shape.
        var sum = unsafe Double(epilogue.bias?[o] ?? 0)
        for tap in taps {
          for i in 0..<shape.inputs {
            unsafe sum +=
              Double(x.base[tap.pixel * x.pixel + i])
              * Double(weights[index(shape, o, i, tap.weight)])
          }
        }
        if epilogue.silu { sum /= 1 + exp(-sum) }
        if let residual = epilogue.residual {
          unsafe sum += Double(residual.base[out * residual.pixel + o])
        }
        unsafe y.base[out * y.pixel + o] = Float(sum)
      }
    }
  }

  /// dx = ∂L/∂x.
  public func dataGradient(
    _ shape: ConvolutionShape, dz: FeatureMap, weights: UnsafePointer<Float>, dx: FeatureMap,
    accumulate: Bool, on compute: Compute
  ) {
    var sums = [Double](repeating: 0, count: dx.pixels * dx.channels)
    forEachPixel(shape, dx, dz) { out, taps in
      for tap in taps {
        for o in 0..<shape.outputs {
          for i in 0..<shape.inputs {
            // SAFETY: as above.
            unsafe sums[tap.pixel * shape.inputs + i] +=
              Double(dz.base[out * dz.pixel + o])
              * Double(weights[index(shape, o, i, tap.weight)])
          }
        }
      }
    }
    for pixel in 0..<dx.pixels {
      for i in 0..<shape.inputs {
        // SAFETY: as above.
        let old = unsafe accumulate ? Double(dx.base[pixel * dx.pixel + i]) : 0
        unsafe dx.base[pixel * dx.pixel + i] = Float(old + sums[pixel * shape.inputs + i])
      }
    }
  }

  /// Computes ∂L/∂w of the shards at hand, a sum for each of their trees.
  public func weightGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, shards: BatchShards,
    sums: UnsafeMutablePointer<Float>, adding: Bool, on compute: Compute
  ) {
    for (index, tree) in shards.trees.enumerated() {
      let first = shards.localImages(of: tree.lowerBound).lowerBound
      let images = first..<shards.localImages(of: tree.upperBound - 1).upperBound
      let dw = unsafe sums + index * shape.weightCount
      if !adding { unsafe dw.update(repeating: 0, count: shape.weightCount) }
      unsafe addGradient(shape, x: x.images(images), dz: dz.images(images), dw: dw)
    }
  }

  private func addGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, dw: UnsafeMutablePointer<Float>
  ) {
    var sums = [Double](repeating: 0, count: shape.weightCount)
    forEachPixel(shape, x, dz) { out, taps in
      for tap in taps {
        for o in 0..<shape.outputs {
          for i in 0..<shape.inputs {
            // SAFETY: as above.
            unsafe sums[index(shape, o, i, tap.weight)] +=
              Double(dz.base[out * dz.pixel + o])
              * Double(x.base[tap.pixel * x.pixel + i])
          }
        }
      }
    }
    for (index, sum) in sums.enumerated() { unsafe dw[index] = Float(Double(dw[index]) + sum) }
  }
}

/// A position of the window that lies inside the image: the input pixel, and the place in K x K.
private struct Tap {
  let pixel: Int
  let weight: Int
}

/// Where weight (o, i, ky, kx) lies, with `tap` = ky * K + kx.
private func index(_ shape: ConvolutionShape, _ o: Int, _ i: Int, _ tap: Int) -> Int {
  (o * shape.inputs + i) * shape.kernel * shape.kernel + tap
}

/// Visits every output pixel with the input pixels its window sees.
private func forEachPixel(
  _ shape: ConvolutionShape, _ x: FeatureMap, _ y: FeatureMap, _ visit: (Int, [Tap]) -> Void
) {
  shape.check(input: x, output: y)
  for n in 0..<y.count {
    for row in 0..<y.height {
      for column in 0..<y.width {
        var taps: [Tap] = []
        for ky in 0..<shape.kernel {
          for kx in 0..<shape.kernel {
            let v = row * shape.stride + ky - shape.kernel / 2
            let u = column * shape.stride + kx - shape.kernel / 2
            guard v >= 0, v < x.height, u >= 0, u < x.width else { continue }
            taps.append(
              Tap(pixel: (n * x.height + v) * x.width + u, weight: ky * shape.kernel + kx))
          }
        }
        visit((n * y.height + row) * y.width + column, taps)
      }
    }
  }
}
