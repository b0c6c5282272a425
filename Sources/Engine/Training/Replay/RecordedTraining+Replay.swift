internal import Geometry
internal import Layers
package import Tensors
internal import YOLO

extension RecordedTraining {
  /// What we have after a step of a replay.
  package struct Moment {
    /// The step, from 1.
    package let step: Int
    /// Loss and norm.
    package let outcome: TrainingStep.Outcome
    /// Weights and statistics.
    package let weights: StateDictionary
    /// Their moving average.
    package let ema: StateDictionary
  }

  /// Takes the steps of a recorded run again, with the very code that the trainer runs.
  ///
  /// - Parameters:
  ///   - name: The name of the run.
  ///   - compute: Who computes.
  ///   - observe: Sees what is there after every step.
  /// - Throws: ``TrainingError`` where the record is damaged or the network does not fit its images.
  package func replay(
    _ name: String, on compute: Compute, observe: (Moment) throws -> Void
  ) throws {
    guard let run = runs[name] else {
      throw TrainingError(.data("\(folder): there is no run '\(name)' in it"))
    }
    let model = try model(), images = try images()
    let targets = try targets(classes: model.classNames.count)
    model.freeze(run.freeze.map { .first($0) } ?? .none)
    let network = try TrainingNetwork(
      model.graph, count: images.shape[0], height: images.shape[2], width: images.shape[3],
      on: compute)
    let ema = WeightEMA(of: model.emaSources, threads: compute.pool)
    let trainingStep = TrainingStep(
      model,
      optimizer: Optimizer(
        run.name, of: model.parameters, momentum: run.momentum, weightDecay: run.decay,
        threads: compute.pool),
      ema: ema, loss: DetectionLoss(), on: compute)
    let step = Schedule.Step(
      weightRate: run.lr, scaleRate: run.lr, biasRate: run.lr, momentum: run.momentum,
      accumulate: 1)
    for index in 1...run.history.count {
      network.input.fill(from: images)
      let outcome = trainingStep.run(in: network, targets: targets, step: step, isDue: true)
      try observe(
        Moment(
          step: index, outcome: outcome, weights: model.stateDictionary(),
          ema: ema.state(like: model, rounded: false)))
    }
  }
}
