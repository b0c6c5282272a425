/// Why a checkpoint cannot be read or written: where, and what was found there.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where in the file the trouble lies.
  public enum Place: Equatable, Sendable {
    /// The file as a whole.
    case whole
    /// Bytes from the start of the file.
    case byte(Int)
    /// An entry of a zip archive, and bytes from the start of its content where they are known.
    case entry(String, byte: Int?)
    /// A tensor by name.
    case tensor(String)
  }

  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The system refused the file; its own words.
    case refused(action: String, reason: String)
    /// The content is none of the known formats; its first bytes.
    case unknownFormat(firstBytes: [UInt8])
    /// The content ends too early.
    case truncated(needed: Int, available: Int)
    /// A count or size goes beyond what a checkpoint of this file's size can need.
    case tooLarge(what: String, needed: Int, limit: Int)
    /// Something indispensable is absent.
    case missing(String)
    /// The content contradicts its format.
    case malformed(expected: String, found: String)
    /// Something else under a checkpoint's name; the advice says how to get the checkpoint.
    case notCheckpoint(String, advice: String)
    /// Valid, but of a kind that is not read here; the advice says what to do instead.
    case unsupported(String, advice: String)
  }

  /// The file's path as the caller gave it.
  public let file: String
  /// Where in the file.
  public let place: Place
  /// What is wrong there.
  public let problem: Problem

  /// Names a fault.
  public init(file: String, place: Place = .whole, problem: Problem) {
    (self.file, self.place, self.problem) = (file, place, problem)
  }

  /// One line: place first, then what was expected and what was found.
  public var description: String { "\(file): \(place.prose)\(problem.prose)" }
}

extension CheckpointError.Place {
  fileprivate var prose: String {
    switch self {
    case .whole: ""
    case .byte(let offset): "byte \(offset): "
    case .entry(let name, byte: nil): "entry '\(name)': "
    case .entry(let name, byte: let offset?): "entry '\(name)', byte \(offset): "
    case .tensor(let name): "tensor '\(name)': "
    }
  }
}

extension CheckpointError.Problem {
  fileprivate var prose: String {
    switch self {
    case .refused(let action, let reason): "cannot \(action): \(reason)"
    case .unknownFormat(let bytes):
      "expected a PyTorch (.pt) or .safetensors checkpoint, but the file begins with "
        + "bytes \(bytes.map(hexadecimal).joined(separator: " "))"
    case .truncated(let needed, let available):
      "needs \(needed) more bytes, but only \(available) are left; was the file copied completely?"
    case .tooLarge(let what, let needed, let limit):
      "\(what): \(needed), but at most \(limit) can be right here"
    case .missing(let what): "lacks \(what)"
    case .malformed(let expected, let found): "expected \(expected), but found \(found)"
    case .notCheckpoint(let what, let advice): "this is \(what), not a checkpoint; \(advice)"
    case .unsupported(let what, let advice): "\(what) cannot be read; \(advice)"
    }
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
