internal import Files
package import Foundation
internal import Layers
internal import Tensors

/// Everything a run needs to go on as if it had never stopped: weights, moments, averages, waiting
/// gradients, counters and results.
///
/// File format, little-endian: the eight bytes `yolosrun`; the length of a JSON header as 64 bits; the
/// header (progress, and name and length of every array); the arrays in that order, 64-bit floats for the
/// results of the epochs and 32-bit ones for all else; the SHA-256 digest of all bytes before it. Weights
/// are kept in full precision, unlike in checkpoints. What is frozen lies beside it in a file of the same form,
/// which begins with `yolosfrz` and has no progress; the header names that file's digest.
public struct RunState: Sendable {
  /// The part that is not arrays.
  public struct Progress: Equatable, Codable, Sendable {
    /// Epochs that are finished.
    public var epochs: Int
    /// Steps of the optimizer, and updates of the EMA.
    public var optimizerSteps: Int, averageUpdates: Int
    /// How the optimizer moves weights.
    public var method: Optimizer.Method
    /// Which batches still wait for a step.
    public var accumulation: Accumulation
    /// The best epoch so far.
    public var stopping: EarlyStopping
    /// One line for every finished epoch; in the file an array and no part of the header.
    public var results: [EpochResult] = []
    /// Identifies options, data and architecture: a run goes on only where all are the same.
    public var identity: String
    /// Identifies the weights that the run started from.
    public var start: String

    private enum CodingKeys: CodingKey {
      case epochs, optimizerSteps, averageUpdates, method, accumulation, stopping, identity, start
    }

    /// The part that is not arrays.
    public init(
      epochs: Int, optimizerSteps: Int, averageUpdates: Int, method: Optimizer.Method,
      accumulation: Accumulation, stopping: EarlyStopping, results: [EpochResult],
      identity: String, start: String
    ) {
      (self.epochs, self.optimizerSteps) = (epochs, optimizerSteps)
      (self.averageUpdates, self.method) = (averageUpdates, method)
      (self.accumulation, self.stopping) = (accumulation, stopping)
      (self.results, self.identity, self.start) = (results, identity, start)
    }
  }

  /// The part that is not arrays.
  public private(set) var progress: Progress
  /// The arrays by name, as the bytes of 32-bit floats, in the order of the file.
  private(set) var arrays: [(name: String, bytes: Data)] = []

  static let magic = Data("yolosrun".utf8)

  /// The array that holds the results.
  static let historyName = "results"

  static let frozenMagic = Data("yolosfrz".utf8)

  /// What a state leaves out, since it lies in a file that is written once.
  public struct FrozenArrays: Equatable, Sendable {
    /// Parameters and statistics that no epoch moves.
    let names: Set<String>
    /// The digest in that file.
    let digest: Digest

    /// Whether a state need not hold an array of the inventory.
    func holds(_ array: String) -> Bool {
      ["value/", "average/"].contains { prefix in
        array.hasPrefix(prefix) && names.contains(String(array.dropFirst(prefix.count)))
      }
    }
  }

  /// What the state leaves out; nil for nothing.
  package private(set) var frozen: FrozenArrays?

  /// The header of the file of frozen arrays.
  struct FrozenHeader: Codable {
    var arrays: [Header.Entry]
  }

  struct Header: Codable {
    var progress: Progress
    var arrays: [Entry]
    /// The digest of the frozen arrays' file, where there is one.
    var frozen: String?

    struct Entry: Codable {
      let name: String, bytes: Int
    }
  }

  /// Reads a state, with the frozen arrays beside it, and checks the digests.
  ///
  /// - Throws: ``RunStateError`` with the file and what is wrong.
  public static func read(_ path: String) throws(RunStateError) -> RunState {
    var state = try decode(try content(path), file: path)
    guard let expected = state.frozenDigest else { return state }
    let beside = RunFolder.frozenArrays(beside: path)
    let file = try StateFile(try content(beside), magic: frozenMagic, file: beside)
    guard file.digest.description == expected else {
      throw RunStateError(file: beside, problem: .otherRun)
    }
    let header: FrozenHeader = try file.header()
    var names: Set<String> = []
    for (name, bytes) in try file.arrays(header.arrays) where name.hasPrefix("value/") {
      let plain = String(name.dropFirst("value/".count))
      names.insert(plain)
      state.arrays.append((name, bytes))
      // The average of what never moves is its value. An update adds zero, which takes -0 to 0.
      state.arrays.append(
        ("average/" + plain, state.progress.averageUpdates > 0 ? bytes.addingZero : bytes))
    }
    state.frozen = FrozenArrays(names: names, digest: file.digest)
    return state
  }

