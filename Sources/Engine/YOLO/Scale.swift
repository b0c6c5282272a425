/// The five sizes of YOLOv8, from nano to extra large.
///
/// Source: the model files of YOLOv8; the numbers are those of its detection networks.
public enum Scale: String, CaseIterable, Codable, Sendable {
  /// Nano, small, medium, large, extra large.
  case n, s, m, l, x

  /// How depth, width and the widest layer follow from the size.
  public var factors: ScaleFactors {
    switch self {
    case .n: ScaleFactors(depth: 0.33, width: 0.25, maxChannels: 1024)
    case .s: ScaleFactors(depth: 0.33, width: 0.50, maxChannels: 1024)
    case .m: ScaleFactors(depth: 0.67, width: 0.75, maxChannels: 768)
    case .l: ScaleFactors(depth: 1.00, width: 1.00, maxChannels: 512)
    case .x: ScaleFactors(depth: 1.00, width: 1.25, maxChannels: 512)
    }
  }
}

/// How a written-down architecture is stretched to a model's size.
public struct ScaleFactors: Hashable, Sendable {
  /// Factor on the number of bottlenecks.
  public let depth: Double
  /// Factor on the number of channels.
  public let width: Double
  /// No layer is wider than this before the width factor is applied.
  public let maxChannels: Int

  /// Factors for a size of one's own.
  public init(depth: Double, width: Double, maxChannels: Int) {
    (self.depth, self.width, self.maxChannels) = (depth, width, maxChannels)
  }

  /// Channels of a layer: the next multiple of 8 above the scaled number.
  func channels(_ count: Int) -> Int {
    let scaled = Double(min(count, maxChannels)) * width
    return Int((scaled / 8).rounded(.up)) * 8
  }

  /// Repetitions of a block: rounded half to even, but at least one.
  func repeats(_ count: Int) -> Int {
    count > 1 ? max(1, Int((Double(count) * depth).rounded(.toNearestOrEven))) : count
  }
}
