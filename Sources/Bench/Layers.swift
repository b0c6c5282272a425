internal import Tensors

/// A convolution as it occurs in YOLOv8n at 640 x 640: how often, at which size of its input.
struct BenchLayer {
  let shape: ConvolutionShape
  let size: Int
  let times: Int

  init(_ size: Int, _ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int, times: Int) {
    shape = ConvolutionShape(inputs: inputs, outputs: outputs, kernel: kernel, stride: stride)
    self.size = size
    self.times = times
  }

  /// The kinds of layer whose times are summed up.
  var kind: String {
    if shape.inputs == 3 { return "stem" }
    return shape.kernel == 1 ? "1x1" : shape.stride == 1 ? "3x3" : "3x3 s2"
  }

  /// Multiplications and additions of the definition for one image and one pass.
  var operations: Double {
    let side = Double((size - 1) / shape.stride + 1)
    return 2 * side * side * Double(shape.weightCount)
  }

  /// All 63 convolutions of YOLOv8n with 80 classes.
  static let nano: [BenchLayer] = [
    BenchLayer(640, 3, 16, 3, 2, times: 1), BenchLayer(320, 16, 32, 3, 2, times: 1),
    BenchLayer(160, 32, 64, 3, 2, times: 1), BenchLayer(80, 64, 128, 3, 2, times: 1),
    BenchLayer(40, 128, 256, 3, 2, times: 1), BenchLayer(80, 64, 64, 3, 2, times: 1),
    BenchLayer(40, 128, 128, 3, 2, times: 1), BenchLayer(160, 16, 16, 3, 1, times: 2),
    BenchLayer(80, 32, 32, 3, 1, times: 6), BenchLayer(40, 64, 64, 3, 1, times: 9),
    BenchLayer(20, 128, 128, 3, 1, times: 4), BenchLayer(80, 64, 64, 3, 1, times: 2),
    BenchLayer(80, 64, 80, 3, 1, times: 1), BenchLayer(80, 80, 80, 3, 1, times: 1),
    BenchLayer(40, 128, 64, 3, 1, times: 1), BenchLayer(40, 128, 80, 3, 1, times: 1),
    BenchLayer(40, 80, 80, 3, 1, times: 1), BenchLayer(20, 256, 64, 3, 1, times: 1),
    BenchLayer(20, 64, 64, 3, 1, times: 1), BenchLayer(20, 256, 80, 3, 1, times: 1),
    BenchLayer(20, 80, 80, 3, 1, times: 1), BenchLayer(160, 32, 32, 1, 1, times: 1),
    BenchLayer(160, 48, 32, 1, 1, times: 1), BenchLayer(80, 64, 64, 1, 1, times: 2),
    BenchLayer(80, 128, 64, 1, 1, times: 1), BenchLayer(80, 192, 64, 1, 1, times: 1),
    BenchLayer(80, 96, 64, 1, 1, times: 1), BenchLayer(80, 80, 80, 1, 1, times: 1),
    BenchLayer(40, 128, 128, 1, 1, times: 1), BenchLayer(40, 256, 128, 1, 1, times: 1),
    BenchLayer(40, 384, 128, 1, 1, times: 1), BenchLayer(40, 192, 128, 1, 1, times: 3),
    BenchLayer(40, 64, 64, 1, 1, times: 1), BenchLayer(40, 80, 80, 1, 1, times: 1),
    BenchLayer(20, 256, 256, 1, 1, times: 1), BenchLayer(20, 384, 256, 1, 1, times: 3),
    BenchLayer(20, 256, 128, 1, 1, times: 1), BenchLayer(20, 512, 256, 1, 1, times: 1),
    BenchLayer(20, 64, 64, 1, 1, times: 1), BenchLayer(20, 80, 80, 1, 1, times: 1),
  ]
}
