import Foundation
import TestSupport
import Tensors
import Testing
import YOLO

/// Other networks of the YOLO kind, told by the names of their weights.
///
/// `structures.json` holds, for models that Ultralytics 8.4.190 built from its own descriptions, the names of the
/// weights (those of batch normalizations left out) with their first dimension.
@Suite struct ForeignModelTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static func state(_ name: String) throws -> StateDictionary {
    let json = try Data(contentsOf: folder.appendingPathComponent("structures.json"))
    let models = try JSONDecoder().decode([String: [String: Int]].self, from: json)
    var state = StateDictionary()
    for (name, count) in try #require(models[name]) {
      state[name] = .floats(Tensor(repeating: 0, shape: [count]))
    }
    return state
  }

  @Test(arguments: [
    ("yolov8n-seg", "a YOLOv8 segmentation model"), ("yolov8n-pose", "a YOLOv8 pose model"),
    ("yolov8n-obb", "a YOLOv8 oriented-box model"),
    ("yolov8n-cls", "a YOLOv8 classification model"),
    ("yolov8-world", "a YOLOv8 open-vocabulary model"),
    ("yolov8n-p2", "a YOLOv8 detection model of another layout (P2, P6, ghost, …)"),
    ("yolov8n-ghost", "a YOLOv8 detection model of another layout (P2, P6, ghost, …)"),
    ("yolov3", "a YOLOv3 detection model"), ("yolov5n", "a YOLOv5 detection model"),
    ("yolov6n", "a YOLOv6 detection model"), ("yolov9t", "a YOLOv9 detection model"),
    ("yolov9e", "a YOLOv9 detection model"), ("yolov10n", "a YOLOv10 detection model"),
    ("yolo11n", "a YOLO11 detection model"), ("yolo11n-seg", "a YOLO11 segmentation model"),
    ("yolo11n-obb", "a YOLO11 oriented-box model"),
    ("yolo11n-cls", "a YOLO11 or YOLO26 classification model"),
    ("yolo12n", "a YOLO12 detection model"), ("yolo26n", "a YOLO26 detection model"),
    ("yolo26n-pose", "a YOLO26 pose model"), ("rtdetr-l", "an RT-DETR detection model"),
  ])
  func `another network is named by its structure and refused`(name: String, words: String) throws {
    let state = try Self.state(name)
    #expect(ForeignModel(of: state)?.words == words)
    let error = #expect(throws: ArchitectureError.self) { try Architecture(of: state) }
    #expect("\(try #require(error))".hasPrefix("this is \(words); yolos trains "))
  }

  @Test func `anchors in the head are those of the first YOLOv5 and of YOLOv7`() throws {
    var state = StateDictionary()
    for name in ["model.0.conv.weight", "model.2.cv3.conv.weight", "model.24.anchors"] {
      state[name] = .floats(Tensor(repeating: 0, shape: [3]))
    }
    #expect(ForeignModel(of: state)?.family == "YOLOv5")
    state["model.24.ia.0.implicit"] = .floats(Tensor(repeating: 0, shape: [1]))
    #expect(ForeignModel(of: state)?.family == "YOLOv7")
  }

  @Test func `a YOLOv8 detector of any size is none of them, even where a weight is missing`()
    throws
  {
    #expect(ForeignModel(of: try Self.state("yolov8n")) == nil)
    for scale in Scale.allCases {
      var state = Model(Architecture.yolov8(scale, classes: 3)).stateDictionary()
      #expect(ForeignModel(of: state) == nil)
      state["model.12.cv2.conv.weight"] = nil
      let error = #expect(throws: ArchitectureError.self) { try Architecture(of: state) }
      #expect(error?.problem == .notYOLOv8(missing: "model.12.cv2.conv.weight"))
    }
  }

  @Test func `weights of something else entirely are no model of the kind`() {
    var state = StateDictionary()
    state["layer1.0.conv1.weight"] = .floats(Tensor(repeating: 0, shape: [64]))
    #expect(ForeignModel(of: state) == nil)
    #expect(ForeignModel(of: StateDictionary()) == nil)
  }
}
