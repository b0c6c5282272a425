import Export
import Foundation
import Tensors
import Testing
import YOLO

/// The form of the files; what they compute, `scripts/check-export` has onnxruntime say.
@Suite struct ONNXFileTests {
  private func model(_ scale: Scale = .n, names: [String] = ["oslik", "ovecka"]) -> Model {
    Model(.yolov8(scale, classes: names.count), classNames: names)
  }

  @Test(arguments: [Scale.n, .s])
  func `every value is there before it is read`(scale: Scale) throws {
    for isDynamic in [false, true] {
      let file = try ONNXFile(model(scale), height: 64, width: 96, isDynamic: isDynamic)
      #expect(try #require(ONNXReader(file.data)).faults == [])
    }
  }

  @Test func `a fixed size stands in the shapes`() throws {
    let file = try ONNXFile(model(), height: 64, width: 96, batch: 2, version: "0.1")
    let reader = try #require(ONNXReader(file.data))
    let input = try #require(reader.value(11)), output = try #require(reader.value(12))
    #expect(input.name == "images" && input.extents == ["2", "3", "64", "96"])
    // 8 x 12 + 4 x 6 + 2 x 3 cells.
    #expect(output.name == "output0" && output.extents == ["2", "6", "126"])
    #expect(reader.model.integers(1) == [8] && reader.model.texts(3) == ["0.1"])
    #expect(reader.model.messages(8).map { $0.integers(2) } == [[17]])
  }

  @Test func `a dynamic size stands in the shapes as names`() throws {
    let file = try ONNXFile(model(), height: 64, width: 64, isDynamic: true)
    let reader = try #require(ONNXReader(file.data))
    #expect(reader.value(11)?.extents == ["batch", "3", "height", "width"])
    #expect(reader.value(12)?.extents == ["batch", "6", "anchors"])
    #expect(reader.metadata["args"]?.contains("'dynamic': True") == true)
  }

  @Test func `class names are literals of Python whatever they contain`() throws {
    let names = ["it's", "a\\b", "tab\t", "ovečka", "bell\u{7}"]
    let file = try ONNXFile(model(names: names), height: 32, width: 32)
    #expect(
      try #require(ONNXReader(file.data)).metadata["names"]
        == #"{0: 'it\'s', 1: 'a\\b', 2: 'tab\t', 3: 'ovečka', 4: 'bell\x07'}"#)
  }

  @Test func `the same model gives the same bytes`() throws {
    let first = try ONNXFile(model(), height: 64, width: 64)
    #expect(try ONNXFile(model(), height: 64, width: 64).data == first.data)
  }

  @Test func `an image size that does not fit is refused with one that does`() {
    let error = #expect(throws: ExportError.self) {
      try ONNXFile(model(), height: 100, width: 640)
    }
    #expect(
      error?.description
        == "images of 640 x 100 do not fit the network: both sides must be multiples of 32, "
        + "for example 640 x 96")
    #expect(throws: ExportError.self) { try ONNXFile(model(), height: 0, width: 640) }
    #expect(throws: ExportError.self) { try ONNXFile(model(), batch: 0) }
  }
}
