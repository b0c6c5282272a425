import Synchronization
public import Foundation
public import Tensors
public import Testing

/// The arrays of one golden `.safetensors` file.
///
/// The reader is the plainest that works and stands apart from the product's own, so that the two
/// check each other. Format: <https://github.com/huggingface/safetensors#format>.
public struct GoldenFile: Sendable {
  /// Every array by name.
  public let arrays: [String: StateDictionary.Value]
  private let file: String

  /// Reads a whole file.
  public init(_ url: URL) throws {
    let content = try Data(contentsOf: url)
    let length = content.prefix(8).enumerated().reduce(0) {
      $0 | Int($1.element) << (8 * $1.offset)
    }
    let header = try #require(
      try JSONSerialization.jsonObject(with: content[8..<8 + length]) as? [String: Any])
    var arrays: [String: StateDictionary.Value] = [:]
    for (name, entry) in header where name != "__metadata__" {
      let entry = try #require(entry as? [String: Any])
      let shape = Shape(try #require(entry["shape"] as? [Int]))
      let range = try #require(entry["data_offsets"] as? [Int])
      let bytes = Array(content[(8 + length + range[0])..<(8 + length + range[1])])
      switch entry["dtype"] as? String {
      case "F32":
        let scalars = (0..<shape.count).map { i in
          Float(
            bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * i + $1]) << (8 * UInt32($1)) })
        }
        arrays[name] = .floats(Tensor(scalars, shape: shape))
      case "I64":
        let integers = (0..<shape.count).map { i in
          Int64(
            bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[8 * i + $1]) << (8 * UInt64($1)) })
        }
        arrays[name] = .integers(integers, shape: shape)
      default: Issue.record("\(url.lastPathComponent): \(name) has an unknown type")
      }
    }
    self.arrays = arrays
    file = url.lastPathComponent
  }

  /// The floats under a name; the test fails where it is absent.
  public func tensor(_ name: String) throws -> Tensor {
    guard case .floats(let tensor)? = arrays[name] else {
      throw GoldenError(description: "\(file) has no floats '\(name)'")
    }
    return tensor
  }

  /// The integers under a name; the test fails where it is absent.
  public func integers(_ name: String) throws -> [Int64] {
    guard case .integers(let integers, _)? = arrays[name] else {
      throw GoldenError(description: "\(file) has no integers '\(name)'")
    }
    return integers
  }
}

extension GoldenFile {
  /// All arrays as a state dictionary, in the order of their names.
  public func state() -> StateDictionary {
    var state = StateDictionary()
    for name in arrays.keys.sorted() { state[name] = arrays[name] }
    return state
  }
}

/// A golden file that lacks something.
public struct GoldenError: Error, CustomStringConvertible {
  /// What is missing.
  public let description: String
}

/// The JSON object of one golden file.
public func goldenJSON(_ url: URL) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
}

/// How many golden arrays this process has compared; printed when it ends.
private let compared = Atomic<Int>(0)
private let reportAtExit: Void = {
  atexit { print("golden: \(compared.load(ordering: .relaxed)) tensors compared") }
}()

/// Expects `|got - want| <= absolute + relative * |want|` for every element, and says where it is worst.
///
/// - Parameters:
///   - got: What we computed.
///   - want: The golden numbers, of the same shape.
///   - name: What is compared, for the message.
///   - absolute: The tolerance that does not scale.
///   - relative: The tolerance that scales with the golden number.
///   - sourceLocation: Where a failure is reported.
public func expectGolden(
  _ got: Tensor, equals want: Tensor, _ name: String, absolute: Float, relative: Float = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  _ = reportAtExit
  compared.wrappingAdd(1, ordering: .relaxed)
  guard got.shape == want.shape else {
    Issue.record(
      "\(name): shape \(got.shape), expected \(want.shape)", sourceLocation: sourceLocation)
    return
  }
  var worst = 0, excess: Float = 0
  for (i, (a, b)) in zip(got.scalars, want.scalars).enumerated() {
    let over = a == b ? 0 : abs(a - b) / (absolute + relative * abs(b))
    if !(over <= excess) { (worst, excess) = (i, over) }
  }
  guard !(excess <= 1) else { return }
  Issue.record(
    """
    \(name): element \(worst) is \(got.scalars[worst]), expected \(want.scalars[worst]): \
    \(excess) times the tolerance (\(absolute) + \(relative) of the value)
    """, sourceLocation: sourceLocation)
}

/// Counts one golden comparison made by other means, such as exact equality of integers or text.
public func countGoldenComparison() {
  _ = reportAtExit
  compared.wrappingAdd(1, ordering: .relaxed)
}

extension Trait where Self == ConditionTrait {
  /// Runs the test only where a section of the golden data, or a file of one, is present, and says so where
  /// it is not.
  public static func golden(_ path: String) -> Self {
    .enabled(
      if: Shared.golden(path) != nil,
      "golden data '\(path)' is not in \(Shared.goldenFolders[0].path): skipped")
  }

  /// Runs the test only where a file or folder of `../shared` is present.
  public static func shared(_ path: String) -> Self {
    .enabled(if: Shared.folder(path) != nil, "../shared/\(path) is absent: skipped")
  }
}
