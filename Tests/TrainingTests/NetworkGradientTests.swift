import Layers
import Mathematics
import Tensors
import Testing
import Training
import YOLO

/// The gradient of a whole network by finite differences, for one parameter of every kind.
@Suite struct NetworkGradientTests {
  private let model: Model
  private let network: TrainingNetwork
  private let images: Tensor
  /// ∂L/∂outputs: the loss is the sum of outputs times these numbers.
  private let cotangents: [Tensor]

  init() throws {
    model = Model(try TinyRun.architecture(classes: 2))
    model.initialize(seed: 1)
    network = try TrainingNetwork(
      model.graph, count: 3, height: 64, width: 64, on: TinyRun.compute(threads: 1))
    var random = RandomSource(seed: 5, purpose: 0)
    func noise(_ shape: Shape) -> Tensor {
      Tensor((0..<shape.count).map { _ in Float(random.uniform(-1, 1)) }, shape: shape)
    }
    images = noise([3, 3, 64, 64])
    cotangents = network.outputs.map { noise([$0.count, $0.channels, $0.height, $0.width]) }
  }

  private func loss() -> Double {
    network.input.fill(from: images)
    network.forward()
    return zip(network.outputs, cotangents).reduce(0) { sum, pair in
      zip(pair.0.tensor().scalars, pair.1.scalars).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
    }
  }

  @Test(arguments: [
    "0.conv.weight", "0.bn.weight", "0.bn.bias", "2.cv1.conv.weight", "2.m.0.cv1.conv.weight",
    "2.m.0.cv2.bn.weight", "3.conv.weight", "6.cv1.conv.weight", "6.cv2.bn.bias",
    "9.cv2.conv.weight", "9.m.0.cv2.conv.weight", "10.cv2.0.1.conv.weight", "10.cv2.1.2.weight",
    "10.cv3.2.2.bias", "10.cv3.0.0.bn.bias",
  ])
  func `the slope along a parameter's gradient is the gradient's length`(name: String) throws {
    let parameter = try #require(model.parameters.first { $0.name == "model." + name })
    _ = loss()
    for (map, cotangent) in zip(network.outputGradients, cotangents) { map.fill(from: cotangent) }
    network.backward()
    let gradient = (0..<parameter.count).map { Double(unsafe parameter.gradient.base[$0]) }
    let start = parameter.tensor.scalars
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    try #require(length > 0)
    // A step of a thousandth of the weights: small for the curvature, large for single precision.
    let norm = start.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let step = 2e-3 * max(norm, 1)
    func moved(_ sign: Double) -> Double {
      for i in start.indices {
        unsafe parameter.value.base[i] = Float(
          Double(start[i]) + sign * step * gradient[i] / length)
      }
      return loss()
    }
    let slope = (moved(1) - moved(-1)) / (2 * step)
    // Curvature and rounding together stay below one in a hundred.
    #expect(abs(slope / length - 1) < 0.01, "\(name): slope \(slope), gradient \(length)")
  }
}
