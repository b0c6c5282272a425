import Checkpoints
import Files
import Foundation
import Tensors
import Testing

/// Files cut short or with bytes changed: an error, or weights, and nothing else.
@Suite struct DamagedFileTests {
  /// A small network's worth of names, types and notes.
  private static let sample: Checkpoint = {
    var state = StateDictionary()
    state["model.0.conv.weight"] = .floats(
      Tensor((0..<54).map { Float($0) / 8 - 3 }, shape: [2, 3, 3, 3]))
    state["model.0.bn.running_mean"] = .floats(Tensor([0.5, -70000], shape: [2]))
    state["model.0.bn.num_batches_tracked"] = .integers([1234], shape: [])
    return Checkpoint(
      state: state, names: ["oslik", "ovečka \"2\""], strides: [8, 16, 32],
      architecture: [
        "nc": .integer(2), "backbone": .list([.list([.integer(-1), .text("Conv")])]),
      ],
      trainingArguments: ["lr0": .number(0.01), "freeze": .none, "amp": .boolean(false)],
      metadata: [
        "version": .text("1"), "made": .object("datetime.datetime"), "best": .number(.infinity),
      ])
  }()

  private static let files: [String: Data] = [
    "a.pt": sample.torch(), "half.pt": sample.torch(half: true, root: "b"),
    "a.safetensors": sample.safetensors(), "legacy.pt": legacy,
  ]

  private static let legacy = HandmadePickle { pickle in
    pickle.raw("}(")
    pickle.text("w")
    pickle.tensor(count: 6, extents: [2, 3], strides: [3, 1])
    pickle.text("v")
    pickle.tensor(key: "1", count: 2, extents: [2], strides: [1])
    pickle.raw("u")
  }.file(storages: [("0", [0, 1, 2, 3, 4, 5]), ("1", [7, 8])])

  @Test(arguments: files.keys.sorted())
  func `every truncation is an error with the file's name`(name: String) throws {
    let whole = try #require(DamagedFileTests.files[name])
    #expect(throws: Never.self) { try Checkpoint.parse(whole, file: name) }
    for count in 0..<whole.count {
      let error = #expect(throws: CheckpointError.self, "\(count) bytes of \(name)") {
        try Checkpoint.parse(whole.prefix(count), file: name)
      }
      guard error?.description.hasPrefix("\(name): ") == true else {
        Issue.record("\(count) bytes: \(String(describing: error))")
        return
      }
    }
  }

  @Test(arguments: files.keys.sorted())
  func `no changed byte crashes the reader`(name: String) throws {
    let whole = [UInt8](try #require(DamagedFileTests.files[name]))
    var errors = 0
    for position in whole.indices {
      for change in [0x01, 0x80, 0xFF, UInt8(truncatingIfNeeded: position &* 37 | 2)] {
        var damaged = whole
        damaged[position] ^= change
        do throws(CheckpointError) {
          _ = try Checkpoint.parse(Data(damaged), file: name)
        } catch {
          errors += 1
        }
      }
    }
    // Weights alone may change unseen, and only where the format has no checksum.
    #expect(errors > whole.count / 4, "\(errors) of \(4 * whole.count)")
  }

  @Test func `what was written is read again`() throws {
    let sample = DamagedFileTests.sample
    let native = try Checkpoint.parse(sample.safetensors(half: false), file: "a.safetensors")
    var expected = sample
    #expect(native == expected)
    expected.precision = .half
    let half = try Checkpoint.parse(sample.safetensors(), file: "a.safetensors")
    // Eighths up to 4 are halves; -70000 is not, so its tensor stayed single.
    #expect(half == expected)
    let torch = try Checkpoint.parse(sample.torch(), file: "a.pt")
    #expect(torch.state == sample.state && torch.format == .torch && torch.precision == .single)
    let halfTorch = try Checkpoint.parse(sample.torch(half: true), file: "a.pt")
    #expect(halfTorch.state == sample.state && halfTorch.precision == .half)
  }

  @Test func `the same checkpoint gives the same bytes`() {
    let sample = DamagedFileTests.sample
    #expect(sample.safetensors() == sample.safetensors() && sample.torch() == sample.torch())
    let digest = Digest(of: sample.safetensors()).description
    #expect(
      digest == "7b40ceee61ac213edff42a4bb8857474403b2f89a1baed3f335f7291e53a20ed",
      "the format changed; readers of older files must still be served")
  }

  @Test func `entries of a written archive begin at multiples of 64 bytes`() throws {
    let bytes = [UInt8](DamagedFileTests.sample.torch())
    var position = 0
    var entries = 0
    while bytes[position...].starts(with: [0x50, 0x4B, 3, 4]) {
      func field(_ offset: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[position + offset + $1]) << (8 * $1) }
      }
      let start = position + 30 + field(26, 2) + field(28, 2)
      #expect(start.isMultiple(of: 64))
      position = start + field(18, 4)
      entries += 1
    }
    #expect(entries == 6)
  }

  @Test func `a missing file and a foreign file are told apart`() {
    #expect(
      throws: CheckpointError(
        file: "/no/such.pt", problem: .refused(action: "read", reason: "no such file"))
    ) {
      try Checkpoint.read("/no/such.pt")
    }
    let png = Data([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0])
    let error = #expect(throws: CheckpointError.self) { try Checkpoint.parse(png, file: "a.pt") }
    #expect(
      error?.description
        == "a.pt: expected a PyTorch (.pt) or .safetensors checkpoint, but the file begins with "
        + "bytes 89 50 4e 47 0d 0a 1a 0a")
  }
}
