internal import Layers
internal import Tensors
package import YOLO

/// What is known of a training before its first batch: all that rules may choose options by.
public struct TrainingFacts: Codable, Equatable, Sendable {
  /// Training images, at least 1, and classes of the dataset.
  public var images, classes: Int
  /// Weights of the model.
  public var parameters: Int
  /// Modules of the model.
  public var modules: Int
  /// Whether the model starts from weights that were trained before.
  public var isPretrained: Bool
  /// Whether the dataset has a class that the model was not trained for.
  public var hasNewClasses: Bool

  /// Facts; what is left out is that of a YOLOv8n that was trained for other classes.
  public init(
    images: Int, classes: Int, parameters: Int = 3_000_000, modules: Int = 23,
    isPretrained: Bool = true, hasNewClasses: Bool = true
  ) {
    precondition(images > 0, "a training needs at least one image")
    (self.images, self.classes) = (images, classes)
    (self.parameters, self.modules) = (parameters, modules)
    (self.isPretrained, self.hasNewClasses) = (isPretrained, hasNewClasses)
  }
}

extension Model {
  /// Whether its running statistics have ever moved: those of a model that was only drawn are all zero
  /// and one.
  package var hasLearned: Bool {
    normalizations.contains { normalization in
      (0..<normalization.channels).contains { channel in
        // SAFETY: both buffers hold a number for each channel.
        unsafe normalization.runningMean.base[channel] != 0
          || normalization.runningVariance.base[channel] != 1
      }
    }
  }
}
