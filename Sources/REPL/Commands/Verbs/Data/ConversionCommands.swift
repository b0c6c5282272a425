internal import Datasets
internal import Foundation
internal import Language
internal import Report

extension Command {
  /// As in `convert "export.json" images="images" to="plush"`.
  static let convert = Command(
    name: "convert",
    summary:
      "Converts the export of a labeling tool to a YOLO dataset, or a dataset to COCO or VOC.",
    signature: Signature(
      [
        .init(
          "source", .union(of: [.string, .dataset]),
          "a dataset, or anything that `dataset` opens: COCO, VOC, labelme, VIA, CSV tables, YOLO",
          isRequired: true, isPath: true)
      ],
      options: [
        .init("images", .string, "the folder of the images", isPath: true),
        .init("to", .string, "the new folder", isRequired: true, isPath: true),
        .init(
          "format", .string, "the format to write", default: "yolo",
          choices: ["yolo", "coco", "voc"]),
        .init(
          "val", .number, "fraction of images for validation", default: 0,
          range: .between(0, 0.9)),
        .init(
          "test", .number, "fraction of images for testing", default: 0, range: .between(0, 0.9)
        ),
        .init(
          "val_files", .string, "file name pattern of validation images: \"IMG_09*\""),
        .init("test_files", .string, "file name pattern of test images"),
        .init(
          "missing", .string, "whether missing images are errors or skipped",
          default: "error", choices: ["error", "skip"]),
        .init(
          "coords", .string, "whether COCO boxes are in fractions or pixels", default: "automatic",
          choices: ["automatic", "normalized", "absolute"]),
        .init(
          "first_pixel", .integer,
          "the index of the first pixel in VOC files; 1 in the original datasets",
          default: 0, range: .between(0, 1)),
        .init(
          "seed", .integer, "random seed of the split; the `seed` setting by default",
          range: .atLeast(0)),
      ]),
    result: .dataset, examples: .convert,
    check: { call, lint in
      for case .string(let folder) in call.constants("to") { lint.declare(folder) }
      return []
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context), folder = call.path("to", on: host) ?? ""
    guard call.string("to")?.isEmpty == false else {
      throw call.diagnostic("'to' needs the name of a folder", at: "to")
    }
    let dataset = try call.sharedOut(
      try call.source(on: host), seed: context.setting("seed")?.asInteger ?? 0)
    for note in host.display.memory.newNotes(on: dataset) { context.emit(.event(note)) }
    let written = try call.attempt("to") {
      try host.working(on: "convert") { work in
        switch call.string("format") {
        case "coco": try dataset.writeCOCO(to: folder, work: work)
        case "voc": try dataset.writeVOC(to: folder, work: work)
        default:
          return try Dataset(
            importing: try dataset.writeYOLO(to: folder, work: work), work: work)
        }
        return dataset
      }
    }
    return .object(DatasetObject(dataset: written))
  }

  /// As in `merge [old, new] to="both"`.
  static let merge = Command(
    name: "merge",
    summary: "Merges datasets, matching classes by name, or selects classes or a fraction of one.",
    signature: Signature(
      [
        .init(
          "data", .union(of: [.dataset, .list(.dataset)]), "the datasets", isRequired: true)
      ],
      options: [
        .init("name", .string, "name of the result", default: "merged"),
        .init("classes", .list(.string), "keep only these classes"),
        .init(
          "fraction", .number, "keep this fraction of the training split", default: 1,
          range: .above(0, upTo: 1)),
        .init(
          "seed", .integer, "random seed of the selection; the `seed` setting by default",
          range: .atLeast(0)),
      ]),
    result: .dataset, examples: .merge
  ) { call, context throws(Diagnostic) in
    let sets = call.list("data").compactMap { $0.asObject(DatasetObject.self)?.selected }
    guard !sets.isEmpty else { throw call.diagnostic("'data' needs datasets", at: "data") }
    var dataset =
      sets.count == 1 ? sets[0] : Dataset.merged(sets, name: call.string("name") ?? "merged")
    // What was to be said of the parts was said when they were opened.
    let known = Set(sets.flatMap(\.notes))
    for note in host(context).display.memory.newNotes(on: dataset, besides: known) {
      context.emit(.event(note))
    }
    let classes = call.list("classes").compactMap(\.asString)
    if !classes.isEmpty {
      dataset = try call.attempt("classes") { try dataset.selecting(classes: classes) }
    }
    if let fraction = call.number("fraction"), fraction < 1 {
      let seed = call.integer("seed") ?? context.setting("seed")?.asInteger ?? 0
      dataset = try call.attempt("fraction") {
        try dataset.fraction(fraction, seed: UInt64(seed))
      }
    }
    return .object(DatasetObject(dataset: dataset))
  }
}

extension Invocation {
  /// The dataset with the splits that the options ask for, by shares or by names.
  fileprivate func sharedOut(_ dataset: Dataset, seed: Int) throws(Diagnostic) -> Dataset {
    let patterns: [(option: String, split: DatasetSplit, pattern: String)] = [
      ("val_files", .val), ("test_files", .test),
    ].compactMap { (option, split) in string(option).map { (option, split, $0) } }
    let val = number("val") ?? 0, test = number("test") ?? 0
    guard !patterns.isEmpty else {
      guard val + test > 0 else { return dataset }
      let seed = integer("seed") ?? seed
      return try attempt("val") {
        try dataset.splitAgain(val: val, test: test, seed: UInt64(seed))
      }
    }
    guard val + test == 0 else {
      throw diagnostic(
        "split images by file name or by fraction, not both", at: patterns[0].option)
    }
    let all = DatasetSplit.allCases.flatMap { dataset[$0] }
    for (option, _, pattern) in patterns {
      guard all.contains(where: { Paths.matches($0.fileName, pattern) }) else {
        throw diagnostic(
          "no image name matches '\(pattern)'", at: option,
          hint: all.first.map { "one is named \($0.fileName)" })
      }
    }
    return dataset.splitAgain { sample in
      patterns.first { Paths.matches(sample.fileName, $0.pattern) }?.split ?? .train
    }
  }

  /// What is to be converted.
  fileprivate func source(on host: Host) throws(Diagnostic) -> Dataset {
    if let object = object("source", as: DatasetObject.self) { return object.selected }
    let path = path("source", on: host) ?? ""
    guard Paths.exists(path) else {
      throw diagnostic("no such file or folder: '\(string("source") ?? "")'", at: "source")
    }
    var options = ImportOptions()
    options.images = self.path("images", on: host)
    options.firstPixel = integer("first_pixel") ?? 0
    options.coco.skipsMissingImages = string("missing") == "skip"
    options.coco.coordinates =
      COCOOptions.Coordinates(rawValue: string("coords") ?? "automatic") ?? .automatic
    return try attempt("source") {
      try host.working(on: "convert") { work in
        try Dataset(
          importing: path, labels: host.settings.labels, options: options, work: work)
      }
    }
  }
}
