/// A dense array of 32-bit floats in row-major order, with value semantics.
///
/// Tensors carry weights, fixtures and results between rooms. Inside the network the same numbers lie
/// in planned memory and are seen as ``FeatureMap``s.
public struct Tensor: Equatable, Sendable {
  /// The extent of each axis.
  public let shape: Shape
  /// All elements, the last axis fastest.
  public var scalars: [Float] {
    didSet {
      precondition(
        scalars.count == shape.count, "\(scalars.count) scalars cannot fill shape \(shape)")
    }
  }

  /// A tensor from its elements in row-major order.
  public init(_ scalars: [Float], shape: Shape) {
    precondition(
      scalars.count == shape.count, "\(scalars.count) scalars cannot fill shape \(shape)")
    self.shape = shape
    self.scalars = scalars
  }

  /// A tensor of one value throughout.
  public init(repeating value: Float, shape: Shape) {
    self.init([Float](repeating: value, count: shape.count), shape: shape)
  }

  /// The tensor with its axes in another order: axis i of the result is axis `order[i]` of this one.
  public func transposed(_ order: [Int]) -> Tensor {
    precondition(
      order.sorted() == Array(0..<shape.rank), "\(order) is no order of \(shape.rank) axes")
    let extents = order.map { shape[$0] }
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    let steps = order.map { strides[$0] }
    var result = [Float]()
    result.reserveCapacity(shape.count)
    var position = [Int](repeating: 0, count: shape.rank)
    var source = 0
    for _ in 0..<shape.count {
      result.append(scalars[source])
      for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
        position[axis] += 1
        source += steps[axis]
        if position[axis] < extents[axis] { break }
        source -= steps[axis] * extents[axis]
        position[axis] = 0
      }
    }
    return Tensor(result, shape: Shape(extents))
  }
}
