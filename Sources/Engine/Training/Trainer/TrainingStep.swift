package import Geometry
package import Layers
package import Tensors
package import YOLO

/// One training step: forward, loss, backward and, where it is due, a step of the optimizer
/// and of the EMA.
package struct TrainingStep {
  let model: Model
  let optimizer: Optimizer
  let ema: WeightEMA
  let loss: DetectionLoss
  let compute: Compute

  /// Brings together what one batch moves.
  package init(
    _ model: Model, optimizer: Optimizer, ema: WeightEMA, loss: DetectionLoss,
    on compute: Compute
  ) {
    (self.model, self.optimizer, self.ema) = (model, optimizer, ema)
    (self.loss, self.compute) = (loss, compute)
  }

  /// What a step gave.
  package struct Outcome {
    /// The parts of the loss.
    package let loss: LossComponents
    /// The gradients' norm before clipping; nil where no step was due.
    package let gradientNorm: Double?

    /// Whether all of it is numbers; where it is not, nothing was moved.
    package var isFinite: Bool { loss.total.isFinite && gradientNorm?.isFinite ?? true }
  }

  /// Trains on the images that lie in the network's input; moves nothing where that is abandoned.
  ///
  /// - Parameters:
  ///   - network: A plan of the model's graph with the images in its input.
  ///   - targets: For each image its objects.
  ///   - step: Rates and momentum of this iteration.
  ///   - isDue: Whether the gradients gathered so far move the weights now.
  /// - Returns: The loss, and the norm of the gradients where they moved the weights.
  package func run(
    in network: TrainingNetwork, targets: [[LabeledBox<Normalized>]], step: Schedule.Step,
    isDue: Bool
  ) -> Outcome {
    network.forward()
    if network.isAbandoned() { return Outcome(loss: .none, gradientNorm: nil) }
    let loss = self.loss.evaluate(
      model.headOutput(network.outputs), targets: targets,
      imageSize: (network.input.height, network.input.width), shards: network.shards,
      over: network.exchange, gradient: model.headOutput(network.outputGradients), on: compute.pool)
    guard loss.total.isFinite else { return Outcome(loss: loss, gradientNorm: nil) }
    network.backward()
    guard isDue, !network.isAbandoned() else { return Outcome(loss: loss, gradientNorm: nil) }
    let norm = optimizer.step(step)
    if norm.isFinite { ema.update() }
    return Outcome(loss: loss, gradientNorm: norm)
  }
}
