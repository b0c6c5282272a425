/// The named arrays of a model in the order of its checkpoint: weights, buffers and counters.
///
/// Names are those of the field's checkpoints: "model.0.conv.weight", "model.0.bn.running_mean".
/// Convolution weights are laid out (out, in, height, width).
public struct StateDictionary: Equatable, Sendable {
  /// What a name stands for.
  public enum Value: Equatable, Sendable {
    /// Weights and statistics; half-precision numbers are widened when read.
    case floats(Tensor)
    /// Counters such as `num_batches_tracked`.
    case integers([Int64], shape: Shape)

    /// The extents, whatever the element type.
    public var shape: Shape {
      switch self {
      case .floats(let tensor): tensor.shape
      case .integers(_, let shape): shape
      }
    }
  }

  /// The names in the order in which they were added.
  public private(set) var names: [String] = []
  private var values: [String: Value] = [:]

  /// A dictionary without entries.
  public init() {}

  /// The value of a name.
  ///
  /// Setting an absent name appends it; setting nil removes the name.
  public subscript(name: String) -> Value? {
    get { values[name] }
    set {
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if values[name] == nil {
        names.append(name)
      }
      values[name] = newValue
    }
  }

  /// The floats under a name, or nil where it is absent or holds integers.
  public func tensor(_ name: String) -> Tensor? {
    guard case .floats(let tensor)? = values[name] else { return nil }
    return tensor
  }

  /// The number of names.
  public var count: Int { names.count }
}
