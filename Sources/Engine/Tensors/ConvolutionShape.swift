/// What a convolution is, apart from its numbers: channels, window and step.
///
/// The window is square, the padding `kernel / 2` on all sides, and there are neither groups nor
/// dilation: no YOLOv8 layer has them.
public struct ConvolutionShape: Hashable, Sendable {
  /// Channels that come in, I.
  public let inputs: Int
  /// Channels that go out, O.
  public let outputs: Int
  /// Rows and columns of the window, odd.
  public let kernel: Int
  /// Pixels from one window to the next, 1 or 2.
  public let stride: Int

  /// Describes a convolution.
  public init(inputs: Int, outputs: Int, kernel: Int, stride: Int) {
    precondition(inputs > 0 && outputs > 0, "a convolution from \(inputs) to \(outputs) channels")
    precondition(kernel > 0 && kernel % 2 == 1, "kernel \(kernel) is not odd")
    precondition(stride == 1 || stride == 2, "stride \(stride) is neither 1 nor 2")
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
  }

  /// The number of weights, O x I x K x K.
  public var weightCount: Int { outputs * inputs * kernel * kernel }

  /// Rows and columns of the output for an input of the given size.
  public func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
    ((height - 1) / stride + 1, (width - 1) / stride + 1)
  }

  /// Traps unless an input and an output map belong together under this shape.
  package func check(input x: FeatureMap, output y: FeatureMap) {
    let size = outputSize(height: x.height, width: x.width)
    precondition(
      x.channels == inputs && y.channels == outputs,
      "maps of \(x.channels) and \(y.channels) channels for a convolution of \(inputs) to \(outputs)"
    )
    precondition(
      x.count == y.count && y.height == size.height && y.width == size.width,
      "\(x.count) x \(x.height) x \(x.width) does not become \(y.count) x \(y.height) x \(y.width)")
  }
}

/// What packed weights are for; the two passes read them in different orders.
public enum PackedUse: Hashable, Sendable {
  /// From x to y.
  case forward
  /// From x to y for small maps: in less memory where a backend can, at the same speed on such maps.
  case smallForward
  /// From dz to dx.
  case dataGradient
}

/// What follows a convolution z before anything is written: y = silu(z + bias) + residual.
@safe public struct Epilogue: @unchecked Sendable {
  // `@unchecked`: see FeatureMap; whoever runs the convolution keeps the addresses valid meanwhile.

  /// One number for each output channel; nil for none.
  @unsafe public var bias: UnsafePointer<Float>?
  /// Whether x * sigmoid(x) is applied.
  public var silu: Bool
  /// A map of y's extent to add at the end, or nil.
  public var residual: FeatureMap?

  /// Describes what follows; by default nothing does.
  public init(
    bias: UnsafePointer<Float>? = nil, silu: Bool = false, residual: FeatureMap? = nil
  ) {
    unsafe self.bias = bias
    self.silu = silu
    self.residual = residual
  }
}
