internal import CCrypto
public import Foundation

/// A SHA-256 digest (FIPS 180-4): the identity of a file, a step or a set of weights.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes of the digest.
  public let bytes: [UInt8]

  /// The digest of some bytes.
  public init(of content: Data) {
    var hasher = Hasher()
    hasher.update(content)
    self = hasher.finish()
  }

  /// The digest of a text's UTF-8 bytes.
  public init(of text: String) { self.init(of: Data(text.utf8)) }

  init(finished bytes: [UInt8]) { self.bytes = bytes }

  /// A digest from its 32 bytes, as they were kept; nil for any other number of them.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// All 64 hexadecimal digits, lower case.
  public var description: String { String(decoding: hexadecimal, as: UTF8.self) }

  /// The digits as ASCII.
  package var hexadecimal: [UInt8] {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      digits.append(digit(byte >> 4))
      digits.append(digit(byte & 15))
    }
    return digits
  }

  /// The first twelve hexadecimal digits, for people.
  public var short: String { String(description.prefix(12)) }

  /// Digests content that arrives piece by piece.
  @safe public struct Hasher: ~Copyable {
    private let context: OpaquePointer?

    /// Starts with no content.
    public init() {
      unsafe context = EVP_MD_CTX_new()
      // SAFETY: libcrypto owns the context; `deinit` gives it back.
      let started = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
      precondition(started == 1, "libcrypto offers no SHA-256")
    }

    /// Adds content.
    public mutating func update(_ content: Data) {
      // SAFETY: the buffer is read only inside the closure.
      _ = unsafe content.withUnsafeBytes {
        unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
      }
    }

    /// The digest of everything added.
    public consuming func finish() -> Digest {
      var bytes = [UInt8](repeating: 0, count: 32)
      // SAFETY: SHA-256 writes exactly 32 bytes.
      _ = unsafe bytes.withUnsafeMutableBufferPointer {
        unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
      }
      return Digest(finished: bytes)
    }

    deinit { unsafe EVP_MD_CTX_free(context) }
  }
}
