public import Tensors

/// A convolution with what follows it: batch normalization and SiLU, or a bias.
///
/// "Conv" in the field's module tables, or "Conv2d" where it has a bias.
public final class ConvolutionUnit {
  /// The checkpoint's name, for example "model.0" or "model.22.cv2.0.2".
  public let name: String
  /// Channels, kernel and stride.
  public let shape: ConvolutionShape
  /// The filters, (out, in, height, width).
  public let weight: Parameter
  /// Present unless the unit has a bias.
  public let normalization: BatchNormalization?
  /// Present unless the unit is normalized.
  public let bias: Parameter?

  /// A unit of zero weights.
  ///
  /// - Parameters:
  ///   - name: What its arrays are called before their last component.
  ///   - shape: Channels, window, stride and padding.
  ///   - isPlain: A bare convolution with a bias instead of normalization and SiLU.
  public init(_ name: String, _ shape: ConvolutionShape, isPlain: Bool = false) {
    self.name = name
    self.shape = shape
    let extents: Shape = [shape.outputs, shape.inputs, shape.kernel, shape.kernel]
    if isPlain {
      weight = Parameter(name + ".weight", shape: extents, role: .weight)
      bias = Parameter(name + ".bias", shape: [shape.outputs], role: .bias)
      normalization = nil
    } else {
      weight = Parameter(name + ".conv.weight", shape: extents, role: .weight)
      normalization = BatchNormalization(name + ".bn", channels: shape.outputs)
      bias = nil
    }
  }

  /// What training may change, in the checkpoint's order.
  public var parameters: [Parameter] {
    var all = [weight]
    if let normalization { all += [normalization.scale, normalization.shift] }
    if let bias { all.append(bias) }
    return all
  }

  /// Whether any of its parameters is trained.
  public var isTrained: Bool { parameters.contains { !$0.isFrozen } }

  /// The filters and biases with the normalization folded in, as they serve when weights stay put.
  ///
  /// w' = w γ/σ and b' = β - μ γ/σ with the running statistics; a plain unit is returned as it is.
  public func folded() -> (weight: [Float], bias: [Float]) {
    var offsets: [Float] = []
    let filters = unsafe [Float](unsafeUninitializedCapacity: weight.count) { buffer, count in
      // SAFETY: a filter has at least one weight, and the buffer room for all of them.
      if let base = buffer.baseAddress { unsafe offsets = fold(into: base) }
      count = weight.count
    }
    return (filters, offsets)
  }

  /// Writes the filters of ``folded()``.
  ///
  /// - Parameter folded: Room for all weights.
  /// - Returns: Its biases.
  @unsafe func fold(into folded: UnsafeMutablePointer<Float>) -> [Float] {
    let perOutput = shape.inputs * shape.kernel * shape.kernel
    var offsets = [Float](repeating: 0, count: shape.outputs)
    for output in 0..<shape.outputs {
      let (factor, shift) =
        normalization.map { $0.folded(output) }
        ?? (1, bias.map { Double(unsafe $0.value.base[output]) } ?? 0)
      offsets[output] = Float(shift)
      for i in output * perOutput..<(output + 1) * perOutput {
        unsafe folded[i] = Float(Double(unsafe weight.value.base[i]) * factor)
      }
    }
    return offsets
  }
}
