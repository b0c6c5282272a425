internal import Checkpoints
public import YOLO

extension Model {
  /// Reads a detector from a file of weights.
  ///
  /// Nothing in the file is run: `.pt` files are read by a closed machine, and names and shapes decide which
  /// of the five sizes it is.
  ///
  /// - Parameter path: A `.pt` or `.safetensors` file.
  /// - Throws: ``TrainingError`` where it cannot be read or holds no YOLOv8 detector.
  public convenience init(contentsOf path: String) throws(TrainingError) {
    do {
      let checkpoint = try Checkpoint.read(path), state = checkpoint.modelState.state
      let architecture = try Architecture(of: state)
      let known = checkpoint.names.count == architecture.classes
      self.init(architecture, classNames: known ? checkpoint.names : nil)
      try load(state)
    } catch { throw TrainingError(.weights("\(error)")) }
  }
}
