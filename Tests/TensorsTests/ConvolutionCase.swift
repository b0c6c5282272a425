import Mathematics
import Tensors
import TestSupport

/// One convolution with numbers to run it on, and the maps it runs on.
///
/// Every map is a slice of a wider one whose other channels hold a marker, so that a kernel that
/// touches its neighbors is found out.
final class ConvolutionCase {
  let shape: ConvolutionShape
  let weights: [Float]
  let bias: [Float]
  let x: Slice, residual: Slice, dz: Slice

  init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, count: Int = 1, height: Int,
    width: Int
  ) {
    shape = ConvolutionShape(inputs: inputs, outputs: outputs, kernel: kernel, stride: stride)
    var random = RandomSource(seed: 7, stream: UInt64(inputs * 1000 + outputs))
    let scale = (3 / Double(inputs * kernel * kernel)).squareRoot()
    weights = (0..<shape.weightCount).map { _ in Float(random.uniform(-scale, scale)) }
    bias = (0..<outputs).map { _ in Float(random.uniform(-1, 1)) }
    let size = shape.outputSize(height: height, width: width)
    x = Slice(count, height, width, inputs, &random)
    residual = Slice(count, size.height, size.width, outputs, &random)
    dz = Slice(count, size.height, size.width, outputs, &random)
  }

  /// What a backend makes of the case.
  struct Results: Equatable {
    var forward: [Float] = []
    var finished: [Float] = []
    var dataGradient: [Float] = []
    var accumulated: [Float] = []
    var weightGradient: [Float] = []
    var neighborsAreUntouched = false
  }

  /// Runs every pass.
  ///
  /// Channels beside the slices must come out untouched.
  func run(on compute: Compute) -> Results {
    var results = Results()
    let y = Slice(like: dz), dx = Slice(like: x)
    let forward = packed(weights, for: .forward, on: compute)
    let backward = packed(weights, for: .dataGradient, on: compute)
    // SAFETY: all buffers outlive the calls and have the extents of the shape.
    unsafe compute.backend.forward(
      shape, x: x.map, weights: forward.base, y: y.map, epilogue: Epilogue(), on: compute)
    results.forward = y.values()
    unsafe bias.withUnsafeBufferPointer { bias in
      unsafe compute.backend.forward(
        shape, x: x.map, weights: forward.base, y: y.map,
        epilogue: Epilogue(bias: bias.baseAddress, silu: true, residual: residual.map),
        on: compute)
    }
    results.finished = y.values()
    unsafe compute.backend.dataGradient(
      shape, dz: dz.map, weights: backward.base, dx: dx.map, accumulate: false, on: compute)
    results.dataGradient = dx.values()
    unsafe compute.backend.dataGradient(
      shape, dz: dz.map, weights: backward.base, dx: dx.map, accumulate: true, on: compute)
    results.accumulated = dx.values()
    var dw = [Float](repeating: 0.5, count: shape.weightCount)
    unsafe dw.withUnsafeMutableBufferPointer { dw in
      guard let base = dw.baseAddress else { return }
      unsafe compute.backend.weightGradient(shape, x: x.map, dz: dz.map, dw: base, on: compute)
    }
    results.weightGradient = dw
    results.neighborsAreUntouched =
      y.neighborsAreUntouched && dx.neighborsAreUntouched && x.neighborsAreUntouched
    return results
  }

  /// The sum of dz * (w * x), whose derivatives are what the gradients claim to be.
  func product(x values: [Float], weights: [Float], on compute: Compute) -> Double {
    let x = Slice(like: x), y = Slice(like: dz)
    x.fill(values)
    let packed = packed(weights, for: .forward, on: compute)
    // SAFETY: as in `run`.
    unsafe compute.backend.forward(
      shape, x: x.map, weights: packed.base, y: y.map, epilogue: Epilogue(), on: compute)
    return zip(y.values(), dz.values()).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  /// w * x and what may follow it, with weights packed for one of the forward uses.
  func forward(for use: PackedUse, on compute: Compute) -> [Float] {
    let y = Slice(like: dz)
    let packed = packed(weights, for: use, on: compute)
    // SAFETY: as in `run`.
    let epilogue = unsafe Epilogue(bias: nil, silu: true, residual: dz.map)
    unsafe compute.backend.forward(
      shape, x: x.map, weights: packed.base, packedFor: use, y: y.map, epilogue: epilogue,
      on: compute)
    return y.values()
  }

  private func packed(
    _ weights: [Float], for use: PackedUse, on compute: Compute
  ) -> FloatBuffer {
    let buffer = FloatBuffer(count: compute.backend.packedCount(shape, for: use))
    unsafe weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      unsafe compute.backend.pack(base, shape, for: use, into: buffer.base, on: compute)
    }
    return buffer
  }
}

/// A slice of channels in the middle of a wider map.
final class Slice {
  private static let marker: Float = 12345
  private static let margin = 3
  private let buffer: FloatBuffer
  private let whole: FeatureMap
  let map: FeatureMap

  /// A slice full of numbers from -1 to 1.
  convenience init(
    _ count: Int, _ height: Int, _ width: Int, _ channels: Int, _ random: inout RandomSource
  ) {
    self.init(count, height, width, channels)
    for pixel in 0..<map.pixels {
      for channel in 0..<channels {
        // SAFETY: inside the map.
        unsafe map.base[pixel * map.pixel + channel] = Float(random.uniform(-1, 1))
      }
    }
  }

  /// A slice of the same extents that holds the marker throughout.
  convenience init(like other: Slice) {
    let map = other.map
    self.init(map.count, map.height, map.width, map.channels)
  }

  private init(_ count: Int, _ height: Int, _ width: Int, _ channels: Int) {
    let pixel = channels + 2 * Slice.margin
    buffer = FloatBuffer(count: count * height * width * pixel)
    whole = buffer.map(count: count, height: height, width: width, channels: pixel)
    map = whole.slice(Slice.margin..<Slice.margin + channels)
    // SAFETY: inside the buffer.
    unsafe buffer.base.update(repeating: Slice.marker, count: buffer.count)
  }

  /// The numbers of the slice, NHWC.
  func values() -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(map.pixels * map.channels)
    for pixel in 0..<map.pixels {
      for channel in 0..<map.channels {
        // SAFETY: inside the map.
        unsafe values.append(map.base[pixel * map.pixel + channel])
      }
    }
    return values
  }

  /// Sets the numbers of the slice, NHWC.
  func fill(_ values: [Float]) {
    for (index, value) in values.enumerated() {
      // SAFETY: inside the map.
      unsafe map.base[index / map.channels * map.pixel + index % map.channels] = value
    }
  }

  /// Whether all channels beside the slice still hold the marker.
  var neighborsAreUntouched: Bool {
    for pixel in 0..<whole.pixels {
      for channel in 0..<Slice.margin {
        // SAFETY: inside the whole map.
        let row = unsafe whole.base + pixel * whole.pixel
        if unsafe row[channel] != Slice.marker { return false }
        if unsafe row[whole.pixel - 1 - channel] != Slice.marker { return false }
      }
    }
    return true
  }
}

/// The largest difference between two results, relative to the root mean square of the second.
func relativeError(_ got: [Float], _ want: [Float]) -> Double {
  guard got.count == want.count, !want.isEmpty else { return .infinity }
  var squares = 0.0, largest = 0.0
  for (a, b) in zip(got, want) {
    squares += Double(b) * Double(b)
    let difference = abs(Double(a) - Double(b))
    if difference.isNaN { return .infinity }
    largest = max(largest, difference)
  }
  return largest / max((squares / Double(want.count)).squareRoot(), 1e-20)
}
