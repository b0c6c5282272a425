/// Why training, validation or prediction ended without a result.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The facts.
  public enum Problem: Equatable, Sendable {
    /// An image or label could not be read.
    case data(String)
    /// The network cannot run on images of this size.
    case network(String)
    /// A file could not be written or read.
    case file(String)
    /// The weights do not fit.
    case weights(String)
    /// The dataset has no images where some are needed.
    case emptySplit(name: String, dataset: String)
    /// Everything is frozen.
    case nothingToTrain(String)
    /// Loss, gradients or weights are no numbers any more.
    case notFinite(epoch: Int, batch: Int, rate: Double)
    /// The ranks that train together are no longer together.
    case ranks(String)
    /// Somebody asked for the end at once.
    case cancelled
  }

  /// The facts.
  public let problem: Problem

  /// A failure from its facts.
  public init(_ problem: Problem) { self.problem = problem }

  /// One line that says what to do where that is known.
  public var description: String {
    switch problem {
    case .data(let words), .network(let words), .file(let words), .weights(let words): words
    case .emptySplit(let name, let dataset):
      "the dataset '\(dataset)' has no images in its \(name) split"
        + (name == "val" ? "; val=false trains without one, convert … val=0.2 makes one" : "")
    case .nothingToTrain(let words): words
    case .ranks(let words):
      "training over ranks ended: \(words); the run can be resumed, with any number of ranks"
    case .notFinite(let epoch, let batch, let rate):
      """
      training diverged (NaN or infinity) in epoch \(epoch), batch \(batch), at a learning rate of \
      \(rate); \(epoch > 1 ? "the weights of epoch \(epoch - 1) are kept" : "no weights were written"): \
      try a smaller lr0
      """
    case .cancelled: "stopped on request"
    }
  }
}