  private static func content(_ path: String) throws(RunStateError) -> Data {
    do { return try AtomicFile.read(path) } catch {
      throw RunStateError(file: path, problem: .unreadable(error.reason))
    }
  }

  /// The digest of the file of frozen arrays; nil where there is none.
  private var frozenDigest: String?

  /// The state in a file's bytes, without what is frozen.
  package static func decode(_ content: Data, file: String) throws(RunStateError) -> RunState {
    let parts = try StateFile(content, magic: magic, file: file)
    let header: Header = try parts.header()
    var state = RunState(progress: header.progress)
    state.frozenDigest = header.frozen
    for (name, bytes) in try parts.arrays(header.arrays) {
      if name == historyName {
        guard let results = [EpochResult](history: bytes) else {
          throw RunStateError(file: file, problem: .otherVersion)
        }
        state.progress.results = results
      } else {
        state.arrays.append((name, bytes))
      }
    }
    return state
  }

  private init(progress: Progress) { self.progress = progress }
}

/// The parts of a file that holds arrays of a run, behind a check of its digest.
private struct StateFile {
  /// Of all bytes before it.
  let digest: Digest
  private let file: String
  private let json: Data
  /// The arrays, one behind the other.
  private let rest: Data

  init(_ content: Data, magic: Data, file: String) throws(RunStateError) {
    func fail(_ problem: RunStateError.Problem) -> RunStateError {
      RunStateError(file: file, problem: problem)
    }
    guard content.prefix(8) == magic else { throw fail(.notAState) }
    guard content.count >= 48 else { throw fail(.damaged) }
    let body = content.dropLast(32), digest = Digest(of: body)
    guard digest.bytes == Array(content.suffix(32)) else { throw fail(.damaged) }
    let length = content[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(body.count - 16) else { throw fail(.damaged) }
    (self.digest, self.file) = (digest, file)
    json = content[16..<16 + Int(length)]
    rest = body.dropFirst(16 + Int(length))
  }

  func header<Header: Decodable>() throws(RunStateError) -> Header {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let header = try? decoder.decode(Header.self, from: json) else {
      throw RunStateError(file: file, problem: .otherVersion)
    }
    return header
  }

  /// The arrays that a header lists.
  func arrays(
    _ entries: [RunState.Header.Entry]
  ) throws(RunStateError) -> [(name: String, bytes: Data)] {
    var arrays: [(name: String, bytes: Data)] = []
    var left = rest
    for entry in entries {
      guard entry.bytes >= 0, entry.bytes <= left.count else {
        throw RunStateError(file: file, problem: .damaged)
      }
      arrays.append((entry.name, left.prefix(entry.bytes)))
      left = left.dropFirst(entry.bytes)
    }
    guard left.isEmpty else { throw RunStateError(file: file, problem: .damaged) }
    return arrays
  }
}

extension Data {
  /// 32-bit floats with zero added to each.
  fileprivate var addingZero: Data {
    var result = self
    // SAFETY: the bytes are the copy's own, and floats as its length says.
    unsafe result.withUnsafeMutableBytes { bytes in
      for offset in stride(from: 0, to: bytes.count / 4 * 4, by: 4) {
        let value = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
        unsafe bytes.storeBytes(of: value + 0, toByteOffset: offset, as: Float.self)
      }
    }
    return result
  }
}

/// Why a run cannot go on from a saved state.
public struct RunStateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The system refused the file.
    case unreadable(String)
    /// The file is something else.
    case notAState
    /// The content does not fit its digest.
    case damaged
    /// The header is of another version.
    case otherVersion
    /// An array the network needs is absent or has another size.
    case mismatch(array: String, expected: Int, found: Int?)
    /// Options, data or starting weights are others.
    case otherRun
  }

  /// The file's path.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// Names an unusable state.
  public init(file: String, problem: Problem) { (self.file, self.problem) = (file, problem) }

  /// One line: the file first.
  public var description: String {
    let what =
      switch problem {
      case .unreadable(let reason):
        "cannot resume: \(reason); only an interrupted run has this file"
      case .notAState: "this is not the saved state of a run"
      case .damaged:
        "the content does not match its digest; start a new run from the weights next to it"
      case .otherVersion:
        "another version of yolos wrote this state; start a new run from the weights next to it"
      case .mismatch(let array, let expected, let found):
        "expected \(expected) floats of '\(array)', "
          + (found.map { "found \($0)" } ?? "found none")
      case .otherRun:
        "options, data or initial weights differ from those of this run, or another version of yolos started it; "
          + "pass the dataset it was started with (data=…), or start a new one"
      }
    return "\(file): \(what)"
  }
}
