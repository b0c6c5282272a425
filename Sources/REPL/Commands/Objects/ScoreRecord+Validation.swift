internal import Evaluation
internal import Training

extension ScoreRecord {
  /// The scores of a validation.
  init(_ result: ValidationResult, names: [String]) {
    let metrics = result.metrics
    let rows = metrics.classes.map { row in
      Row(
        name: row.classIndex < names.count ? names[row.classIndex] : "class \(row.classIndex)",
        images: row.images, instances: row.instances, precision: row.precision, recall: row.recall,
        map50: row.ap50, map75: row.ap75, map50_95: row.ap50to95, best: row.best)
    }
    self.init(
      overall: Row(
        name: "all", images: result.images.count, instances: metrics.instances,
        precision: metrics.precision, recall: metrics.recall, map50: metrics.mAP50,
        map75: metrics.mAP75, map50_95: metrics.mAP50to95, best: metrics.best),
      classes: rows, rules: metrics.rules,
      interval: result.interval.map { [$0.mAP50to95.lower, $0.mAP50to95.upper] })
  }
}
