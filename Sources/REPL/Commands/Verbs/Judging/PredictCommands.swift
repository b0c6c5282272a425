internal import Datasets
internal import Evaluation
internal import Files
internal import Foundation
internal import Geometry
internal import Images
internal import Charts
internal import Language
internal import Layers
internal import Report
internal import Training
internal import YOLO

extension Command {
  /// As in `predict first.best source="street.jpg"`.
  static let predict = Command(
    name: "predict",
    summary: "Detects objects in images. Pass several models to compare them side by side.",
    signature: predictSignature(first: .union(of: [.model, .run, .list(.any)])),
    result: .object("Predictions"), examples: .predict, check: filesOfSource
  ) { call, context throws(Diagnostic) in
    try call.predictions(on: host(context), merged: false)
  }

  /// As in `ensemble [first.best, second.best] source=plush.test`.
  static let ensemble = Command(
    name: "ensemble",
    summary:
      "Runs several models and merges their detections, matching classes by name.",
    signature: predictSignature(first: .list(.any)), result: .object("Predictions"),
    examples: .ensemble, check: filesOfSource
  ) { call, context throws(Diagnostic) in
    try call.predictions(on: host(context), merged: true)
  }

  private static func predictSignature(first: ValueType) -> Signature {
    Signature(
      [.init("model", first, "a model, a run, or a list of them", isRequired: true)],
      options: [
        .init(
          "source", .union(of: [.string, .dataset, .list(.string)]),
          "an image, a folder, a pattern, a list of them, or a split of a dataset",
          isRequired: true, isPath: true),
        .init(
          "conf", .union(of: [.number, .string]),
          "confidence threshold; \"best\" is the one with the best F1 in the model's validation, "
            + "\"best by class\" uses the best of each class",
          default: 0.25, range: .between(0, 1), choices: BestConfidence.allCases.map(\.rawValue)),
        .init(
          "iou", .number, "IoU threshold of non-maximum suppression", default: 0.7,
          range: .between(0, 1)),
        .init(
          "max_det", .integer, "maximum detections per image", default: 300,
          range: .between(1, 30_000)),
        .init("classes", .list(.string), "detect only these classes"),
        .init(
          "agnostic_nms", .bool, "whether boxes of different classes suppress each other",
          default: false),
        .init(
          "imgsz", .integer, "longer side of the network input", default: 640, unit: "pixels",
          range: .between(32, 4096)),
        .init(
          "save", .string, "a folder for images with boxes, label files and a JSON file",
          isPath: true),
      ])
  }

  private static func filesOfSource(_ call: StaticCall, _ lint: any LintHost) -> [Diagnostic] {
    for case .string(let folder) in call.constants("save") { lint.declare(folder) }
    return call.constants("source").compactMap { constant in
      guard case .string(let path) = constant, !path.contains(where: { "*?[".contains($0) }),
        !lint.exists(path)
      else { return nil }
      return call.diagnostic(
        "no such file or folder: '\(path)'", at: "source",
        hint: Paths.hint(beside: [], rewritten: lint.rewritten(path)))
    }
  }
}

extension Invocation {
  fileprivate func predictions(
    on host: Host, merged: Bool
  ) throws(Diagnostic) -> Value {
    var sources: [any ModelSource] = []
    for value in list("model") {
      if let run = value.asObject(RunObject.self) {
        sources.append(run.best)
      } else if let source = value.asObject((any ModelSource).self) {
        sources.append(source)
      } else {
        throw diagnostic("'model' needs models, checkpoints or runs", at: "model")
      }
    }
    guard !sources.isEmpty else { throw diagnostic("'model' needs a model", at: "model") }
    let files = try sourceFiles(on: host.workplace)
    var options = predictionOptions(merged: merged)
    if let best = string("conf").flatMap(BestConfidence.init(rawValue:)) {
      options.thresholds = try thresholds(best, of: sources, at: options.imageSize, host.display)
    }
    let job = try attempt("source") {
      try PredictionJob(sources, on: files, options: options)
    }
    let truth = self.object("source", as: DatasetObject.self).map { data in
      PredictionsObject.Truth(
        classNames: data.dataset.classNames, samples: data.splits.flatMap { data.dataset[$0] })
    }
    func object(_ record: PredictionsRecord) -> PredictionsObject {
      var object = PredictionsObject(record: record.with(files: files))
      object.truth = truth
      return object
    }
    let inputs = JobInputs(models: sources)
    let title = "\(command) \(sources.map(\.title).joined(separator: ", "))"
    guard isGiven("save") else {
      return try host.value(
        of: job, on: inputs, named: title, as: PredictionsObject.objectType, object)
    }
    let found = object(try host.jobs.result(of: job, on: inputs, named: title))
    if let folder = path("save", on: host) {
      try found.save(to: folder)
      let names = found.record.parts.flatMap { part in
        part.images.flatMap(\.findings).map { part.classNames[$0.classIndex] }
      }
      host.display.warn(
        ofLetters: Typeface.lettersLacking(in: Set(names).sorted().joined(separator: " ")))
    }
    return .object(found)
  }

  private func sourceFiles(on workplace: Workplace) throws(Diagnostic) -> [String] {
    do throws(TrainingError) {
      if let data = object("source", as: DatasetObject.self) {
        return PredictionSource(data.splits.flatMap { data.dataset[$0] }).files
      }
      return try PredictionSource(
        list("source").compactMap(\.asString).map { workplace.resolve($0) }
      ).files
    } catch { throw diagnostic(error.description, at: "source") }
  }

