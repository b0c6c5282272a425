/// How fast a run goes: figures of this machine and hour.
struct Throughput {
  private var projection: Projection
  private var start = ContinuousClock.now
  private var last = ContinuousClock.now
  private var images = 0
  private(set) var imagesPerSecond = 0.0

  init(batches: Int, epochs: Int) { projection = Projection(batches: batches, epochs: epochs) }

  /// Seconds until the last epoch ends, as far as can be told.
  var secondsLeft: Double { projection.secondsLeft ?? 0 }

  /// An epoch begins.
  mutating func begin() {
    (start, last, images) = (.now, .now, 0)
  }

  /// A batch of so many images is done.
  mutating func batch(images count: Int) {
    let now = ContinuousClock.now
    projection.batch(seconds: last.duration(to: now).inSeconds)
    last = now
    images += count
    imagesPerSecond = Double(images) / max(start.duration(to: now).inSeconds, 1e-9)
  }

  /// A validation is done.
  mutating func validation(seconds: Double) { projection.validation(seconds: seconds) }
}

extension Duration {
  /// The duration as a number of seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

/// The mean losses of an epoch's batches.
struct MeanLosses {
  private var box = 0.0, cls = 0.0, dfl = 0.0
  private var count = 0.0

  mutating func add(_ losses: (box: Double, cls: Double, dfl: Double)) {
    (box, cls, dfl) = (box + losses.box, cls + losses.cls, dfl + losses.dfl)
    count += 1
  }

  var mean: Losses {
    let count = max(count, 1)
    return Losses(box: box / count, cls: cls / count, dfl: dfl / count)
  }
}
