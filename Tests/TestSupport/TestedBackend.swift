public import Tensors
public import Testing

/// A way of computing convolutions that whole networks are compared with golden data on.
public struct TestedBackend: Sendable, CustomTestStringConvertible {
  /// The backend.
  public let backend: any ConvolutionBackend

  /// The backend's name.
  public var testDescription: String { backend.name }

  /// Two threads on this backend.
  public var compute: Compute { Compute(pool: ThreadPool(threads: 2), backend: backend) }

  /// OpenBLAS, our kernels from the definition, and our kernels with Winograd's transform.
  ///
  /// All three keep the tolerances of the golden data: those are wide enough for Winograd's rounding
  /// too.
  public static let all = [
    TestedBackend(backend: OpenBLASBackend()),
    TestedBackend(backend: NativeBackend(usesWinograd: false)),
    TestedBackend(backend: NativeBackend()),
  ]
}
