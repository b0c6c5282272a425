internal import Geometry
internal import Layers
internal import Tensors
internal import Training
internal import YOLO

/// Something that can be done again and again.
protocol Workload: AnyObject {
  /// Does it once; returns a number that follows from the result.
  func run() -> Double
  /// The time of every kind of step is added up here.
  var stopwatch: Stopwatch? { get set }
}

extension Setting {
  /// The work itself.
  ///
  /// - Parameter pool: Who does it; as many threads as the setting says where nil.
  /// - Returns: A network with its input, ready to run.
  /// - Throws: Where the work has no single step, or the network cannot be.
  func workload(on pool: ThreadPool? = nil) throws -> any Workload {
    let compute = Compute(pool: pool ?? ThreadPool(threads: threads), backend: NativeBackend())
    return switch work {
    case .inference(let height, let width):
      try InferenceWorkload(model(), height: height, width: width, on: compute)
    case .training(let batch, _): try TrainingWorkload(model(), batch: batch, on: compute)
    case .loading, .epochs: throw BenchError(description: "\(title) has no single step")
    }
  }
}

/// Pixels and objects that everyone who takes part can compute; scripts/bench-peers.py does the same.
enum Scenes {
  /// The value of a pixel, 0...1.
  static func pixel(image: Int, y: Int, x: Int, channel: Int) -> Float {
    Float((73 * image + 131 * channel + 17 * y + 29 * x + x * y % 251) % 256) / 255
  }

  /// Eight objects of different sizes.
  static func objects(image: Int) -> [LabeledBox<Normalized>] {
    (0..<8).map { index in
      let width = Float(4 + index * 5) / 100, height = Float(4 + (index * 7 + image) % 40) / 100
      return LabeledBox(
        box: Box(
          centerX: Float(25 + (37 * image + 61 * index) % 50) / 100,
          centerY: Float(25 + (53 * image + 29 * index) % 50) / 100, width: width, height: height),
        classIndex: (7 * image + 13 * index) % 80)
    }
  }

  static func fill(_ map: FeatureMap) {
    for image in 0..<map.count {
      for y in 0..<map.height {
        for x in 0..<map.width {
          let index = (image * map.height + y) * map.width + x
          for channel in 0..<map.channels {
            // SAFETY: the index stays inside the map.
            unsafe map.base[index * map.pixel + channel] = pixel(
              image: image, y: y, x: x, channel: channel)
          }
        }
      }
    }
  }
}

/// One image through the network, to detections.
final class InferenceWorkload: Workload {
  private let model: Model
  private let network: InferenceNetwork
  private let suppression = NonMaximumSuppression()
  var stopwatch: Stopwatch? { didSet { network.stopwatch = stopwatch } }

  init(_ model: Model, height: Int, width: Int, on compute: Compute) throws {
    self.model = model
    network = try InferenceNetwork(model.graph, count: 1, height: height, width: width, on: compute)
    Scenes.fill(network.input)
  }

  func run() -> Double {
    network.run()
    return Double(suppression.detections(in: model.headOutput(network.outputs))[0].count)
  }

  /// The head's output in the form of an exported model.
  func decoded() -> Tensor {
    network.run()
    return model.headOutput(network.outputs).decoded()
  }

  /// The pixels, (1, 3, H, W).
  var pixels: Tensor { network.input.tensor() }
}

/// One step of training on a fixed batch, or a rank's part of it.
final class TrainingWorkload: Workload {
  private let model: Model
  private let network: TrainingNetwork
  private let optimizer: Optimizer
  private let ema: WeightEMA
  private let compute: Compute
  private let targets: [[LabeledBox<Normalized>]]
  private let side: Int
  var stopwatch: Stopwatch? { didSet { network.stopwatch = stopwatch } }

  init(
    _ model: Model, batch: Int, side: Int = 640, over exchange: (any BatchExchange)? = nil,
    on compute: Compute
  ) throws {
    (self.model, self.compute, self.side) = (model, compute, side)
    optimizer = Optimizer(
      .sgd, of: model.parameters, momentum: 0.937, weightDecay: 0.0005, threads: compute.pool)
    ema = WeightEMA(of: model.emaSources, threads: compute.pool)
    network = try TrainingNetwork(
      model.graph, count: batch, over: exchange, height: side, width: side, on: compute)
    targets = network.shards.heldImages.map { Scenes.objects(image: $0) }
    Scenes.fill(network.input)
  }

  func run() -> Double {
    network.forward()
    let loss = measured("loss") {
      DetectionLoss().evaluate(
        model.headOutput(network.outputs), targets: targets, imageSize: (side, side),
        shards: network.shards, over: network.exchange,
        gradient: model.headOutput(network.outputGradients), on: compute.pool)
    }
    network.backward()
    _ = measured("optimizer") {
      // Small rates: the numbers stay ordinary however often the batch is seen.
      optimizer.step(
        Schedule.Step(
          weightRate: 0.001, scaleRate: 0.001, biasRate: 0.001, momentum: 0.937, accumulate: 1))
    }
    measured("average") { ema.update() }
    return loss.total
  }

  private func measured<Result>(_ kind: String, _ body: () -> Result) -> Result {
    stopwatch?.measure(kind, body) ?? body()
  }
}
