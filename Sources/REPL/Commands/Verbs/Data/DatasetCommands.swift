internal import Charts
internal import Datasets
internal import Images
internal import Language
internal import Report
internal import Training

extension Command {
  /// As in `dataset "toys.yaml"`.
  static let dataset = Command(
    name: "dataset",
    summary:
      "Opens a dataset, in YOLO format or as exported by a labeling tool, and audits it.",
    signature: Signature(
      [
        .init(
          "file", .string, "its YAML file, its folder, or an annotation file",
          isRequired: true, isPath: true)
      ],
      options: [
        .init(
          "labels", .string, "whether damaged labels are errors, or repaired and counted",
          choices: ["strict", "lenient"])
      ]),
    result: .dataset,
    examples: [
      Example("dataset \"absent.yaml\"", fails: "no such file or folder: 'absent.yaml'")
    ],
    check: filesExist("file", or: "folder")
  ) { call, context throws(Diagnostic) in
    let host = host(context), path = call.path("file", on: host) ?? ""
    guard Paths.exists(path) else {
      throw call.diagnostic(
        "no such file or folder: '\(call.string("file") ?? "")'", at: "file",
        hint: Paths.hint(
          beside: Paths.filesBeside(path),
          rewritten: Paths.rewritten(call.string("file") ?? "", from: host.baseFolder)))
    }
    let labels = call.string("labels").flatMap(LabelPolicy.init(rawValue:))
    let dataset: Dataset
    do throws(DatasetError) {
      dataset = try host.working(on: "dataset") { work throws(DatasetError) in
        try Dataset(contentsOf: path, labels: labels ?? host.settings.labels, work: work)
      }
    } catch {
      if let interruption = Diagnostic(interruption: error) { throw interruption }
      throw call.diagnostic("\(error)", at: "file", hint: Self.hint(for: error, path))
    }
    for note in host.display.memory.newNotes(on: dataset) { context.emit(.event(note)) }
    if !dataset.problems.isEmpty {
      let lines = dataset.problems.map(\.description).joined(separator: "\n")
      let count = Wording.number(dataset.problems.count, "label problem")
      context.emit(
        .event(
          Rendering.console(
            Console(title: "\(count) repaired or dropped", text: lines, isVolatile: false))))
    }
    return .object(DatasetObject(dataset: dataset))
  }

  private static func hint(for error: DatasetError, _ path: String) -> String? {
    switch error.problem {
    case .audit: "labels=\"lenient\" repairs what it can and counts the repairs"
    case .conversion(.missingImages):
      "convert … images=\"…\" to=\"…\" builds a dataset from annotations and images in different places"
    case .refused, .syntax, .tooLarge:
      path.hasSuffix(".yaml") || path.hasSuffix(".yml")
        ? nil : "open a dataset by its YAML file or its folder"
    default: nil
    }
  }

  /// As in `show plush`.
  static let show = Command(
    name: "show",
    summary: "Shows a value in full; for a dataset: counts, box sizes and sample images.",
    signature: Signature(
      [.init("value", .any, "what to show", isRequired: true, takesVolatile: true)],
      options: [
        .init(
          "count", .integer, "number of sample images", default: 12,
          range: .between(0, 200))
      ]),
    examples: [Example("show [1, 2]", prints: "[1, 2]")]
  ) { call, context throws(Diagnostic) in
    context.emit(.value(call["value"]))
    if let object = call["value"].asObject(DatasetObject.self) {
      for rendering in try object.pictures(count: call.integer("count") ?? 12) {
        context.emit(.event(rendering))
      }
    }
    return .none
  }

  /// As in `audit plush`.
  static let audit = Command(
    name: "audit",
    summary:
      "Checks for problems that spoil experiments: copies across splits, missing classes, tiny boxes.",
    signature: Signature(
      [.init("data", .dataset, "the dataset", isRequired: true)],
      options: [
        .init("batch", .integer, "planned batch size", default: 16, range: .atLeast(1)),
        .init("epochs", .integer, "planned epochs", default: 100, range: .atLeast(1)),
        .init(
          "nbs", .integer, "nominal batch size: images over which gradients accumulate",
          default: 64,
          range: .atLeast(1)),
        .init(
          "imgsz", .integer, "input size of the network", default: 640, unit: "px",
          range: .between(32, 4096)),
        .init(
          "warmup_epochs", .number, "warm-up epochs", default: 3,
          range: .atLeast(0)),
        .init(
          "leaks", .integer, "number of copies across splits to list one by one", default: 5,
          range: .atLeast(0)),
      ]),
    result: .object("Table"), examples: .audit
  ) { call, context throws(Diagnostic) in
    let object = try call.dataset("data")
    var run = RunSize()
    run.batchSize = call.integer("batch") ?? 16
    run.epochs = call.integer("epochs") ?? 100
    run.nominalBatchSize = call.integer("nbs") ?? 64
    run.imageSize = call.integer("imgsz") ?? 640
    run.warmupEpochs = call.number("warmup_epochs") ?? 3
    if host(context).settings.rules == .classic {
      (run.warmupFloor, run.warmupEndsEarly) = (100, false)
    }
    let leaks = call.integer("leaks") ?? 5
    let checks = try call.attempt("data") {
      try host(context).working(on: "audit") { work in
        try DatasetChecks(object.selected, run: run, listedLeaks: leaks, work: work)
      }
    }
    let rows = checks.findings.map { finding -> [Table.Cell] in [Table.Cell("\(finding)")] }
    return .object(
      TableObject(
        table: Table(
          title: "Audit of \(object.dataset.name)", columns: [.init("finding")],
          rows: rows.isEmpty ? [["no problems found"]] : rows)))
  }
}

extension DatasetObject {
  /// Label statistics and a contact sheet of the first images of every split.
  func pictures(count: Int) throws(Diagnostic) -> [Rendering] {
    let labels = splits.flatMap { dataset[$0] }.flatMap(\.labels)
    var all: [Rendering] = []
    if !labels.isEmpty {
      let chart = LabelStatistics(
        title: "Labels of \(dataset.name)", names: dataset.classNames, labels: labels
      ).chart
      all.append(.chart(chart, name: "labels"))
    }
    let samples = splits.flatMap { dataset[$0] }.prefix(count)
    guard !samples.isEmpty else { return all }
    var cells: [ImageGrid.Cell] = []
    for sample in samples { cells.append(try cell(sample)) }
    let sheet = ImageGrid(
      title: "Images of \(dataset.name)", names: dataset.classNames, cells: cells,
      columns: min(4, cells.count))
    all.append(.chart(sheet.chart, name: "images"))
    return all
  }

  private func cell(_ sample: Sample) throws(Diagnostic) -> ImageGrid.Cell {
    let image = try attempt { try Image(contentsOf: sample.imagePath) }
    return ImageGrid.Cell(
      caption: sample.fileName, image: image,
      boxes: sample.labels.map { BoxOverlay.Item($0, on: image) })
  }
}
