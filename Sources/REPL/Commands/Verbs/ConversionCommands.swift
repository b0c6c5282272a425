internal import Datasets
internal import Foundation
internal import Language
internal import Report

extension Command {
  /// As in `convert "export.json" images="photos" to="plush"`.
  static let convert = Command(
    name: "convert",
    summary: "Makes a YOLO data set of COCO or Pascal VOC labels, or writes one as COCO or VOC.",
    signature: Signature(
      [
        .init(
          "source", .union(of: [.string, .dataset]),
          "a COCO .json, a folder in COCO's or VOC's layout, or a data set", isRequired: true,
          isPath: true)
      ],
      options: [
        .init("images", .string, "the folder of the photographs", isPath: true),
        .init("to", .string, "the new folder", isRequired: true, isPath: true),
        .init(
          "format", .string, "what is written", default: "yolo", choices: ["yolo", "coco", "voc"]),
        .init(
          "val", .number, "the share of photographs that validate", default: 0,
          range: .between(0, 0.9)),
        .init(
          "test", .number, "the share of photographs that test", default: 0, range: .between(0, 0.9)
        ),
        .init(
          "coords", .string, "whether COCO boxes are fractions or pixels", default: "automatic",
          choices: ["automatic", "normalized", "absolute"]),
        .init(
          "seed", .integer, "where the split starts; the setting by default", range: .atLeast(0)),
      ]),
    result: .dataset, examples: .convert,
    check: { call, lint in
      for case .string(let folder) in call.constants("to") { lint.declare(folder) }
      return []
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context), folder = call.path("to", on: host) ?? ""
    var dataset = try call.source(on: host)
    let val = call.number("val") ?? 0, test = call.number("test") ?? 0
    if val + test > 0 {
      let seed = call.integer("seed") ?? context.setting("seed")?.asInteger ?? 0
      dataset = try call.attempt("val") {
        try dataset.splitAgain(val: val, test: test, seed: UInt64(seed))
      }
    }
    for note in host.notes(on: dataset) { context.emit(.event(note)) }
    switch call.string("format") {
    case "coco": try call.attempt("to") { try dataset.writeCOCO(to: folder) }
    case "voc": try call.attempt("to") { try dataset.writeVOC(to: folder) }
    default:
      let yaml = try call.attempt("to") { try dataset.writeYOLO(to: folder) }
      return .object(
        DatasetObject(dataset: try call.attempt("to") { try Dataset(contentsOf: yaml) }))
    }
    return .object(DatasetObject(dataset: dataset))
  }

  /// As in `merge [old, new] to="both"`.
  static let merge = Command(
    name: "merge",
    summary: "Joins data sets, classes matched by name, or selects classes or a fraction of one.",
    signature: Signature(
      [
        .init(
          "data", .union(of: [.dataset, .list(.dataset)]), "the data sets", isRequired: true)
      ],
      options: [
        .init("name", .string, "what the result is called", default: "merged"),
        .init("classes", .list(.string), "keep these classes only"),
        .init(
          "fraction", .number, "keep this share of the training split", default: 1,
          range: .above(0, upTo: 1)),
        .init(
          "seed", .integer, "where the choice starts; the setting by default", range: .atLeast(0)),
      ]),
    result: .dataset, examples: .merge
  ) { call, context throws(Diagnostic) in
    let sets = call.list("data").compactMap { $0.asObject(DatasetObject.self)?.dataset }
    guard !sets.isEmpty else { throw call.diagnostic("'data' needs data sets", at: "data") }
    var dataset =
      sets.count == 1 ? sets[0] : Dataset.merged(sets, name: call.string("name") ?? "merged")
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
  /// What is to be converted.
  fileprivate func source(on host: Host) throws(Diagnostic) -> Dataset {
    if let object = object("source", as: DatasetObject.self) { return object.dataset }
    let path = path("source", on: host) ?? ""
    guard Paths.exists(path) else {
      throw diagnostic("there is no file or folder '\(string("source") ?? "")'", at: "source")
    }
    let images = self.path("images", on: host)
    var options = COCOOptions()
    options.coordinates =
      COCOOptions.Coordinates(rawValue: string("coords") ?? "automatic") ?? .automatic
    if path.hasSuffix(".json") {
      let folder = images ?? (path as NSString).deletingLastPathComponent
      return try attempt("source") {
        try Dataset(coco: path, images: folder, split: .train, options: options)
      }
    }
    if Paths.exists(path + "/annotations") && !Paths.exists(path + "/Annotations") {
      return try attempt("source") {
        try Dataset(cocoFolder: path, images: images, options: options)
      }
    }
    return try attempt("source") { try Dataset(voc: path, images: images) }
  }
}
