internal import Files
internal import Foundation
internal import Tensors
internal import YOLO

extension Model {
  /// The digest of a model's names, shapes and numbers.
  func weightDigest() -> Digest {
    var hasher = Digest.Hasher()
    let state = stateDictionary()
    for name in state.names {
      hasher.update(Data("\(name) \(state[name]?.shape.description ?? "")\n".utf8))
      switch state[name] {
      case .floats(let tensor):
        // SAFETY: the bytes are read only inside the closure.
        unsafe tensor.scalars.withUnsafeBytes { unsafe hasher.update(Data($0)) }
      case .integers(let integers, _): hasher.update(Data("\(integers)\n".utf8))
      case nil: break
      }
    }
    hasher.update(Data(classNames.joined(separator: "\n").utf8))
    return hasher.finish()
  }
}
