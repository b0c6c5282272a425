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

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// All 64 hexadecimal digits, lower case.
  public var description: String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
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
      return Digest(bytes: bytes)
    }

    deinit { unsafe EVP_MD_CTX_free(context) }
  }
}
