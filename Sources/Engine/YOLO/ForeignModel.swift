public import Tensors

/// A network of the YOLO kind that is no YOLOv8 detector, told by the names and shapes of its weights.
///
/// What the pickled class is called proves nothing: people rename files and save bare state dictionaries. The
/// structure does: each generation has blocks and a head of its own.
public struct ForeignModel: Equatable, Sendable {
  /// What the network computes.
  public enum Task: String, Sendable {
    case detection, segmentation, pose, classification
    /// Boxes that may be turned.
    case oriented = "oriented-box"
    /// Classes given as text.
    case openVocabulary = "open-vocabulary"
  }

  /// The family and generation: "YOLOv8", "YOLO11", "RT-DETR".
  public let family: String
  /// What it computes.
  public let task: Task

  /// Whether it is a detector whose modules are others than YOLOv8's, with a finer or coarser level for example.
  private let hasOtherLayout: Bool

  /// In words: "a YOLOv8 segmentation model".
  public var words: String {
    let article = family == "RT-DETR" ? "an" : "a"
    let layout = hasOtherLayout ? " of another layout (P2, P6, ghost, …)" : ""
    return "\(article) \(family) \(task.rawValue) model\(layout)"
  }

  /// What its owner can do.
  public var advice: String {
    family == "YOLOv8"
      ? "yolos trains detectors: load the detection checkpoint of the same size, such as yolov8n.pt"
      : "yolos trains YOLOv8: load a YOLOv8 detection checkpoint, such as yolov8n.pt"
  }

  /// The model that some weights belong to; nil where they are a YOLOv8 detector's, or of no kind known here.
  public init?(of state: StateDictionary) {
    let structure = WeightStructure(state)
    guard let family = structure.family else { return nil }
    (self.family, task) = (family, structure.task)
    hasOtherLayout = family == "YOLOv8" && task == .detection
    // A detector of 23 modules is ours; where one of its weights is amiss, that weight is the news.
    if hasOtherLayout && structure.last == 22 && structure.isPlain { return nil }
  }
}

/// Questions to the names and shapes of weights.
private struct WeightStructure {
  private let state: StateDictionary
  /// The names without "model.", cut at the dots.
  private let paths: [[Substring]]
  private let names: Set<String>
  /// The number of the last module.
  let last: Int

  init(_ state: StateDictionary) {
    self.state = state
    names = Set(state.names)
    paths = state.names.filter { $0.hasPrefix("model.") }.map {
      Array($0.split(separator: ".", omittingEmptySubsequences: false).dropFirst())
    }
    last = paths.compactMap { $0.first.flatMap { Int($0) } }.max() ?? -1
  }

  /// Whether a weight has this name behind "model.".
  private func has(_ name: String) -> Bool { names.contains("model.\(name)") }

  /// Whether the last module has a part of this name.
  private func headHas(_ part: String) -> Bool {
    names.contains { $0.hasPrefix("model.\(last).\(part).") }
  }

  /// Whether some name is these parts; `*` stands for any number.
  private func has(path: String) -> Bool {
    let wanted = path.split(separator: ".")
    return paths.contains { path in
      path.count == wanted.count
        && zip(path, wanted).allSatisfy { $1 == "*" ? Int($0) != nil : $0 == $1 }
    }
  }

  var family: String? {
    guard last >= 0 else { return nil }
    if headHas("enc_score_head") || headHas("dec_score_head") { return "RT-DETR" }
    if has("\(last).anchors") || has("\(last).anchor_grid") {
      return headHas("ia") || headHas("im") ? "YOLOv7" : "YOLOv5"
    }
    // Heads without suppression came with YOLOv10, whose attention is a module of its own, and YOLO26, where it
    // lies in C2PSA.
    if headHas("one2one_cv2") {
      return has(path: "*.attn.qkv.conv.weight") ? "YOLOv10" : "YOLO26"
    }
    if has(path: "*.m.*.0.attn.qkv.conv.weight") { return "YOLO12" }
    if has(path: "*.m.0.attn.qkv.conv.weight") {
      // The classifiers of both generations are alike.
      return headHas("linear") ? "YOLO11 or YOLO26" : "YOLO11"
    }
    if has(path: "*.cv2.0.cv1.conv.weight") { return "YOLOv9" }
    if has("2.cv3.conv.weight") { return has("1.conv.weight") ? "YOLOv5" : "YOLOv8" }
    if has("4.0.cv1.conv.weight") { return "YOLOv3" }
    if has("2.0.conv.weight") { return "YOLOv6" }
    return has("2.m.0.cv1.conv.weight") && has("2.cv2.conv.weight") ? "YOLOv8" : nil
  }

  /// Whether the first modules are convolutions, as in all sizes of YOLOv8.
  var isPlain: Bool { has("0.conv.weight") && has("1.conv.weight") }

  var task: ForeignModel.Task {
    if headHas("linear") { return .classification }
    if headHas("proto") { return .segmentation }
    guard headHas("cv4") else { return .detection }
    if ["norm", "bias", "logit_scale"].contains(where: { part in
      has("\(last).cv4.0.\(part)") || headHas("cv4.0.\(part)")
    }) {
      return .openVocabulary
    }
    // The fourth branch gives one number for an angle, and two or three for each key point.
    return state.shape("model.\(last).cv4.0.2.weight")?[0] == 1 ? .oriented : .pose
  }
}

extension StateDictionary {
  fileprivate func shape(_ name: String) -> Shape? {
    guard let shape = self[name]?.shape, shape.rank > 0 else { return nil }
    return shape
  }
}
