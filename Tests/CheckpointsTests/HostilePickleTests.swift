import Checkpoints
import Foundation
import Tensors
import Testing

/// Pickles made to do harm, or to ask for more than they are worth.
@Suite struct HostilePickleTests {
  private func parse(
    storages: [(key: String, floats: [Float])] = [], _ build: (inout HandmadePickle) -> Void
  ) throws(CheckpointError) -> Checkpoint {
    try Checkpoint.parse(HandmadePickle(build).file(storages: storages), file: "a.pt")
  }

  private func problem(
    storages: [(key: String, floats: [Float])] = [], _ build: (inout HandmadePickle) -> Void
  ) -> CheckpointError.Problem? {
    do throws(CheckpointError) {
      _ = try parse(storages: storages, build)
      return nil
    } catch { return error.problem }
  }

  @Test func `a call of the system leaves a note beside the weights and nothing else`() throws {
    let witness = NSTemporaryDirectory() + "yolos-was-here"
    let checkpoint = try parse(storages: [("0", [1, 2])]) { pickle in
      pickle.raw("}(")
      pickle.text("model")
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 2, extents: [2], strides: [1])
      pickle.raw("s")
      pickle.text("run")
      pickle.global("os", "system")
      pickle.text("touch \(witness)")
      pickle.raw([0x85])
      pickle.raw("Ru")
    }
    #expect(checkpoint.state.tensor("w") == Tensor([1, 2], shape: [2]))
    #expect(checkpoint.metadata["run"] == .object("os.system"))
    #expect(!FileManager.default.fileExists(atPath: witness))
  }

  @Test func `shared, transposed and repeated views give their own elements`() throws {
    let state = try parse(storages: [("0", [0, 1, 2, 3, 4, 5])]) { pickle in
      pickle.raw("}(")
      pickle.text("rows")
      pickle.tensor(count: 6, extents: [2, 3], strides: [3, 1])
      pickle.text("columns")
      pickle.tensor(count: 6, extents: [3, 2], strides: [1, 3])
      pickle.text("tail")
      pickle.tensor(count: 6, offset: 4, extents: [2], strides: [1])
      pickle.text("repeated")
      pickle.tensor(count: 6, offset: 5, extents: [3], strides: [0])
      pickle.text("empty")
      pickle.tensor(count: 6, offset: 6, extents: [0, 4], strides: [4, 1])
      pickle.text("scalar")
      pickle.tensor(count: 6, offset: 3, extents: [], strides: [])
      pickle.raw("u")
    }.state
    #expect(state.tensor("rows")?.scalars == [0, 1, 2, 3, 4, 5])
    #expect(state.tensor("columns")?.scalars == [0, 3, 1, 4, 2, 5])
    #expect(state.tensor("tail")?.scalars == [4, 5])
    #expect(state.tensor("repeated")?.scalars == [5, 5, 5])
    #expect(state.tensor("empty") == Tensor([], shape: [0, 4]))
    #expect(state.tensor("scalar") == Tensor([3], shape: []))
  }

  @Test(
    arguments: [
      (6, 0, [7], [1]), (6, 5, [2], [1]), (6, 0, [2, 3], [4, 1]), (6, 0, [2], [6]),
      (6, 0, [2], [.max]), (6, 0, [1 << 40, 1 << 40], [0, 0]), (6, 0, [.max, .max, 0], [1, 1, 1]),
      (6, -1, [1], [1]), (6, 0, [-1], [1]), (6, 0, [2], [-1]), (6, 0, [2, 2], [1]),
      (6, .max, [1], [1]), (0, 0, [1], [1]), (-1, 0, [1], [1]),
    ] as [(Int, Int, [Int], [Int])])
  func `a view beyond its storage is refused`(
    count: Int, offset: Int, extents: [Int], strides: [Int]
  ) {
    let problem = problem(storages: [("0", [0, 1, 2, 3, 4, 5])]) { pickle in
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: count, offset: offset, extents: extents, strides: strides)
      pickle.raw("s")
    }
    guard case .malformed? = problem else {
      Issue.record("\(String(describing: problem))")
      return
    }
  }

  @Test func `a view that repeats one number a million million times is refused`() {
    let problem = problem(storages: [("0", [1])]) { pickle in
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 1, extents: [1 << 20, 1 << 20], strides: [0, 0])
      pickle.raw("s")
    }
    guard case .tooLarge(_, needed: 1 << 40, _)? = problem else {
      Issue.record("\(String(describing: problem))")
      return
    }
  }

  @Test func `a storage larger than the file is refused before memory is asked for`() {
    let problem = problem(storages: [("0", [1])]) { pickle in
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 1 << 50, extents: [1], strides: [1])
      pickle.raw("s")
    }
    #expect(problem == .truncated(needed: 1 << 50, available: 1))
  }

  @Test func `a storage that is not there is named`() {
    let problem = problem { pickle in
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(key: "../../etc/passwd", count: 1, extents: [1], strides: [1])
      pickle.raw("s")
    }
    #expect(problem == .missing("the storage '../../etc/passwd'"))
  }

  @Test(arguments: ["(", "l", "]", "\u{29}"])
  func `a million nested objects neither crash nor count as weights`(opening: String) {
    let problem = problem { pickle in
      switch opening {
      case "(": pickle.raw(String(repeating: "(", count: 1_000_000) + "N")
      case "l":
        pickle.raw(
          String(repeating: "(", count: 1_000_000) + "N" + String(repeating: "l", count: 1_000_000))
      case "]":
        pickle.raw(
          "]" + String(repeating: "]", count: 1_000_000) + String(repeating: "a", count: 1_000_000))
      default: pickle.raw([0x29] + [UInt8](repeating: 0x85, count: 1_000_000))
      }
    }
    #expect(problem != nil)
  }

  @Test func `deep and cyclic notes end in an error instead of an endless walk`() {
    let deep = problem(storages: [("0", [1])]) { pickle in
      pickle.raw("}(")
      pickle.text("model")
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 1, extents: [1], strides: [1])
      pickle.raw("s")
      pickle.text("notes")
      pickle.raw([0x29] + [UInt8](repeating: 0x85, count: 100_000))
      pickle.raw("u")
    }
    #expect(deep == .tooLarge(what: "nesting of metadata", needed: 33, limit: 32))
    let cyclic = problem(storages: [("0", [1])]) { pickle in
      pickle.raw("}(")
      pickle.text("model")
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 1, extents: [1], strides: [1])
      pickle.raw("s")
      pickle.text("notes")
      pickle.raw([0x5D, 0x71, 0, 0x68, 0, 0x61])
      pickle.raw("u")
    }
    #expect(cyclic == .tooLarge(what: "nesting of metadata", needed: 33, limit: 32))
  }

  @Test func `thirty doublings of a list are not unfolded`() {
    let problem = problem(storages: [("0", [1])]) { pickle in
      pickle.raw("}(")
      pickle.text("model")
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 1, extents: [1], strides: [1])
      pickle.raw("s")
      pickle.text("notes")
      pickle.raw("]")
      for _ in 0..<30 { pickle.raw([0x32, 0x86]) }
      pickle.raw("u")
    }
    #expect(problem == .tooLarge(what: "values of metadata", needed: 200_001, limit: 200_000))
  }

  @Test func `a module that holds itself is refused`() {
    let problem = problem { pickle in
      pickle.global("torch.nn", "Module")
      pickle.raw([0x29, 0x81, 0x71, 0])
      pickle.raw("}")
      pickle.text("_modules")
      pickle.raw("}")
      pickle.text("again")
      pickle.raw([0x68, 0])
      pickle.raw("ssb")
    }
    #expect(problem == .tooLarge(what: "nesting of modules", needed: 33, limit: 32))
  }

  @Test func `repeated conversion of a long text or list is paid for`() {
    let texts = problem { pickle in
      pickle.global("_codecs", "encode")
      pickle.raw([0x71, 0])
      pickle.text(String(repeating: "x", count: 1 << 20))
      pickle.raw([0x85, 0x71, 1])
      for _ in 0..<100 { pickle.raw([0x68, 0, 0x68, 1, 0x52]) }
    }
    guard case .tooLarge(what: "steps of one pickle", _, _)? = texts else {
      Issue.record("\(String(describing: texts))")
      return
    }
  }

  @Test(
    arguments: [
      "a stack that is empty": "0", "a pair without list": "Na", "a mark that is missing": "t",
      "a call without arguments": "NR", "arguments that are no tuple": "NNR",
      "state of nothing": "b",
      "keys without values": "}(Nu", "a container that is none": "NNa",
      "an identity of nothing": "NQ",
      "an object of nothing": "(o", "a copy of nothing": "2", "a mark in the way": "N(a",
    ])
  func `a pickle that cannot run is refused`(name: String, instructions: String) {
    guard case .malformed? = problem({ $0.raw(instructions) }) else {
      Issue.record("\(name)")
      return
    }
  }

  @Test(
    arguments: [
      "a text of four gigabytes": [0x58, 0xFF, 0xFF, 0xFF, 0xFF],
      "a text of all memory": [0x8D] + [UInt8](repeating: 0xFF, count: 8),
      "bytes of all memory": [0x8E] + [UInt8](repeating: 0x7F, count: 8),
      "a number of a gigabyte": [0x8B, 0, 0, 0, 0x40],
      "a frame of all memory": [0x95] + [UInt8](repeating: 0x7F, count: 8),
    ] as [String: [UInt8]])
  func `a length beyond the file is refused`(name: String, bytes: [UInt8]) {
    guard case .truncated? = problem({ $0.raw(bytes) }) else {
      Issue.record("\(name)")
      return
    }
  }

  @Test func `unknown things are named in errors`() {
    #expect(
      problem { $0.raw("I1\n") }
        == .unsupported("pickle instruction 73", advice: "save it with torch.save, protocol 2 to 5")
    )
    #expect(
      problem { $0.raw([0x68, 9]) }
        == .malformed(expected: "an object remembered as 9", found: "none"))
    #expect(
      problem { $0.raw([0x80, 6]) } == .malformed(expected: "pickle protocol 0 to 5", found: "6"))
    #expect(
      problem { $0.raw("}") }
        == .missing("weights: neither a module nor a dictionary of tensors"))
    let complex = problem { pickle in
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(storage: "ComplexFloatStorage", count: 1, extents: [1], strides: [1])
      pickle.raw("s")
    }
    #expect(
      complex
        == .unsupported(
          "numbers of type torch.ComplexFloatStorage",
          advice: "convert the model to float32 and save again"))
  }
}
