/// Reads one pickle, the way Python writes objects to files, without ever running anything.
///
/// A pickle is a program for a small stack machine, and Python's own machine calls whatever the
/// program names. This one is closed: names of classes and functions are text to it, and a call leaves
/// an inert record of what would have been called. The few constructors that a checkpoint cannot do
/// without are known in `PickleMachine+Construction.swift`.
///
/// Each instruction costs bounded work and memory, so a file can ask for no more than its own length
/// allows. Source: CPython's `pickletools.py`, protocols 2 to 5.
struct PickleMachine {
  /// How much a pickle may ask for.
  ///
  /// The pickles of real checkpoints have some twenty thousand objects in a hundred kilobytes.
  enum Limit {
    static let objects = 4_000_000
    static let bytes = 64 << 20
    static let work = 64 << 20
    static let name = 1024
  }

  typealias Reference = PickleHeap.Reference

  /// What has been made so far.
  var heap = PickleHeap()
  /// Where the machine reads.
  var reader: ByteReader
  private var stack: [Reference] = []
  /// Heights of the stack at which a group began.
  private var marks: [Int] = []
  private var memo: [Int: Reference] = [:]
  private var instruction = 0
  private var work = 0

  /// Stands at the first instruction of a pickle.
  init(_ reader: ByteReader) { self.reader = reader }

  /// Reads to the end of the pickle; returns the object it describes.
  mutating func run() throws(CheckpointError) -> Reference {
    let end = reader.offset + PickleMachine.Limit.bytes
    while true {
      instruction = reader.offset
      guard instruction < end, heap.count < PickleMachine.Limit.objects else {
        throw failure(
          .tooLarge(
            what: "objects of one pickle", needed: heap.count, limit: PickleMachine.Limit.objects))
      }
      let code = try reader.integer(UInt8.self)
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw failure(
          .unsupported(
            "pickle instruction \(code)", advice: "save it with torch.save, protocol 2 to 5"))
      }
      if opcode == .stop { return try pop() }
      if try !pushScalar(opcode), try !arrange(opcode), try !remember(opcode) {
        try construct(opcode)
      }
    }
  }

  /// An error at the instruction that is being read.
  func failure(_ problem: CheckpointError.Problem) -> CheckpointError {
    reader.failure(problem, at: instruction)
  }

  /// Adds an object and pushes it.
  mutating func push(_ node: PickleHeap.Node) { stack.append(heap.add(node)) }

  /// Pushes an object that is there already.
  mutating func push(_ reference: Reference) { stack.append(reference) }

  /// Takes the topmost object.
  mutating func pop() throws(CheckpointError) -> Reference {
    guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
      throw failure(.malformed(expected: "an object on the stack", found: "none"))
    }
    return top
  }

  /// Takes the objects pushed since the last mark.
  mutating func popGroup() throws(CheckpointError) -> [Reference] {
    guard let mark = marks.popLast() else {
      throw failure(.malformed(expected: "a mark on the stack", found: "none"))
    }
    let group = Array(stack[mark...])
    stack.removeLast(group.count)
    return group
  }

  /// Pays for work that goes beyond one step, before it is done.
  mutating func pay(_ steps: Int) throws(CheckpointError) {
    work += steps
    guard work <= PickleMachine.Limit.work else {
      throw failure(
        .tooLarge(what: "steps of one pickle", needed: work, limit: PickleMachine.Limit.work))
    }
  }

  private func top() throws(CheckpointError) -> Reference {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw failure(.malformed(expected: "an object on the stack", found: "none"))
    }
    return top
  }
}

// MARK: - Numbers, text and bytes

extension PickleMachine {
  private mutating func pushScalar(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
    switch opcode {
    case .none: push(.none)
    case .newTrue: push(.boolean(true))
    case .newFalse: push(.boolean(false))
    case .int: push(.integer(Int(try reader.integer(Int32.self))))
    case .int1: push(.integer(Int(try reader.integer(UInt8.self))))
    case .int2: push(.integer(Int(try reader.integer(UInt16.self))))
    case .long1: try pushLong(Int(try reader.integer(UInt8.self)))
    case .long4: try pushLong(Int(try reader.integer(Int32.self)))
    case .float:
      push(.number(Double(bitPattern: UInt64(bigEndian: try reader.integer(UInt64.self)))))
    default: return try pushText(opcode)
    }
    return true
  }

