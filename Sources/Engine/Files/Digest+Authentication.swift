package import Foundation

extension Digest {
  /// Bytes of a block of SHA-256.
  private static let blockSize = 64

  /// The HMAC-SHA-256 (RFC 2104) of content that comes in parts.
  ///
  /// - Parameters:
  ///   - parts: The content, as if the parts were one.
  ///   - key: The secret, of any length.
  package init(authenticating parts: [Data], key: Data) {
    var secret = key.count > Self.blockSize ? Digest(of: key).bytes : [UInt8](key)
    secret += [UInt8](repeating: 0, count: Self.blockSize - secret.count)
    var inner = Hasher()
    inner.update(Data(secret.map { $0 ^ 0x36 }))
    for part in parts { inner.update(part) }
    var outer = Hasher()
    outer.update(Data(secret.map { $0 ^ 0x5C }))
    outer.update(Data(inner.finish().bytes))
    self = outer.finish()
  }

  /// Whether a text is the digest in hexadecimal digits; takes as long for a wrong one as for the right one.
  package func isWritten(as text: some Collection<UInt8>) -> Bool {
    let own = hexadecimal
    guard own.count == text.count else { return false }
    return zip(own, text).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
