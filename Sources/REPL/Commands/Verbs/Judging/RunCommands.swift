internal import Charts
internal import Language
internal import Report
internal import Training

extension Command {
  /// As in `plot runs metric="map50_95"`.
  static let plot = Command(
    name: "plot",
    summary: "Draws curves of runs, or precision, recall and confusion of a validation.",
    signature: Signature(
      [
        .init(
          "value",
          .union(of: [.run, .list(.run), .object("Metrics"), .object("Predictions"), .dataset]),
          "runs, metrics, predictions or a data set", isRequired: true)
      ],
      options: [
        .init(
          "metric", .string, "one curve only: a column of results.csv in short",
          choices: RunCharts.metrics.map(\.name)),
        .init("gap", .bool, "how far training and validation losses part", default: false),
        .init("name", .string, "the name of the picture's file", default: "plot"),
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
    let charts = RunCharts(runs: try call.runs("value"), after: host(context).display.memory)
    if call.bool("gap") == true { return .object(FigureObject(charts: [charts.gap], name: name)) }
    if let metric = call.string("metric") {
      return .object(FigureObject(charts: [charts.curve(of: metric)], name: name))
    }
    return .object(FigureObject(charts: [charts.curves], name: name))
  }

  /// As in `compare runs`.
  static let compare = Command(
    name: "compare",
    summary: "Sets runs side by side: size, epochs, scores, time, memory, cost, verdict.",
    signature: Signature(
      [.init("runs", .runs, "the runs", isRequired: true)],
      options: [
        .init("plots", .bool, "whether overlays are drawn as well", default: true)
      ]),
    result: .object("Table"), examples: .compare
  ) { call, context throws(Diagnostic) in
    let runs = try call.runs("runs"), host = host(context)
    let comparison = Comparison(runs: runs, rate: host.settings.rate)
    let isDrawn = call.bool("plots") != false && runs.count > 1
    return .object(
      TableObject(
        table: comparison.table, remark: comparison.remark,
        charts: isDrawn ? comparison.charts(after: host.display.memory) : [], chartName: "compare"))
  }

  /// As in `cost runs`.
  static let cost = Command(
    name: "cost", summary: "Shows what runs took: wall and processor time, memory, money.",
    signature: Signature(
      [.init("runs", .runs, "the runs", isRequired: true)],
      options: [
        .init("rate", .number, "what an hour costs; the setting by default", range: .atLeast(0)),
        .init("currency", .string, "the currency; the setting by default"),
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
