public import Evaluation
public import Geometry

/// What a run reports while it trains; callers decide how to show it.
public enum TrainingEvent: Sendable {
  /// Training is about to begin.
  case started(TrainingStart)
  /// A batch was worked through.
  case batch(BatchProgress)
  /// An epoch was finished and, where asked, validated.
  case epoch(EpochResult, EpochThroughput)
  /// What the validation of an epoch found in the first of its images.
  case validated(epoch: Int, [ValidationPicture])
  /// The last epoch is the best so far.
  case best(epoch: Int, fitness: Double)
  /// Something that people should know and that does not end the run.
  case warning(String)
  /// Training has ended.
  case stopped(StopReason, epochs: Int)
}

/// An image with what a validation found in it.
public struct ValidationPicture: Sendable {
  /// The image's file.
  public let file: String
  /// Labels, and the detections that count, on the image.
  public var result: ImageResult<ImagePixels>

  /// How many images people are shown of a validation.
  public static let count = 8
  /// Detections below are so many, and so seldom right, that nobody would see anything else.
  public static let confidence: Float = 0.25
}

/// Why a run ended.
public enum StopReason: Equatable, Sendable, Codable, CustomStringConvertible {
  /// All epochs were trained.
  case finished
  /// No better epoch came within the patience.
  case patience(bestEpoch: Int, patience: Int)
  /// Somebody asked for the end.
  case cancelled

  /// In words.
  public var description: String {
    switch self {
    case .finished: "all epochs done"
    case .patience(let best, let patience):
      "no improvement over epoch \(best) for \(patience) epochs"
    case .cancelled: "stopped on request"
    }
  }
}

/// What is known when training begins.
public struct TrainingStart: Sendable {
  /// Options, schedule and optimizer in force, each with its origin.
  public let plan: TrainingPlan
  /// Images that train, and that validate.
  public let trainingImages: Int, validationImages: Int
  /// Weights that learn, and that are frozen.
  public let learning: Int, frozen: Int
  /// The epoch to be trained next, from 1; above 1 where a run is resumed.
  public let firstEpoch: Int
  /// The run folder, where there is one.
  public let folder: String?

  /// What is known when training begins.
  public init(
    plan: TrainingPlan, trainingImages: Int, validationImages: Int, learning: Int, frozen: Int,
    firstEpoch: Int, folder: String?
  ) {
    (self.plan, self.trainingImages, self.validationImages) =
      (plan, trainingImages, validationImages)
    (self.learning, self.frozen, self.firstEpoch) = (learning, frozen, firstEpoch)
    self.folder = folder
  }
}

/// Where a run stands within an epoch.
public struct BatchProgress: Sendable {
  /// The epoch, from 1, of how many.
  public let epoch: Int, epochs: Int
  /// The batch, from 1, of how many.
  public let batch: Int, batches: Int
  /// The epoch's mean losses so far.
  public let losses: Losses
  /// The learning rate of convolution weights.
  public let rate: Double
  /// Images of the batch, and objects in it.
  public let images: Int, objects: Int
  /// Images a second in this epoch.
  public let imagesPerSecond: Double
  /// Seconds until the last epoch ends, as far as can be told.
  public let secondsLeft: Double

  /// Where a run stands within an epoch.
  public init(
    epoch: Int, epochs: Int, batch: Int, batches: Int, losses: Losses, rate: Double, images: Int,
    objects: Int, imagesPerSecond: Double, secondsLeft: Double
  ) {
    (self.epoch, self.epochs, self.batch, self.batches) = (epoch, epochs, batch, batches)
    (self.losses, self.rate, self.images, self.objects) = (losses, rate, images, objects)
    (self.imagesPerSecond, self.secondsLeft) = (imagesPerSecond, secondsLeft)
  }
}

/// How an epoch ran: figures of this machine and hour, no part of the result.
public struct EpochThroughput: Sendable {
  /// Images a second while training.
  public let imagesPerSecond: Double
  /// Seconds until the last epoch ends, as far as can be told.
  public let secondsLeft: Double
  /// The process's largest memory so far in bytes.
  public let peakBytes: Int

  /// How an epoch ran.
  public init(imagesPerSecond: Double, secondsLeft: Double, peakBytes: Int) {
    (self.imagesPerSecond, self.secondsLeft) = (imagesPerSecond, secondsLeft)
    self.peakBytes = peakBytes
  }
}
