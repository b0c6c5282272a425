internal import Evaluation
internal import Files
internal import Language
internal import Layers
internal import Report
internal import Training
internal import YOLO

/// A value that serves where a model is wanted.
protocol ModelSource: LanguageObject {
  /// What people call it: a file's name, a run's name.
  var title: String { get }
  /// The model; nobody changes it.
  func model() throws(Diagnostic) -> Model
  /// What is frozen when it is trained.
  var freezing: Freezing { get }
  /// The digest of its weights, whatever is frozen.
  var weights: String { get }
  /// Where its weights started, if they have learned nothing yet.
  var freshSeed: UInt64? { get }
  /// The confidences of the best F1 that its file carries; nil where it carries none.
  func thresholds() throws(Diagnostic) -> BestThresholds?
}

extension ModelSource {
  /// The model as it serves for some classes: one that has learned nothing yet is drawn for just these.
  func model(for classNames: [String]) throws(Diagnostic) -> Model {
    let model = try model()
    guard let freshSeed, model.classNames != classNames else { return model }
    let drawn = Model(
      model.architecture.with(classes: classNames.count), classNames: classNames)
    drawn.initialize(seed: freshSeed)
    return drawn
  }
}

/// A model as a value of the language.
///
/// The model is never changed: whoever trains copies it.
struct ModelObject: ModelSource {
  let title: String
  let freezing: Freezing
  let freshSeed: UInt64?
  let digest: String
  let weights: String
  private let shared: Model
  private let best: BestThresholds?

  init(
    _ model: Model, title: String, freezing: Freezing = .none, freshSeed: UInt64? = nil,
    thresholds: BestThresholds? = nil
  ) {
    (shared, self.title, self.freezing, best) = (model, title, freezing, thresholds)
    self.freshSeed = freshSeed
    weights = "\(model.weightDigest())"
    digest = Digest(of: "\(weights)\n\(freezing)").description
  }

  func model() throws(Diagnostic) -> Model { shared }

  func thresholds() throws(Diagnostic) -> BestThresholds? { best }

  static let objectType = ObjectType(
    "Model", "a YOLOv8 detector: architecture, weights, class names",
    members: [
      .init("name", .string, "name in tables"),
      .init("classes", .list(.string), "the names of its classes in order"),
      .init("scale", .string, "n, s, m, l or x; empty for other sizes"),
      .init("parameters", .integer, "the number of weights"),
      .init("layers", .integer, "the number of elementary layers"),
      .init("gflops", .number, "billions of operations for one image of 640 x 640 pixels"),
      .init("frozen", .integer, "number of frozen weights"),
      .init(
        "best_conf", .union(of: [.number, .none]),
        "confidence threshold with the best F1, stored in its file, 0...1; none if never validated"),
      .init("digest", .string, "the digest of architecture, weights and names"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": .string(title)
    case "classes": .list(shared.classNames.map { .string($0) })
    case "scale": .string(shared.architecture.scale?.rawValue ?? "")
    case "parameters": .number(shared.summary().parameters)
    case "layers": .number(shared.summary().layers)
    case "gflops": .number(shared.summary().gflops)
    case "frozen": .number(frozenCount)
    case "best_conf": best.map { .number($0.overall.confidence) } ?? .none
    default: .string(digest)
    }
  }

  var summary: String {
    let size = shared.architecture.scale.map { "YOLOv8\($0.rawValue)" } ?? "YOLOv8, custom size"
    let classes = Wording.number(shared.classNames.count, "class", plural: "classes")
    let frozen = frozenCount > 0 ? ", \(Wording.count(frozenCount)) of them frozen" : ""
    let weights = Wording.count(shared.summary().parameters)
    return "model '\(title)': \(size), \(classes), \(weights) weights\(frozen)"
  }

  private var frozenCount: Int {
    let names = Set(shared.parameters(frozenBy: freezing))
    return shared.parameters.filter { names.contains($0.name) }.reduce(0) { $0 + $1.count }
  }
}

extension ModelObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    [.text(VolatileText(summary + (best.map { "; \($0.words)" } ?? "")))]
  }
}

extension BestThresholds {
  /// As in "best F1 0.912 at confidence 0.437 (precision 0.931, recall 0.894; val split, 320 px)".
  var words: String {
    guard overall.isFound else {
      return "no correct detection at any confidence (\(split) split, \(imageSize) px)"
    }
    return "best F1 \(Wording.fixed(overall.f1, 3)) at confidence "
      + "\(Wording.fixed(overall.confidence, 3)) "
      + "(precision \(Wording.fixed(overall.precision, 3)), "
      + "recall \(Wording.fixed(overall.recall, 3)); \(split) split, \(imageSize) px)"
  }
}
