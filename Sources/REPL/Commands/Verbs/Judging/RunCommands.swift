internal import Charts
internal import Language
internal import Report
internal import Training

extension Command {
  /// As in `plot runs metric="map50_95"`.
  static let plot = Command(
    name: "plot",
    summary:
      "Plots the curves of runs, or the precision, recall and confusion matrix of a validation.",
    signature: Signature(
      [
        .init(
          "value",
          .union(of: [.runs, .object("Metrics"), .object("Predictions"), .dataset]),
          "runs, studies, cross-validations, metrics, predictions or a dataset", isRequired: true)
      ],
      options: [
        .init(
          "metric", .string, "only this curve: a column of results.csv, abbreviated",
          choices: RunCharts.metrics.map(\.name)),
        .init("gap", .bool, "plot validation loss minus training loss", default: false),
        .init("name", .string, "name of the chart file", default: "plot"),
      ]),
    result: .object("Figure"), examples: .plot
  ) { call, context throws(Diagnostic) in
    let value = call["value"], name = call.string("name") ?? "plot"
    if let metrics = value.asObject(MetricsObject.self) {
      return .object(FigureObject(charts: metrics.charts(), name: name))
    }
    if let predictions = value.asObject(PredictionsObject.self) {
      return .object(FigureObject(charts: [try predictions.gallery()], name: name))
    }
    if let dataset = value.asObject(DatasetObject.self) {
      let charts = try dataset.pictures(count: 12).compactMap { rendering -> Chart? in
        if case .chart(let chart, _) = rendering { chart } else { nil }
      }
      return .object(FigureObject(charts: charts, name: name))
    }
    let memory = host(context).display.memory
    let studies = call.list("value").compactMap { $0.asObject(StudyObject.self) }
    if !studies.isEmpty, studies.count == call.list("value").count, call.bool("gap") != true {
      let chart = StudyCharts(studies: studies, after: memory)
        .curve(of: call.string("metric") ?? "map50_95")
      return .object(FigureObject(charts: [chart], name: name))
    }
    let charts = RunCharts(runs: try call.runs("value"), after: memory)
    if call.bool("gap") == true { return .object(FigureObject(charts: [charts.gap], name: name)) }
    if let metric = call.string("metric") {
      return .object(FigureObject(charts: [charts.curve(of: metric)], name: name))
    }
    return .object(FigureObject(charts: [charts.curves], name: name))
  }

  /// As in `compare runs`.
  static let compare = Command(
    name: "compare",
    summary:
      "Compares runs, studies or cross-validations: scores, time, cost, and whether differences may be luck.",
    signature: Signature(
      [.init("runs", .runs, "the runs, studies or cross-validations", isRequired: true)],
      options: [
        .init("plots", .bool, "whether to plot the curves as well", default: true)
      ]),
    result: .object("Comparison"), examples: .compare
  ) { call, context throws(Diagnostic) in
    let runs = try call.runs("runs"), host = host(context)
    let contenders = call.list("runs").compactMap { Contender($0) }
    let differences = contenders.differences(seed: UInt64(host.settings.seed))
    let isDrawn = call.bool("plots") != false && contenders.count > 1
    let crossValidations = contenders.compactMap(\.crossValidation)
    let table: TableObject
    if !crossValidations.isEmpty {
      guard crossValidations.count == contenders.count else {
        throw call.diagnostic(
          "a cross-validation was scored on other images than a run or a study", at: "runs",
          hint: "compare cross-validations with each other")
      }
      table = TableObject(
        table: CrossValidationComparison(
          all: crossValidations, differences: differences
        ).table)
    } else if contenders.contains(where: { $0.study != nil }) {
      let comparison = StudyComparison(contenders: contenders, differences: differences)
      table = TableObject(
        table: comparison.table, remark: Comparison(runs: runs, rate: nil).remark,
        charts: isDrawn ? comparison.charts(after: host.display.memory) : [], chartName: "compare")
    } else {
      let comparison = Comparison(runs: runs, rate: host.settings.rate)
      table = TableObject(
        table: comparison.table, remark: comparison.remark,
        charts: isDrawn ? comparison.charts(after: host.display.memory) : [], chartName: "compare")
    }
    return .object(
      ComparisonObject(
        table: table, differences: differences, remarks: contenders.remarks(on: differences)))
  }

  /// As in `cost runs`.
  static let cost = Command(
    name: "cost", summary: "Shows what runs cost: wall time, processor time, memory, money.",
    signature: Signature(
      [.init("runs", .runs, "the runs", isRequired: true)],
      options: [
        .init(
          "rate", .number, "price of an hour; the `rate` setting by default", range: .atLeast(0)),
        .init("currency", .string, "the `currency` setting by default"),
      ]),
    result: .object("Table"), examples: .cost
  ) { call, context throws(Diagnostic) in
    let settings = host(context).settings
    let rate = call.number("rate") ?? settings.rate?.perHour ?? 0
    let currency = call.string("currency") ?? settings.currency
    let price = rate > 0 ? Cost.Rate(perHour: rate, currency: currency) : nil
    return .object(
      TableObject(table: Comparison(runs: try call.runs("runs"), rate: price).costTable))
  }
}
