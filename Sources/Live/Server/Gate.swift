/// Decides who may see the page: whoever knows its address, from a page of its own.
///
/// The server listens on loopback alone, but every page in the user's browser can send requests there, and
/// a name of somebody else's can be made to lead there. So a request must name the token, must be
/// addressed to this machine by one of its own names, and must not come from another page.
struct Gate: Sendable {
  /// What the address holds besides the machine: 128 random bits.
  let token: String
  /// The names under which the server may be addressed.
  let hosts: [String]

  /// A gate with a fresh token for a port.
  init(port: UInt16) {
    var source = SystemRandomNumberGenerator()
    let letters = Array("0123456789abcdef")
    token = String((0..<32).map { _ in letters[Int(source.next() & 15)] })
    hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
  }

  /// Lets a request in, or refuses it.
  ///
  /// - Parameters:
  ///   - path: The path of the request.
  ///   - host: Its `Host`.
  ///   - origin: Its `Origin`; nil where it has none.
  /// - Returns: The path after the token; nil for a request that is refused.
  func path(_ path: String, host: String?, origin: String?) -> String? {
    guard let host, hosts.contains(host.lowercased()) else { return nil }
    if let origin, !hosts.map({ "http://\($0)" }).contains(origin.lowercased()) { return nil }
    let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
    guard let first = parts.first, isToken(first) else { return nil }
    return parts.count > 1 ? String(parts[1]) : ""
  }

  /// Compares all bytes, whichever differ: the time says nothing about the token.
  private func isToken(_ text: Substring) -> Bool {
    let mine = Array(token.utf8), theirs = Array(text.utf8)
    guard mine.count == theirs.count else { return false }
    return zip(mine, theirs).reduce(UInt8(0)) { $0 | $1.0 ^ $1.1 } == 0
  }
}
