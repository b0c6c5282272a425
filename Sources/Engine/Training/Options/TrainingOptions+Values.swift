public import YOLO

extension TrainingOptions {
  /// The whole number of an option that holds one.
  public func integer(_ name: String) -> Int {
    guard let value = self[name].value.integer else {
      preconditionFailure("option '\(name)' holds no whole number")
    }
    return value
  }

  /// The number of an option that holds one.
  public func number(_ name: String) -> Double {
    guard let value = self[name].value.number else {
      preconditionFailure("option '\(name)' holds no number")
    }
    return value
  }

  /// The truth of an option that holds one.
  public func flag(_ name: String) -> Bool {
    guard case .flag(let value) = self[name].value else {
      preconditionFailure("option '\(name)' holds no truth value")
    }
    return value
  }

  /// The text of an option that holds one.
  public func text(_ name: String) -> String {
    guard case .text(let value) = self[name].value else {
      preconditionFailure("option '\(name)' holds no text")
    }
    return value
  }

  /// How often the training images are seen.
  public var epochs: Int { integer("epochs") }
  /// Images of one step.
  public var batch: Int { integer("batch") }
  /// Side of the network input in pixels, a multiple of 32.
  public var imageSize: Int { integer("imgsz") }
  /// Where the random numbers start.
  public var seed: UInt64 { UInt64(integer("seed")) }
  /// Epochs without a better one after which training ends; 0 for never.
  public var patience: Int { integer("patience") }
  /// Which parts keep their weights.
  public var freezing: Freezing { Freezing(self["freeze"].value) ?? .none }
}
