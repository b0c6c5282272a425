internal import Foundation
internal import Layers
internal import Tensors
internal import YOLO

/// What is measured: a network, its input, and how many threads work on it.
struct Setting: Hashable {
  enum Work: Hashable {
    /// One image from pixels to detections.
    case inference(height: Int, width: Int)
    /// Forward, loss, backward, clipping, optimizer and moving average.
    case training(batch: Int, frozen: Int)
    /// Training images made, with the default augmentation, and nothing else.
    case loading
    /// Whole epochs: loading, learning, and what is written between them; no validation.
    case epochs(batch: Int)
  }

  let scale: Scale
  let work: Work
  let threads: Int
  /// The YAML of the images, where the work needs some.
  var data = ""

  init(_ scale: Scale, _ work: Work, threads: Int) {
    (self.scale, self.work, self.threads) = (scale, work, threads)
  }

  /// From the options that ``options`` gives.
  init(_ arguments: Arguments) throws {
    let letter = arguments.text("--scale", "n")
    guard let scale = Scale(rawValue: letter) else {
      throw BenchError(description: "'\(letter)' is none of YOLOv8's sizes n, s, m, l and x")
    }
    self.scale = scale
    threads = arguments.number("--threads", 2)
    data = arguments.text("--data", "")
    let batch = arguments.number("--batch", 16)
    work =
      switch arguments.text("--work", arguments.flag("--batch") ? "training" : "inference") {
      case "loading": .loading
      case "epochs": .epochs(batch: batch)
      case "training": .training(batch: batch, frozen: arguments.number("--freeze", 0))
      default:
        .inference(
          height: arguments.number("--height", 640), width: arguments.number("--width", 640))
      }
  }

  /// The same on a command line.
  var options: [String] {
    let common = ["--scale", scale.rawValue, "--threads", "\(threads)"]
    return switch work {
    case .inference(let height, let width):
      common + ["--height", "\(height)", "--width", "\(width)"]
    case .training(let batch, let frozen):
      common + ["--work", "training", "--batch", "\(batch)", "--freeze", "\(frozen)"]
    case .loading: common + ["--work", "loading", "--batch", "16", "--data", data]
    case .epochs(let batch):
      common + ["--work", "epochs", "--batch", "\(batch)", "--data", data]
    }
  }

  /// The same for readers.
  var title: String { "\(subject), \(threads) thread\(threads == 1 ? "" : "s")" }

  /// The title without the number of threads.
  var subject: String {
    let what =
      switch work {
      case .inference(let height, let width): "inference \(width) x \(height)"
      case .training(let batch, let frozen):
        "training step, batch \(batch)" + (frozen > 0 ? ", \(frozen) modules frozen" : "")
      case .loading: "loader, default augmentation, an image"
      case .epochs(let batch): "whole epochs, batch \(batch), an image"
      }
    let network = work == .loading ? "640 x 640" : "YOLOv8\(scale.rawValue)"
    return "\(network) \(what)"
  }

  /// The same step with the backbone frozen; nil where there is no such thing.
  var frozen: Setting? {
    guard case .training(let batch, 0) = work else { return nil }
    return Setting(scale, .training(batch: batch, frozen: 10), threads: threads)
  }

  var isTraining: Bool { if case .training = work { true } else { false } }

  /// How many images the work needs; 0 where it needs none.
  var pictures: Int {
    switch work {
    case .inference, .training: 0
    // More than either side keeps decoded.
    case .loading: 384
    case .epochs: 64
    }
  }

  /// How often everyone does the work when it is his turn.
  var repeats: Int { if case .inference = work { 5 } else { 1 } }

  /// A detector for 80 classes whose numbers are drawn by chance, at a scale at which signals neither
  /// vanish nor explode, so that no time depends on numbers that are out of the ordinary.
  func model() -> Model {
    let model = Model(.yolov8(scale, classes: 80))
    model.initialize(seed: 1)
    // From ±1/√(fan in) to the √(6 / fan in) of He et al., 2015.
    let factor = Float(6).squareRoot()
    for unit in model.units where unit.normalization != nil {
      let weights = unit.weight
      // SAFETY: the buffer holds `count` floats.
      for i in 0..<weights.count { unsafe weights.value.base[i] *= factor }
    }
    if case .training(_, let frozen) = work { model.freeze(.first(frozen)) }
    return model
  }
}
