internal import Checkpoints
internal import Evaluation
internal import Files
internal import Layers
package import Tensors
package import YOLO

extension Model {
  /// What the EMA of the weights follows: all weights and running statistics.
  package var emaSources: [WeightEMA.Source] {
    parameters.map { WeightEMA.Source(name: $0.name, values: $0.value) }
      + statistics.map { WeightEMA.Source(name: $0.name, values: $0.values) }
  }

  /// The running statistics under the checkpoint's names.
  var statistics: [(name: String, values: FloatBuffer)] {
    normalizations.flatMap {
      [
        ("\($0.name).running_mean", $0.runningMean), ("\($0.name).running_var", $0.runningVariance),
      ]
    }
  }

  /// The identity of all weights and statistics, in full precision.
  var weightsDigest: Digest {
    Digest(of: emaSources.map { "\($0.name) \(Digest(of: $0.values.bytes))\n" }.joined())
  }

  /// The running statistics that training leaves alone.
  var frozenStatistics: [(name: String, values: FloatBuffer)] {
    normalizations.filter { !$0.usesBatchStatistics }.flatMap {
      [
        ("\($0.name).running_mean", $0.runningMean), ("\($0.name).running_var", $0.runningVariance),
      ]
    }
  }

  /// The model as a file of our own keeps it; the same bytes wherever it is written.
  ///
  /// - Parameters:
  ///   - epoch: The epoch, from 1, that it comes from.
  ///   - options: The settings of its run.
  ///   - dataset: The name of what it was trained on.
  ///   - thresholds: The confidences of the best F1 in its validation; nil where there was none.
  /// - Returns: Weights and facts, ready to be written.
  func checkpoint(
    epoch: Int, options: TrainingOptions, dataset: String, thresholds: BestThresholds?
  ) -> Checkpoint {
    var arguments = Metadata()
    for setting in options.settings where setting.option.decidesResult {
      let isDefault = setting.value == setting.option.defaultValue(under: options.rules)
      if setting.option.traits.isOurs && isDefault { continue }
      arguments[setting.option.name] = MetadataValue(setting.value)
    }
    var metadata = Metadata()
    metadata["epoch"] = .integer(epoch)
    metadata["dataset"] = .text(dataset)
    thresholds?.write(to: &metadata)
    return Checkpoint(
      state: stateDictionary(), names: classNames, strides: strides,
      trainingArguments: arguments, metadata: metadata)
  }
}

extension MetadataValue {
  /// The value of an option as inert data.
  init(_ value: OptionValue) {
    self =
      switch value {
      case .none: .none
      case .flag(let flag): .boolean(flag)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      case .list(let items): .list(items.map(MetadataValue.init))
      }
  }
}

extension WeightEMA {
  /// The averages as a model's state.
  ///
  /// - Parameters:
  ///   - model: A model of the same architecture; gives what is not averaged.
  ///   - rounded: Whether numbers are rounded to half precision, as files keep them.
  /// - Returns: Averages where there are some, else the arrays of the model.
  package func state(like model: Model, rounded: Bool = true) -> StateDictionary {
    var state = model.stateDictionary()
    for (source, ema) in zip(sources, averages) {
      guard let shape = state[source.name]?.shape else { continue }
      let scalars = (0..<shape.count).map { index in
        let value = unsafe ema.base[index]
        return rounded ? Half.single(Half.nearest(value)) : value
      }
      state[source.name] = .floats(Tensor(scalars, shape: shape))
    }
    return state
  }
}

extension EpochScores {
  /// The scores that a results table holds.
  init(_ metrics: DetectionMetrics) {
    self.init(
      precision: metrics.precision, recall: metrics.recall, map50: metrics.mAP50,
      map50_95: metrics.mAP50to95)
  }
}
