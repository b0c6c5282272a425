import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// Blocks of the network against PyTorch: outputs, gradients, running statistics.
@Suite(.golden("blocks")) struct GoldenBlockTests {
  /// A block of the golden data: how to write it down, and where its channels split.
  struct Block: CustomTestStringConvertible, Sendable {
    let file: String
    let build:
      @Sendable (inout GraphBuilder, inout [ConvolutionUnit], [Shape]) -> GraphBuilder.Value
    var testDescription: String { file }
  }

  static let blocks: [Block] = [
    convolution("conv_1x1", kernel: 1, stride: 1),
    convolution("conv_3x3_s1", kernel: 3, stride: 1),
    convolution("conv_3x3_s2", kernel: 3, stride: 2),
    bottleneck("bottleneck_plain", shortcut: false),
    bottleneck("bottleneck_shortcut", shortcut: true),
    c2f("c2f_n2_plain", shortcut: false),
    c2f("c2f_n2_shortcut", shortcut: true),
    Block(file: "sppf") { builder, units, shapes in
      let hidden = unit("cv1", shapes[0][1], shapes[0][1] / 2, 1, &units)
      var parts = [builder.convolution(hidden, of: builder.images)]
      for _ in 0..<3 { parts.append(builder.maxPool(parts[parts.count - 1], kernel: 5)) }
      let joined = builder.concatenation(parts)
      return builder.convolution(unit("cv2", joined.count, shapes[1][1], 1, &units), of: joined)
    },
    Block(file: "maxpool_5x5") { builder, _, _ in builder.maxPool(builder.images, kernel: 5) },
    Block(file: "maxpool_5x5_ties") { builder, _, _ in builder.maxPool(builder.images, kernel: 5) },
    Block(file: "upsample_nearest_x2") { builder, _, _ in
      builder.upsample(builder.images, factor: 2)
    },
  ]

  @Test(arguments: blocks, TestedBackend.all)
  func `a block agrees with PyTorch`(block: Block, tested: TestedBackend) throws {
    for mode in ["train", "eval"] {
      for memoryMode in MemoryMode.allCases {
        try compare(block, mode: mode, memoryMode: memoryMode, on: tested)
      }
    }
  }

  @Test func `concatenation agrees with PyTorch`() throws {
    let folder = try #require(Shared.golden("blocks"))
    let golden = try GoldenFile(folder.appendingPathComponent("concat.safetensors"))
    let first = try golden.tensor("input0"), second = try golden.tensor("input1")
    let split = first.shape[1], channels = split + second.shape[1]
    var builder = GraphBuilder(imageChannels: channels)
    let joined = builder.concatenation([
      builder.images.slice(0..<split), builder.images.slice(split..<channels),
    ])
    let plan = try TrainingNetwork(
      builder.build(outputs: [joined]), count: first.shape[0], height: first.shape[2],
      width: first.shape[3], inputGradient: true,
      on: Compute(pool: ThreadPool(threads: 2), backend: NativeBackend()))
    plan.input.slice(0..<split).fill(from: first)
    plan.input.slice(split..<channels).fill(from: second)
    plan.forward()
    expectGolden(
      plan.outputs[0].tensor(), equals: try golden.tensor("train.output"), "concat", absolute: 0)
    plan.outputGradients[0].fill(from: try golden.tensor("cotangent"))
    plan.backward()
    let gradient = try #require(plan.inputGradient)
    expectGolden(
      gradient.slice(0..<split).tensor(), equals: try golden.tensor("train.grad_input0"),
      "concat grad_input0", absolute: 0)
    expectGolden(
      gradient.slice(split..<channels).tensor(), equals: try golden.tensor("train.grad_input1"),
      "concat grad_input1", absolute: 0)
  }

  private func compare(
    _ block: Block, mode: String, memoryMode: MemoryMode, on tested: TestedBackend
  ) throws {
    let folder = try #require(Shared.golden("blocks"))
    let golden = try GoldenFile(folder.appendingPathComponent("\(block.file).safetensors"))
    let input = try golden.tensor("input"), output = try golden.tensor("\(mode).output")
    let network = try Harness(golden, mode: mode, imageChannels: input.shape[1]) { builder, units in
      block.build(&builder, &units, [input.shape, output.shape])
    }
    let label = "\(tested.backend.name) \(block.file) \(mode) \(memoryMode)"
    let plan = try TrainingNetwork(
      network.graph, count: input.shape[0], height: input.shape[2], width: input.shape[3],
      memoryMode: memoryMode, inputGradient: true, on: tested.compute)
    plan.input.fill(from: input)
    plan.forward()
    // Single precision, other order of sums: the tolerances are those of the golden data's notes.
    expectGolden(
      plan.outputs[0].tensor(), equals: output, "\(label) output", absolute: 1e-5, relative: 1e-4)
    plan.outputGradients[0].fill(from: try golden.tensor("cotangent"))
    plan.backward()
    try network.expectGradients(golden, "\(mode).grad.", label)
    if mode == "train" { try network.expectStatistics(golden, label) }
    let wanted = try golden.tensor("\(mode).grad_input")
    let gradient = try #require(plan.inputGradient).tensor()
    expectGolden(
      gradient, equals: wanted, "\(label) grad_input",
      absolute: 1e-4 * wanted.largest)
  }

  private static func convolution(_ file: String, kernel: Int, stride: Int) -> Block {
    Block(file: file) { builder, units, shapes in
      let unit = unit("", shapes[0][1], shapes[1][1], kernel, stride: stride, &units)
      return builder.convolution(unit, of: builder.images)
    }
  }

  private static func bottleneck(_ file: String, shortcut: Bool) -> Block {
    Block(file: file) { builder, units, shapes in
      let channels = shapes[0][1]
      let inner = builder.convolution(
        unit("cv1", channels, channels, 3, &units), of: builder.images)
      return builder.convolution(
        unit("cv2", channels, channels, 3, &units), of: inner,
        residual: shortcut ? builder.images : nil)
    }
  }

  private static func c2f(_ file: String, shortcut: Bool) -> Block {
    Block(file: file) { builder, units, shapes in
      let half = shapes[1][1] / 2
      let split = builder.convolution(
        unit("cv1", shapes[0][1], 2 * half, 1, &units), of: builder.images)
      var parts = [split], last = split.slice(half..<2 * half)
      for index in 0..<2 {
        let inner = builder.convolution(unit("m.\(index).cv1", half, half, 3, &units), of: last)
        last = builder.convolution(
          unit("m.\(index).cv2", half, half, 3, &units), of: inner, residual: shortcut ? last : nil)
        parts.append(last)
      }
      let joined = builder.concatenation(parts)
      return builder.convolution(unit("cv2", joined.count, shapes[1][1], 1, &units), of: joined)
    }
  }

  private static func unit(
    _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1,
    _ units: inout [ConvolutionUnit]
  ) -> ConvolutionUnit {
    let unit = ConvolutionUnit(
      name,
      ConvolutionShape(inputs: inputs, outputs: outputs, kernel: kernel, stride: stride))
    units.append(unit)
    return unit
  }
}
