internal import Layers
internal import Mathematics
internal import Tensors

extension Model {
  /// Draws fresh weights, for training from scratch and for what a transfer leaves out.
  ///
  /// Filters are uniform in ±1/√(fan in), the default of the reference's framework for convolutions
  /// (He et al., 2015, with a = √5). The head's biases start where an image of 640 pixels with a few
  /// objects would put them: 1 for the distances, log(5 / classes / (640 / stride)²) for the classes.
  ///
  /// - Parameter seed: Every unit draws from a stream of its own.
  public func initialize(seed: UInt64) {
    for (index, unit) in units.enumerated() {
      var source = RandomSource(seed: seed, purpose: 1, index: index)
      let fanIn = unit.shape.inputs * unit.shape.kernel * unit.shape.kernel
      let bound = 1 / Double(fanIn).squareRoot()
      unit.weight.value.assign(
        (0..<unit.weight.count).map { _ in Float(source.uniform(-bound, bound)) })
      if let normalization = unit.normalization {
        let ones = [Float](repeating: 1, count: normalization.channels)
        let zeros = [Float](repeating: 0, count: normalization.channels)
        normalization.scale.value.assign(ones)
        normalization.shift.value.assign(zeros)
        normalization.runningMean.assign(zeros)
        normalization.runningVariance.assign(ones)
        normalization.batchesTracked = 0
      }
    }
    let head = "model.\(architecture.rows.count - 1)"
    for (level, stride) in strides.enumerated() {
      let cells = 640 / Double(stride)
      let prior = Float(ElementaryFunctions.log(5 / Double(architecture.classes) / (cells * cells)))
      for unit in units {
        guard let bias = unit.bias else { continue }
        if unit.name == "\(head).cv2.\(level).2" {
          bias.value.assign([Float](repeating: 1, count: bias.count))
        } else if unit.name == "\(head).cv3.\(level).2" {
          bias.value.assign([Float](repeating: prior, count: bias.count))
        }
      }
    }
  }
}
