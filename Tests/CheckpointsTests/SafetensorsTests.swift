import Checkpoints
import Foundation
import Tensors
import Testing

/// The header's rules, one by one.
@Suite struct SafetensorsTests {
  private func parse(_ header: String, data: [UInt8]) throws(CheckpointError) -> Checkpoint {
    let bytes = littleEndian(header.utf8.count, 8) + Array(header.utf8) + data
    return try Checkpoint.parse(Data(bytes), file: "a.safetensors")
  }

  private func entry(_ type: String, _ shape: [Int], _ start: Int, _ end: Int) -> String {
    "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
  }

  @Test(
    arguments: [
      ("F16", [0x00, 0x3E]), ("BF16", [0xC0, 0x3F]), ("F32", [0, 0, 0xC0, 0x3F]),
      ("F64", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]),
    ] as [(String, [UInt8])])
  func `every floating type becomes single`(type: String, bytes: [UInt8]) throws {
    let read = try parse("{\"x\":\(entry(type, [1], 0, bytes.count))}", data: bytes)
    #expect(read.state.tensor("x") == Tensor([1.5], shape: [1]))
  }

  @Test(
    arguments: [
      ("I64", [0xFE] + [UInt8](repeating: 0xFF, count: 7), -2),
      ("I32", [0xFE, 0xFF, 0xFF, 0xFF], -2),
      ("I16", [0xFE, 0xFF], -2), ("I8", [0xFE], -2), ("U8", [0xFE], 254), ("BOOL", [1], 1),
    ] as [(String, [UInt8], Int64)])
  func `every whole type becomes 64 bits`(type: String, bytes: [UInt8], value: Int64) throws {
    let read = try parse("{\"x\":\(entry(type, [1], 0, bytes.count))}", data: bytes)
    #expect(read.state["x"] == .integers([value], shape: [1]))
  }

  @Test func `names keep the header's order, wherever their data lie`() throws {
    let header = "{ \"b\":\(entry("U8", [1], 1, 2)), \"a\" : \(entry("U8", [1], 0, 1)) }  "
    let read = try parse(header, data: [1, 2])
    #expect(read.state.names == ["b", "a"] && read.state["b"] == .integers([2], shape: [1]))
  }

  @Test(
    arguments: [
      "an overlap": "{\"a\":{a},\"b\":{a}}", "a name twice": "{\"a\":{a},\"a\":{b}}",
      "a hole at the start": "{\"b\":{b}}", "data of no tensor": "{\"a\":{a}}",
      "a size that is not the shape's": "{\"a\":{wrong}}",
      "a negative extent": "{\"a\":{negative}}",
      "an overflow": "{\"a\":{overflow}}", "an overflow behind a zero": "{\"a\":{zero}}",
      "offsets beyond the data": "{\"a\":{beyond}}", "offsets in the wrong order": "{\"a\":{back}}",
      "an entry without fields": "{\"a\":1}", "text after the end": "{} x",
      "an offset that is no number": "{\"a\":{text}}", "no comma": "{\"a\":{a} \"b\":{b}}",
    ])
  func `a header that contradicts itself is refused`(name: String, template: String) {
    let entries = [
      "{a}": entry("F32", [1], 0, 4), "{b}": entry("F32", [1], 4, 8),
      "{wrong}": entry("F32", [3], 0, 8), "{negative}": entry("F32", [-2], 0, 8),
      "{overflow}": entry("F32", [1 << 40, 1 << 40], 0, 8),
      "{zero}": entry("F32", [1 << 62, 1 << 62, 0], 0, 0), "{beyond}": entry("F32", [3], 0, 12),
      "{back}": entry("F32", [0], 4, 0),
      "{text}": "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[\"0\",8]}",
    ]
    let header = entries.sorted { $0.key < $1.key }
      .reduce(template) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    let error = #expect(throws: CheckpointError.self, "\(name): \(header)") {
      try parse(header, data: [UInt8](repeating: 0, count: 8))
    }
    guard case .malformed? = error?.problem else {
      Issue.record("\(name): \(String(describing: error))")
      return
    }
  }

  @Test func `an unknown type is named with its tensor`() {
    #expect(
      throws: CheckpointError(
        file: "a.safetensors", place: .tensor("x"),
        problem: .unsupported(
          "numbers of type F8_E4M3", advice: "convert them to F32 and save again"))
    ) { try parse("{\"x\":\(entry("F8_E4M3", [1], 0, 1))}", data: [0]) }
  }

  @Test func `a header longer than the format allows is refused unread`() {
    let bytes = Data(littleEndian(1 << 40, 8) + Array("{}".utf8))
    #expect(
      throws: CheckpointError(
        file: "a", place: .byte(0),
        problem: .tooLarge(what: "bytes of the header", needed: 1 << 40, limit: 100_000_000))
    ) { try Checkpoint.parse(bytes, file: "a") }
  }

  @Test func `deep nesting in the header is refused`() {
    let header = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(throws: CheckpointError.self) { try parse(header, data: []) }
  }

  @Test func `another program's texts become plain notes`() throws {
    let header =
      "{\"__metadata__\":{\"format\":\"pt\",\"names\":\"a\\u010d\\ud83d\\ude00\"},"
      + "\"x\":\(entry("U8", [1], 0, 1))}"
    let read = try parse(header, data: [1])
    #expect(read.metadata == ["format": .text("pt"), "names": .text("ač😀")] && read.names.isEmpty)
  }

  @Test func `our own file of a later version says so`() {
    let header = "{\"__metadata__\":{\"yolos_checkpoint\":\"99\"},\"x\":\(entry("U8", [1], 0, 1))}"
    let error = #expect(throws: CheckpointError.self) { try parse(header, data: [1]) }
    #expect(
      error?.description
        == "a.safetensors: a checkpoint of version \"99\" cannot be read; "
        + "read it with the version of yolos that wrote it")
  }
}
