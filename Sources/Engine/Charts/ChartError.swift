/// Why a chart could not be drawn.
public struct ChartError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Problem: Equatable, Sendable {
    /// The one font that charts are set in is not on this machine.
    case fontMissing
    /// FreeType or Cairo cannot use the font file.
    case fontUnusable
    /// Cairo refused the surface, in its own words.
    case cairo(String)
    /// The picture would be larger than Cairo can hold.
    case tooLarge(width: Int, height: Int)
  }

  /// The file concerned, or the chart's title.
  public let place: String
  /// What went wrong.
  public let problem: Problem

  /// Names a failure.
  public init(place: String, problem: Problem) {
    (self.place, self.problem) = (place, problem)
  }

  /// One line: place first, then what is wrong and what to do.
  public var description: String {
    switch problem {
    case .fontMissing:
      "\(place): the chart font is missing; install fonts-dejavu-core "
        + "(scripts/setup does it): another font would change the charts"
    case .fontUnusable: "\(place): FreeType cannot use this font; reinstall fonts-dejavu-core"
    case .cairo(let reason): "\(place): the chart cannot be drawn: \(reason)"
    case .tooLarge(let width, let height):
      "\(place): a chart of \(width) x \(height) pixels is beyond 32,000 on a side; "
        + "draw fewer rows or columns"
    }
  }
}
