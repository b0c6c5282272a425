/// Why a model cannot be exported.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The facts.
  public enum Problem: Equatable, Sendable {
    /// The network does not take images of this size.
    case imageSize(height: Int, width: Int, stride: Int)
    /// A batch has at least one image.
    case batch(Int)
    /// Weights that no file of the format can hold.
    case tooLarge(bytes: Int, limit: Int)
    /// The system refused the file; its own words.
    case refused(action: String, reason: String)
  }

  /// The file that was to be written, as the caller gave it; empty where none was named yet.
  public let file: String
  /// The facts.
  public let problem: Problem

  init(file: String = "", _ problem: Problem) { (self.file, self.problem) = (file, problem) }

  /// One line: place first, then what was expected and what was found.
  public var description: String { (file.isEmpty ? "" : "\(file): ") + words }

  private var words: String {
    switch problem {
    case .imageSize(let height, let width, let stride):
      "images of \(width) x \(height) do not fit the network: "
        + "both sides must be multiples of \(stride), for example \(nearest(width, stride)) x "
        + "\(nearest(height, stride))"
    case .batch(let count): "a batch of \(count) images, expected at least 1"
    case .tooLarge(let bytes, let limit):
      "the weights need \(bytes) bytes, but the format holds at most \(limit)"
    case .refused(let action, let reason): "cannot \(action): \(reason)"
    }
  }

  private func nearest(_ side: Int, _ stride: Int) -> Int {
    max(1, (side + stride / 2) / stride) * stride
  }
}
