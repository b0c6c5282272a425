public import Files
internal import Foundation
public import Layers
public import Tensors

/// Digests of arrays that should not change, taken before training.
public struct FrozenDigests: Equatable, Sendable {
  /// The arrays' names and digests, in the network's order.
  public let digests: [(name: String, digest: Digest)]

  /// Digests every frozen parameter, in full precision.
  ///
  /// - Parameters:
  ///   - parameters: All parameters of the network.
  ///   - statistics: Running statistics that should stay, by name.
  public init(
    of parameters: [Parameter], statistics: [(name: String, values: FloatBuffer)] = []
  ) {
    digests =
      parameters.filter(\.isFrozen).map { ($0.name, Digest(of: $0.value.bytes)) }
      + statistics.map { ($0.name, Digest(of: $0.values.bytes)) }
  }

  /// Whether names and digests are the same.
  public static func == (a: FrozenDigests, b: FrozenDigests) -> Bool {
    a.digests.elementsEqual(b.digests) { $0 == $1 }
  }
}

/// The proof that what was frozen did not move, not even in its last bit.
public struct FreezingProof: Equatable, Sendable, CustomStringConvertible {
  /// Frozen arrays that were compared.
  public let compared: Int
  /// Those whose digest changed; none where freezing held.
  public let changed: [String]
  /// One digest over all names and digests after training, to be recorded in reports.
  public let digest: Digest

  /// Compares digests from before and after training.
  public init(before: FrozenDigests, after: FrozenDigests) {
    var found: [String: Digest] = [:]
    for (name, digest) in after.digests { found[name] = digest }
    compared = before.digests.count
    changed = before.digests.filter { found[$0.name] != $0.digest }.map(\.name)
    digest = Digest(
      of: after.digests.map { "\($0.name) \($0.digest)\n" }.joined())
  }

  /// Whether nothing moved.
  public var holds: Bool { changed.isEmpty }

  /// In one sentence.
  public var description: String {
    guard compared > 0 else { return "Nothing was frozen." }
    guard let first = changed.first else {
      return "All \(compared) frozen arrays are unchanged (SHA-256 \(digest.short))."
    }
    return "\(changed.count) of \(compared) frozen arrays changed, the first of them \(first)."
  }
}
