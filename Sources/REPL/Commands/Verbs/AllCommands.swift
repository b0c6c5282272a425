package import Language

extension CommandTable {
  /// The commands and types of yolos.
  package static let yolos: CommandTable = CommandTable(
    [
      .load, .export, .dataset, .toys, .convert, .merge, .train, .resume, .extend, .val, .forget, .show, .modelSummary, .audit, .freeze, .plot, .compare, .cost, .print, .report, .save, .undo, .set, .seed, .help, .why, .time,
    ],
    types: [
      DatasetObject.objectType, ModelObject.objectType, RunObject.objectType,
      CheckpointObject.objectType, MetricsObject.objectType, PredictionsObject.objectType,
      TableObject.objectType, FigureObject.objectType,
    ])
}
