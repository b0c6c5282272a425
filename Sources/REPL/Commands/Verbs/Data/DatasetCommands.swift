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
      "Opens a data set, as YOLO describes it or as a labelling tool exports it, and audits it.",
    signature: Signature(
      [
        .init(
          "file", .string, "its YAML file, its folder, or a tool's file of annotations",
          isRequired: true, isPath: true)
      ],
      options: [
        .init(
          "labels", .string, "whether damaged labels are errors or are mended and counted",
          choices: ["strict", "lenient"])
      ]),
    result: .dataset,
    examples: [
      Example("dataset \"absent.yaml\"", fails: "there is no file or folder 'absent.yaml'")
    ],
    check: filesExist("file", or: "folder")
  ) { call, context throws(Diagnostic) in
    let host = host(context), path = call.path("file", on: host) ?? ""
    guard Paths.exists(path) else {
      throw call.diagnostic(
        "there is no file or folder '\(call.string("file") ?? "")'", at: "file",
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
            Console(title: "\(count) mended or dropped", text: lines, isVolatile: false))))
    }
    return .object(DatasetObject(dataset: dataset))
  }

  private static func hint(for error: DatasetError, _ path: String) -> String? {
    switch error.problem {
    case .audit: "labels=\"lenient\" mends what can be mended, and counts it"
    case .conversion(.missingImages):
      "convert … images=\"…\" to=\"…\" makes a data set of annotations and images that lie apart"
    case .refused, .syntax, .tooLarge:
      path.hasSuffix(".yaml") || path.hasSuffix(".yml")
        ? nil : "a data set is opened by its YAML file or its folder"
    default: nil
    }
  }

  /// As in `show plush`.
  static let show = Command(
    name: "show",
    summary: "Shows a value in full: a data set with counts, box sizes and a contact sheet.",
    signature: Signature(
      [.init("value", .any, "what to show", isRequired: true, takesVolatile: true)],
      options: [
        .init(
          "count", .integer, "photographs on the contact sheet", default: 12,
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
      "Looks for what spoils experiments: copies across splits, missing classes, tiny boxes.",
    signature: Signature(
      [.init("data", .dataset, "the data set", isRequired: true)],
      options: [
        .init("batch", .integer, "the batch size to be used", default: 16, range: .atLeast(1)),
        .init("epochs", .integer, "the epochs to be trained", default: 100, range: .atLeast(1)),
        .init(
          "nbs", .integer, "the images over which gradients are gathered", default: 64,
          range: .atLeast(1)),
        .init(
          "imgsz", .integer, "the side of the network's input", default: 640, unit: "px",
          range: .between(32, 4096)),
        .init(
          "warmup_epochs", .number, "the epochs in which the learning rate rises", default: 3,
          range: .atLeast(0)),
        .init(
          "leaks", .integer, "how many copies across two splits are named one by one", default: 5,
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
          rows: rows.isEmpty ? [["nothing that would spoil an experiment"]] : rows)))
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
      title: "Photographs of \(dataset.name)", names: dataset.classNames, cells: cells,
      columns: min(4, cells.count))
    all.append(.chart(sheet.chart, name: "photographs"))
    return all
  }

  private func cell(_ sample: Sample) throws(Diagnostic) -> ImageGrid.Cell {
    let image = try attempt { try Image(contentsOf: sample.imagePath) }
    return ImageGrid.Cell(
      caption: sample.fileName, image: image,
      boxes: sample.labels.map { BoxOverlay.Item($0, on: image) })
  }
}
