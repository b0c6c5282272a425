package import Language

extension CommandTable {
  /// The commands and types of yolos.
  package static let yolos: CommandTable = CommandTable(
    [
      .load, .fetch, .dataset, .toys, .convert, .merge, .audit, .show, .preview, .modelSummary,
      .freeze,
      .train, .study, .crossval,
      .resume, .extend, .val, .predict, .ensemble, .plot, .compare, .cost, .forget, .errors,
      .suspects, .export, .print,
      .report, .save, .undo, .set, .seed, .help, .why, .time, .live,
    ],
    types: [
      DatasetObject.objectType, ModelObject.objectType, RunObject.objectType,
      CheckpointObject.objectType, MetricsObject.objectType, ClassScoreObject.objectType,
      PredictionsObject.objectType,
      StudyObject.objectType, CrossValidationObject.objectType, SpreadObject.objectType,
      ComparisonObject.objectType,
      DifferenceObject.objectType, ErrorsObject.objectType, SuspectsObject.objectType,
      TableObject.objectType,
      FigureObject.objectType,
    ])
}
