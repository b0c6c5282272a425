public import Tensors

/// An array of weights and the gradient of the loss with respect to it.
///
/// Identity matters: the network, the optimizer and the averages speak of the same parameter.
public final class Parameter {
  /// What an optimizer treats alike.
  public enum Role: Sendable {
    /// Convolution weights: the only ones that decay.
    case weight
    /// The scale of a batch normalization.
    case scale
    /// The shift of a batch normalization or the bias of a convolution.
    case bias
  }

  /// The checkpoint's name, for example "model.0.conv.weight".
  public let name: String
  /// The extents in the checkpoint's order; convolution weights are (out, in, height, width).
  public let shape: Shape
  /// What an optimizer treats alike.
  public let role: Role
  /// The weights in row-major order.
  public let value: FloatBuffer
  /// ∂L/∂value, summed over backward passes until it is cleared.
  ///
  /// Takes memory from its first use on: who only predicts needs none. The first use must not be that of
  /// several threads.
  public private(set) lazy var gradient = FloatBuffer(count: count)
  /// Whether training leaves the weights alone.
  public var isFrozen = false

  /// A parameter of zeros.
  public init(_ name: String, shape: Shape, role: Role) {
    (self.name, self.shape, self.role) = (name, shape, role)
    value = FloatBuffer(count: shape.count)
  }

  /// The number of weights.
  public var count: Int { shape.count }
}
