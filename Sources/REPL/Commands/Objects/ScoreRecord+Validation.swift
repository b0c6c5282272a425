internal import Evaluation
internal import Training

extension ScoreRecord {
  /// The scores of a validation.
  init(_ result: ValidationResult, names: [String]) {
    self.init(
      result.metrics, images: result.images.count, interval: result.interval?.mAP50to95,
      names: names)
  }

  /// Scores of so many images.
  init(_ metrics: DetectionMetrics, images: Int, interval: Interval?, names: [String]) {
    let rows = metrics.classes.map { row in
      Row(
        name: row.classIndex < names.count ? names[row.classIndex] : "class \(row.classIndex)",
        images: row.images, instances: row.instances, precision: row.precision, recall: row.recall,
        map50: row.ap50, map75: row.ap75, map50_95: row.ap50to95, best: row.best)
    }
    self.init(
      overall: Row(
        name: "all", images: images, instances: metrics.instances,
        precision: metrics.precision, recall: metrics.recall, map50: metrics.mAP50,
        map75: metrics.mAP75, map50_95: metrics.mAP50to95, best: metrics.best),
      classes: rows, rules: metrics.rules,
      interval: interval.map { [$0.lower, $0.upper] })
  }
}
