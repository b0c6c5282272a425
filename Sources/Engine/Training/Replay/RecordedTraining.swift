internal import Checkpoints
internal import Files
internal import Foundation
package import Geometry
package import Tensors
package import YOLO

/// A few training steps of a small network which another implementation took and wrote down.
///
/// The folder holds `train_step.json` (for each run its optimizer, its options and the losses of every
/// step) and as safetensors `init` (the first weights), `forward` (the batch: `img`, `targets`),
/// and for some steps K of a run `RUN_stepK` (weights and statistics) and `RUN_stepK_ema` (their
/// moving average).
package struct RecordedTraining {
  /// One recorded run.
  package struct Run: Decodable, Sendable {
    /// What the loss was before one step, and the gradients' norm before clipping.
    package struct Step: Decodable, Sendable {
      package let boxLoss: Double
      package let clsLoss: Double
      package let dflLoss: Double
      package let gradNorm: Double
    }

    /// The optimizer's name, "SGD" or "AdamW".
    package let name: Optimizer.Method
    /// The learning rate of every group.
    package let lr: Double
    /// SGD's momentum, Adam's first beta.
    package let momentum: Double
    /// Weight decay of convolution weights.
    package let decay: Double
    /// How many modules are frozen, from the first; nil for none.
    package let freeze: Int?
    /// What was measured at each step.
    package let history: [Step]
  }

  private struct Facts: Decodable {
    let runs: [String: Run]
  }

  /// The folder it was read from.
  package let folder: String
  /// The recorded runs by name.
  package let runs: [String: Run]
  private let initial: StateDictionary
  private let batch: StateDictionary

  /// Reads a folder.
  ///
  /// - Throws: ``TrainingError`` with the file and what is wrong with it.
  package init(_ folder: String) throws(TrainingError) {
    self.folder = folder
    let facts = folder + "/train_step.json"
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      runs = try decoder.decode(Facts.self, from: try AtomicFile.read(facts)).runs
    } catch let error as FileError {
      throw TrainingError(.file("\(error)"))
    } catch {
      throw TrainingError(.file("\(facts): no record of training steps (\(error))"))
    }
    guard !runs.isEmpty, runs.values.allSatisfy({ !$0.history.isEmpty }) else {
      throw TrainingError(.file("\(facts): expected runs of at least one step each"))
    }
    initial = try Self.read(folder + "/init.safetensors")
    batch = try Self.read(folder + "/forward.safetensors")
  }

  private static func read(_ path: String) throws(TrainingError) -> StateDictionary {
    do throws(CheckpointError) {
      return try Checkpoint.read(path).state
    } catch { throw TrainingError(.file("\(error)")) }
  }

  // MARK: Content

  /// The network with its first weights.
  package func model() throws(TrainingError) -> Model {
    do {
      let model = Model(try Architecture(of: initial))
      try model.load(initial)
      return model
    } catch { throw TrainingError(.weights("\(folder)/init.safetensors: \(error)")) }
  }

  /// The images of the batch, (count, 3, height, width).
  package func images() throws(TrainingError) -> Tensor {
    let images = try array("img")
    guard images.shape.rank == 4, images.shape[1] == 3, images.shape.count > 0 else {
      throw TrainingError(
        .data("\(folder)/forward.safetensors: 'img' is \(images.shape), expected (count, 3, h, w)"))
    }
    return images
  }

  /// For each image of the batch its objects.
  ///
  /// - Parameter classes: How many classes the network tells apart.
  /// - Returns: As many lists as there are images.
  /// - Throws: ``TrainingError`` with the row that names no image or no class.
  package func targets(classes: Int) throws(TrainingError) -> [[LabeledBox<Normalized>]] {
    let rows = try array("targets"), count = try images().shape[0]
    guard rows.shape.rank == 2, rows.shape[1] == 6 else {
      throw TrainingError(
        .data("\(folder)/forward.safetensors: 'targets' is \(rows.shape), expected (rows, 6)"))
    }
    var targets = [[LabeledBox<Normalized>]](repeating: [], count: count)
    for row in 0..<rows.shape[0] {
      let values = rows.scalars[6 * row..<6 * row + 6].map { $0 }
      guard let image = Int(exactly: values[0]), let index = Int(exactly: values[1]),
        targets.indices.contains(image), (0..<classes).contains(index)
      else {
        throw TrainingError(
          .data("\(folder)/forward.safetensors: row \(row) of 'targets' names no image and class"))
      }
      let box = Box<Normalized>(
        centerX: values[2], centerY: values[3], width: values[4], height: values[5])
      targets[image].append(LabeledBox(box: box, classIndex: index))
    }
    return targets
  }

  private func array(_ name: String) throws(TrainingError) -> Tensor {
    guard let array = batch.tensor(name) else {
      throw TrainingError(.data("\(folder)/forward.safetensors: there is no array '\(name)'"))
    }
    return array
  }

  /// What the other implementation had after a step, or nil where it did not write that down.
  package func state(
    of run: String, step: Int, isEMA: Bool
  ) throws(TrainingError) -> StateDictionary? {
    let path = "\(folder)/\(run)_step\(step)\(isEMA ? "_ema" : "").safetensors"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try Self.read(path)
  }
}
