import Files
import Foundation
import Logs
import TestSupport
import Testing

/// Event files, byte by byte and as TensorBoard reads them.
@Suite struct TensorBoardLogTests {
  private let folder = LogFolder()

  /// RFC 3720, appendix B.4; the last is the check value of every catalog of checksums.
  @Test func `checksums are those of the standard`() {
    #expect(CRC32C.value(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.value(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.value(of: UInt8(0)...31) == 0x46DD_794E)
    #expect(CRC32C.value(of: "123456789".utf8) == 0xE306_9283)
  }

  /// Every event file in the world begins with these twelve bytes and ends its first record so.
  @Test func `a file begins as TensorFlow's own do`() {
    let first = RecordFile.framed(Event(time: 0, .version).message)
    #expect(first.prefix(12) == Data([0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22]))
    #expect(first.dropFirst(21).prefix(15) == Data("\u{1A}\rbrain.Event:2".utf8))
  }

  @Test func `each epoch's numbers and pictures stand at their step`() throws {
    let log = TensorBoardLog(folder: folder.path)
    try log.begin(.sample, earlier: [])
    for step in 1...3 {
      try log.add(LoggedEpoch.sample(step))
      try log.add(LoggedPicture.sample(step))
    }
    let events = try folder.events()
    #expect(events.first?.content == .version)
    #expect(events.first?.time == 1000)
    let losses = events.filter { $0.tag == "train/box_loss" }
    #expect(losses.map(\.step) == [1, 2, 3])
    #expect(losses.map(\.time) == [1010, 1020, 1030])
    #expect(losses.map(\.value) == [0.5, 0.25, Float(0.5 / 3)])
    let picture = try #require(events.last { $0.tag == "val/predictions" })
    let png = LoggedPicture.sample(3).png
    #expect(picture.step == 3)
    #expect(
      picture.content == .picture(tag: "val/predictions", png: png, width: 2, height: 1))
    #expect(log.isComplete(last: 3) && !log.isComplete(last: 4))
  }

  @Test func `a file that ends anywhere is read up to there, and a run that continues mends it`()
    throws
  {
    let log = TensorBoardLog(folder: folder.path)
    try log.begin(.sample, earlier: [])
    try log.add(LoggedEpoch.sample(1))
    let whole = try folder.events().count
    let before = try folder.content().count
    try log.add(LoggedEpoch.sample(2))
    let content = try folder.content()
    for count in stride(from: before, to: content.count, by: 7) {
      #expect(RecordFile.records(of: content.prefix(count)).count >= whole)
    }
    try content.prefix(content.count - 3).write(to: URL(filePath: try folder.file()))
    let next = TensorBoardLog(folder: folder.path)
    try next.begin(.sample, earlier: [.sample(1), .sample(2)])
    try next.add(LoggedEpoch.sample(3))
    let steps = try folder.events().filter { $0.tag == "metrics/mAP50(B)" }.map(\.step)
    #expect(steps == [1, 2, 3])
  }

  @Test func `a run that continues has no step twice and loses no picture`() throws {
    let first = TensorBoardLog(folder: folder.path)
    try first.begin(.sample, earlier: [])
    for step in 1...3 {
      try first.add(LoggedEpoch.sample(step))
      try first.add(LoggedPicture.sample(step))
    }
    // The third epoch was cut short, so it is trained again.
    let second = TensorBoardLog(folder: folder.path)
    try second.begin(.sample, earlier: [.sample(1), .sample(2)])
    for step in 3...4 {
      try second.add(LoggedEpoch.sample(step))
      try second.add(LoggedPicture.sample(step))
    }
    let events = try folder.events()
    #expect(events.dropFirst().first?.content == .start)
    for tag in ["train/box_loss", "val/predictions"] {
      #expect(events.filter { $0.tag == tag }.map(\.step) == [1, 2, 3, 4], "\(tag)")
    }
  }

  @Test func `files of other programs stay, and a new run replaces an old one`() throws {
    try Data("theirs".utf8).write(to: URL(filePath: folder.path + "/events.out.tfevents.1.host"))
    for _ in 0..<2 {
      let log = TensorBoardLog(folder: folder.path)
      try log.begin(.sample, earlier: [])
      try log.add(LoggedEpoch.sample(1))
    }
    #expect(Directory.entries(of: folder.path).count == 2)
    #expect(try folder.events().filter { $0.tag == "train/box_loss" }.count == 1)
  }

  @Test(.python("tensorboard")) func `TensorBoard reads numbers, pictures and options`() throws {
    let log = TensorBoardLog(folder: folder.path)
    try log.begin(.sample, earlier: [])
    for step in 1...3 {
      try log.add(LoggedEpoch.sample(step))
      try log.add(LoggedPicture.sample(step))
    }
    let answer = try Python.run(
      """
      import json, sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      from tensorboard.util import tensor_util
      a = EventAccumulator(sys.argv[1], size_guidance={"images": 0, "scalars": 0}); a.Reload()
      text = tensor_util.make_ndarray(a.Tensors("options")[0].tensor_proto)[0].decode()
      print(json.dumps({
        "tags": sorted(a.Tags()["scalars"]), "images": a.Tags()["images"],
        "steps": [e.step for e in a.Scalars("metrics/mAP50(B)")],
        "values": [round(e.value, 6) for e in a.Scalars("metrics/mAP50(B)")],
        "times": [e.wall_time for e in a.Scalars("metrics/mAP50(B)")],
        "png": [e.encoded_image_string.hex() for e in a.Images("val/predictions")],
        "sides": [[e.width, e.height] for e in a.Images("val/predictions")],
        "text": text, "plugin": a.SummaryMetadata("options").plugin_data.plugin_name,
      }))
      """, folder.path)
    #expect(answer["tags"] as? [String] == ["metrics/mAP50(B)", "train/box_loss"])
    #expect(answer["images"] as? [String] == ["val/predictions"])
    #expect(answer["steps"] as? [Int] == [1, 2, 3])
    #expect(answer["values"] as? [Double] == [0.1, 0.2, 0.3])
    #expect(answer["times"] as? [Double] == [1010, 1020, 1030])
    let png = LoggedPicture.sample(1).png.map { String(format: "%02x", $0) }.joined()
    #expect((answer["png"] as? [String])?.first == png)
    #expect(answer["sides"] as? [[Int]] == [[2, 1], [2, 1], [2, 1]])
    #expect((answer["text"] as? String)?.contains("| lr0 | 0.01 |") == true)
    #expect(answer["plugin"] as? String == "text")
  }
}

extension Event {
  fileprivate var tag: String? {
    switch content {
    case .scalar(let tag, _), .text(let tag, _), .picture(let tag, _, _, _): tag
    case .version, .start: nil
    }
  }

  fileprivate var value: Float? {
    if case .scalar(_, let value) = content { value } else { nil }
  }
}