  /// The thresholds that the models' files carry.
  private func thresholds(
    _ best: BestConfidence, of sources: [any ModelSource], at imageSize: Int, _ display: Display
  ) throws(Diagnostic) -> [PredictionOptions.Thresholds] {
    var all: [PredictionOptions.Thresholds] = []
    for source in sources {
      guard let own = try source.thresholds() else {
        throw diagnostic(
          "'\(source.title)' was not validated by a run, so its best confidence is unknown",
          at: "conf",
          hint: "measure it with v = val MODEL data=…, then predict with conf=v.best_conf")
      }
      guard own.overall.isFound else {
        throw diagnostic(
          "'\(source.title)' had no correct detections in its validation, so it has no best confidence",
          at: "conf", hint: "train it longer, or give a number")
      }
      if own.imageSize != imageSize {
        display.take(
          .remark(
            Diagnostic(
              """
              the best confidence of '\(source.title)' was measured at imgsz=\(own.imageSize); \
              at imgsz=\(imageSize) a different one may be best
              """, severity: .warning)))
      }
      let overall = Float(own.overall.confidence)
      all.append(
        .init(overall: overall, classes: best == .byClass ? own.byClass : [:]))
    }
    return all
  }

  private func predictionOptions(merged: Bool) -> PredictionOptions {
    var options = PredictionOptions()
    options.confidence = Float(number("conf") ?? 0.25)
    options.iou = Float(number("iou") ?? 0.7)
    options.limit = integer("max_det") ?? 300
    let classes = list("classes").compactMap(\.asString)
    options.classes = classes.isEmpty ? nil : Set(classes).sorted()
    options.isAgnostic = bool("agnostic_nms") ?? false
    options.imageSize = integer("imgsz") ?? 640
    options.mergesModels = merged
    return options
  }
}

/// What `conf=` takes besides numbers.
private enum BestConfidence: String, CaseIterable {
  case overall = "best"
  case byClass = "best by class"
}

extension BestThresholds {
  /// For each class that was validated its threshold.
  fileprivate var byClass: [String: Float] {
    Dictionary(
      classes.map { ($0.name, Float(confidence(of: $0.name))) }, uniquingKeysWith: { $1 })
  }
}

extension PredictionsRecord {
  /// The same findings on images that lie where they lie now.
  fileprivate func with(files: [String]) -> PredictionsRecord {
    var record = self
    for part in record.parts.indices {
      for (index, file) in files.enumerated() where index < record.parts[part].images.count {
        record.parts[part].images[index].file = file
      }
    }
    return record
  }
}

extension PredictionsObject {
  /// Writes pictures with boxes, label files and `predictions.json`.
  ///
  /// An image's picture keeps its name and, PNG or JPEG, its format. Where several images or
  /// models bear one name, `-2`, `-3` and so on tell them apart, in order.
  fileprivate func save(to folder: String) throws(Diagnostic) {
    var places = DistinctNames()
    for part in record.parts {
      let place = record.parts.count > 1 ? "\(folder)/\(places.next(part.fileName))" : folder
      var stems = DistinctNames()
      for image in part.images {
        let stem = stems.next(Paths.stem(image.file))
        let items = image.findings.map { finding in
          BoxOverlay.Item(
            box: Box<ImagePixels>(
              minX: finding.box[0], minY: finding.box[1], maxX: finding.box[2],
              maxY: finding.box[3]),
            classIndex: finding.classIndex, confidence: Double(finding.confidence))
        }
        let labels = image.findings.map { $0.label(width: image.width, height: image.height) }
        try attempt {
          let pixels = try Image(contentsOf: image.file)
          let drawn = try BoxOverlay(names: part.classNames, items: items).drawn(on: pixels)
          let isPNG = PathText.suffix(of: image.file).lowercased() == "png"
          try AtomicFile.write(
            isPNG ? drawn.png() : drawn.jpeg(), to: "\(place)/\(stem).\(isPNG ? "png" : "jpg")")
          try AtomicFile.write(labels.joined(), to: "\(place)/labels/\(stem).txt")
        }
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try attempt {
      try AtomicFile.write(try encoder.encode(record), to: "\(folder)/predictions.json")
    }
  }
}

extension PredictionsRecord.Part {
  /// The model's name as that of a folder.
  fileprivate var fileName: String { model.replacingOccurrences(of: "/", with: "-") }
}

/// Gives names out, each once.
private struct DistinctNames {
  private var taken: Set<String> = []

  /// The name itself, or with the first free number behind it.
  mutating func next(_ name: String) -> String {
    var candidate = name, number = 1
    while !taken.insert(candidate).inserted {
      number += 1
      candidate = "\(name)-\(number)"
    }
    return candidate
  }
}

extension PredictionsRecord.Finding {
  /// The finding as a line of a YOLO label file: class, center, size, confidence.
  fileprivate func label(width: Int, height: Int) -> String {
    let w = Double(width), h = Double(height)
    let numbers = [
      Double(box[0] + box[2]) / 2 / w, Double(box[1] + box[3]) / 2 / h,
      Double(box[2] - box[0]) / w, Double(box[3] - box[1]) / h, Double(confidence),
    ]
    return "\(classIndex) " + numbers.map { Wording.fixed($0, 6) }.joined(separator: " ") + "\n"
  }
}
