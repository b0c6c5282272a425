public import Files

/// Why published weights are not on this machine.
public struct WeightsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// Nothing of this name is published, as far as we know.
    case unknown(nearest: String?, known: [String])
    /// They were not fetched yet, and are not fetched now.
    case absent
    /// The environment names no folder to keep weights in.
    case noFolder
    /// The system refused a file or folder.
    case file(FileError)
    /// The file that was put in the place of the published one has other content.
    case damaged(path: String, found: Digest)
    /// Another process downloads the same file.
    case busy
    /// The mirror that the environment names is no address.
    case badMirror(String)
    /// No answer came; the reason is libcurl's, the path where the file would be kept.
    case unreachable(address: String, reason: String, path: String)
    /// The server answered with an error.
    case status(address: String, code: Int)
    /// What the server has is larger or smaller than the published file.
    case wrongSize(address: String, expected: Int, found: Int)
    /// What came has another digest than the published file.
    case wrongDigest(address: String, expected: Digest, found: Digest)
    /// The connection ended early; what came is kept.
    case brokeOff(address: String, received: Int, size: Int, reason: String)
    /// The user asked for the end; what came is kept.
    case cancelled(received: Int, size: Int)
  }

  /// The name that was asked for.
  public let name: String
  /// What is wrong.
  public let problem: Problem

  /// Names a problem with the weights of a name.
  public init(_ name: String, _ problem: Problem) { (self.name, self.problem) = (name, problem) }

  /// One sentence: place first, then what was expected and found.
  public var description: String {
    switch problem {
    case .unknown: "no published weights are named '\(name)'"
    case .absent: "'\(name)' is not downloaded yet, and scripts never download"
    case .noFolder:
      "'\(name)' cannot be stored: neither XDG_DATA_HOME nor HOME is set to a folder"
    case .file(let error): error.description
    case .damaged(let path, let found):
      "\(path): not the published file: its SHA-256 digest is \(found)"
    case .busy: "another yolos is already downloading '\(name)'"
    case .badMirror(let address):
      "YOLOS_WEIGHTS_URL is '\(Self.shown(address))', expected an address that starts with https:// "
        + "or http://"
    case .unreachable(let address, let reason, _): "\(Self.shown(address)): no answer: \(reason)"
    case .status(let address, let code):
      "\(Self.shown(address)): the server answered \(code)\(Self.meaning(of: code))"
    case .wrongSize(let address, let expected, let found):
      "\(Self.shown(address)): not the published file: it has \(Self.grouped(found)) bytes, expected "
        + Self.grouped(expected)
    case .wrongDigest(let address, let expected, let found):
      "\(Self.shown(address)): not the published file: its SHA-256 digest is \(found), expected "
        + "\(expected); it was not kept"
    case .brokeOff(let address, let received, let size, let reason):
      "\(Self.shown(address)): the download broke off after \(Self.grouped(received)) of \(Self.grouped(size)) "
        + "bytes: \(reason)"
    case .cancelled(let received, let size):
      "'\(name)' was stopped after \(Self.grouped(received)) of \(Self.grouped(size)) bytes"
    }
  }

  /// What to do, if we know it.
  public var hint: String? {
    switch problem {
    case .unknown(let nearest, let known):
      (nearest.map { "did you mean '\($0)'? " } ?? "") + "choose from "
        + known.joined(separator: ", ")
    case .absent: "run this to download it: yolos fetch \(name)"
    case .noFolder: "set XDG_DATA_HOME to a folder that you can write to"
    case .file: "set XDG_DATA_HOME to use another place for the folder yolos/weights"
    case .damaged: "run this to download it again: yolos fetch \(name)"
    case .busy: "wait for it, or stop it"
    case .badMirror: "unset it to download from the publisher"
    case .unreachable(_, _, let path):
      "without a network, copy the file from another machine to \(path); YOLOS_WEIGHTS_URL can name a mirror"
    case .status, .wrongSize, .wrongDigest:
      "YOLOS_WEIGHTS_URL can name a mirror with the files under their published names"
    case .brokeOff, .cancelled:
      "the part received so far is kept: run the same command again to continue"
    }
  }

  /// The meaning of the statuses that people meet.
  private static func meaning(of code: Int) -> String {
    switch code {
    case 401, 403: " (not allowed)"
    case 404, 410: " (file not found)"
    case 407: " (the proxy requires authentication)"
    case 429: " (too many requests; try again later)"
    case 500...: " (server error; try again later)"
    default: ""
    }
  }

  /// An address without the name and password that it may hold.
  private static func shown(_ address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address }
    let host = address[scheme.upperBound...].prefix { $0 != "/" }
    guard let sign = host.lastIndex(of: "@") else { return address }
    return String(address[..<scheme.upperBound] + address[address.index(after: sign)...])
  }

  /// "6,549,796".
  private static func grouped(_ number: Int) -> String {
    var result = ""
    for (place, digit) in "\(number)".reversed().enumerated() {
      if place > 0, place.isMultiple(of: 3) { result = "," + result }
      result = "\(digit)" + result
    }
    return result
  }
}