  private mutating func pushText(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
    switch opcode {
    case .shortText: push(.text(try reader.text(Int(try reader.integer(UInt8.self)))))
    case .text: push(.text(try reader.text(Int(try reader.integer(UInt32.self)))))
    case .text8: push(.text(try reader.text(try length8())))
    // Python 2 wrote its byte strings this way; names of those days are ASCII.
    case .shortString: push(.text(try reader.text(Int(try reader.integer(UInt8.self)))))
    case .string: push(.text(try reader.text(Int(try reader.integer(Int32.self)))))
    case .shortBytes: push(.bytes(try reader.array(Int(try reader.integer(UInt8.self)))))
    case .bytes: push(.bytes(try reader.array(Int(try reader.integer(UInt32.self)))))
    case .bytes8, .byteArray8: push(.bytes(try reader.array(try length8())))
    default: return false
    }
    return true
  }

  private mutating func length8() throws(CheckpointError) -> Int {
    let length = try reader.integer(UInt64.self)
    guard let length = Int(exactly: length) else {
      throw failure(.truncated(needed: .max, available: reader.available))
    }
    return length
  }

  /// A whole number in two's complement, little-endian, of any length.
  private mutating func pushLong(_ count: Int) throws(CheckpointError) {
    let bytes = try reader.array(count)
    let negative = bytes.last.map { $0 >= 128 } ?? false
    if bytes.count <= 8 {
      let padded = bytes + [UInt8](repeating: negative ? 255 : 0, count: 8 - bytes.count)
      let bits = padded.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      push(.integer(Int(Int64(bitPattern: bits))))
    } else {
      let magnitude = bytes.reversed().reduce(0.0) { $0 * 256 + Double(negative ? ~$1 : $1) }
      push(.number(negative ? -magnitude - 1 : magnitude))
    }
  }
}

// MARK: - Stack, containers, memo

extension PickleMachine {
  private mutating func arrange(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
    switch opcode {
    case .protocol:
      let version = try reader.integer(UInt8.self)
      guard version <= 5 else {
        throw failure(.malformed(expected: "pickle protocol 0 to 5", found: "\(version)"))
      }
    case .frame: try reader.require(try length8())
    case .mark: marks.append(stack.count)
    case .pop:
      if stack.count == marks.last { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popGroup()
    case .duplicate: push(try top())
    case .emptyList: push(.list([]))
    case .emptyTuple: push(.tuple([]))
    case .emptyDictionary: push(.dictionary([]))
    case .emptySet: push(.list([]))
    case .list: push(.list(try popGroup()))
    case .tuple: push(.tuple(try popGroup()))
    case .frozenSet: push(.list(try popGroup()))
    case .dictionary:
      let items = try popGroup()
      try requirePairs(items)
      push(.dictionary(items))
    case .tuple1: try pushTuple(of: 1)
    case .tuple2: try pushTuple(of: 2)
    case .tuple3: try pushTuple(of: 3)
    default: return try extend(opcode)
    }
    return true
  }

  private mutating func pushTuple(of count: Int) throws(CheckpointError) {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw failure(.malformed(expected: "\(count) objects on the stack", found: "fewer"))
    }
    let elements = Array(stack.suffix(count))
    stack.removeLast(count)
    push(.tuple(elements))
  }

  private mutating func extend(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
    let group: [Reference]
    switch opcode {
    case .append: group = [try pop()]
    case .setItem:
      let value = try pop()
      group = [try pop(), value]
    case .appends, .addItems, .setItems: group = try popGroup()
    default: return false
    }
    let target = try top()
    let isDictionary = opcode == .setItem || opcode == .setItems
    if isDictionary { try requirePairs(group) }
    let done = isDictionary ? heap.insert(group, into: target) : heap.append(group, to: target)
    guard done else {
      throw failure(.malformed(expected: "a container to add to", found: "another object"))
    }
    return true
  }

  private func requirePairs(_ items: [Reference]) throws(CheckpointError) {
    guard items.count.isMultiple(of: 2) else {
      throw failure(.malformed(expected: "keys and values in turn", found: "a key without value"))
    }
  }

  private mutating func remember(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
    switch opcode {
    case .put1: memo[Int(try reader.integer(UInt8.self))] = try top()
    case .put4: memo[Int(try reader.integer(UInt32.self))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get1: try recall(Int(try reader.integer(UInt8.self)))
    case .get4: try recall(Int(try reader.integer(UInt32.self)))
    default: return false
    }
    return true
  }

  private mutating func recall(_ key: Int) throws(CheckpointError) {
    guard let reference = memo[key] else {
      throw failure(.malformed(expected: "an object remembered as \(key)", found: "none"))
    }
    push(reference)
  }
}
