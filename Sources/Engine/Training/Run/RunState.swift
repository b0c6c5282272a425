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
/// are kept in full precision, unlike in checkpoints.
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

  struct Header: Codable {
    var progress: Progress
    var arrays: [Entry]

    struct Entry: Codable {
      let name: String, bytes: Int
    }
  }

  /// Reads a state and checks its digest.
  ///
  /// - Throws: ``RunStateError`` with the file and what is wrong.
  public static func read(_ path: String) throws(RunStateError) -> RunState {
    let content: Data
    do {
      content = try AtomicFile.read(path)
    } catch {
      throw RunStateError(file: path, problem: .unreadable(error.reason))
    }
    return try decode(content, file: path)
  }

  /// The state in a file's bytes.
  package static func decode(_ content: Data, file: String) throws(RunStateError) -> RunState {
    func fail(_ problem: RunStateError.Problem) -> RunStateError {
      RunStateError(file: file, problem: problem)
    }
    guard content.prefix(8) == magic else { throw fail(.notAState) }
    guard content.count >= 48 else { throw fail(.damaged) }
    let body = content.dropLast(32)
    guard Digest(of: body).bytes == Array(content.suffix(32)) else { throw fail(.damaged) }
    let length = content[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(body.count - 16) else { throw fail(.damaged) }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var offset = 16 + Int(length)
    guard let header = try? decoder.decode(Header.self, from: content[16..<offset]) else {
      throw fail(.otherVersion)
    }
    var state = RunState(progress: header.progress)
    for entry in header.arrays {
      guard entry.bytes >= 0, entry.bytes <= body.count - offset else { throw fail(.damaged) }
      let bytes = content[offset..<offset + entry.bytes]
      if entry.name == historyName {
        guard let results = [EpochResult](history: bytes) else { throw fail(.otherVersion) }
        state.progress.results = results
      } else {
        state.arrays.append((entry.name, bytes))
      }
      offset += entry.bytes
    }
    guard offset == body.count else { throw fail(.damaged) }
    return state
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
