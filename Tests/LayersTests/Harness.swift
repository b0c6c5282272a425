import Layers
import Tensors
import TestSupport
import Testing

/// A small network with the weights of a golden block.
struct Harness {
  let graph: Graph
  let units: [ConvolutionUnit]

  init(
    _ golden: GoldenFile, mode: String, imageChannels: Int,
    build: (inout GraphBuilder, inout [ConvolutionUnit]) -> GraphBuilder.Value
  ) throws {
    var builder = GraphBuilder(imageChannels: imageChannels)
    var units: [ConvolutionUnit] = []
    let output = build(&builder, &units)
    graph = builder.build(outputs: [output])
    self.units = units
    for unit in units {
      for parameter in unit.parameters {
        assign(try golden.tensor("state." + trimmed(parameter.name)), to: parameter.value)
      }
      guard let normalization = unit.normalization else { continue }
      let name = "state." + trimmed(normalization.name)
      assign(try golden.tensor(name + ".running_mean"), to: normalization.runningMean)
      assign(try golden.tensor(name + ".running_var"), to: normalization.runningVariance)
      normalization.batchesTracked = try golden.integers(name + ".num_batches_tracked")[0]
      normalization.usesBatchStatistics = mode == "train"
    }
  }

  /// Compares every parameter's gradient.
  func expectGradients(_ golden: GoldenFile, _ prefix: String, _ label: String) throws {
    for parameter in units.flatMap(\.parameters) {
      let name = trimmed(parameter.name), wanted = try golden.tensor(prefix + name)
      expectGolden(
        tensor(parameter.gradient, parameter.shape), equals: wanted, "\(label) grad \(name)",
        absolute: 1e-4 * wanted.largest)
    }
  }

  /// Compares the running statistics after one forward pass.
  func expectStatistics(_ golden: GoldenFile, _ label: String) throws {
    for normalization in units.compactMap(\.normalization) {
      let name = "train.buffer_after." + trimmed(normalization.name)
      let shape: Shape = [normalization.channels]
      expectGolden(
        tensor(normalization.runningMean, shape), equals: try golden.tensor(name + ".running_mean"),
        "\(label) running mean", absolute: 1e-6, relative: 1e-5)
      expectGolden(
        tensor(normalization.runningVariance, shape),
        equals: try golden.tensor(name + ".running_var"), "\(label) running variance",
        absolute: 1e-6, relative: 1e-5)
      #expect(
        normalization.batchesTracked == (try golden.integers(name + ".num_batches_tracked")[0]))
    }
  }

  /// A single block's names begin with a dot.
  private func trimmed(_ name: String) -> String {
    name.hasPrefix(".") ? String(name.dropFirst()) : name
  }
}

/// Overwrites a buffer.
func assign(_ tensor: Tensor, to buffer: FloatBuffer) {
  precondition(tensor.shape.count <= buffer.count)
  for (i, value) in tensor.scalars.enumerated() { unsafe buffer.base[i] = value }
}

/// The start of a buffer.
func tensor(_ buffer: FloatBuffer, _ shape: Shape) -> Tensor {
  Tensor((0..<shape.count).map { unsafe buffer.base[$0] }, shape: shape)
}

extension Tensor {
  /// The largest magnitude.
  var largest: Float { scalars.reduce(0) { max($0, abs($1)) } }
}
