internal import Tensors

/// The ways of computing convolutions that a user may choose between.
enum Backends {
  static let names = ["native", "openblas"]

  static func named(_ name: String) -> (any ConvolutionBackend)? {
    switch name {
    case "native": NativeBackend()
    case "openblas": OpenBLASBackend()
    default: nil
    }
  }
}
