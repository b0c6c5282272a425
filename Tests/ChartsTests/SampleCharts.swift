import Charts
import Datasets
import Foundation
import Geometry
import Images
import Toys

extension Samples {
  /// Every kind of chart by the name of its file.
  static var charts: [(name: String, chart: Chart)] { curveCharts + countCharts + imageCharts }

  static var curveCharts: [(name: String, chart: Chart)] {
    [
      ("training", TrainingCurves(title: "Training of n", runs: [runs[0]]).chart),
      (
        "training-short",
        TrainingCurves(
          title: "Training of a short run", runs: [history("n", color: 0, epochs: 5, speed: 2)]
        ).chart
      ),
      (
        "training-warmup",
        TrainingCurves(
          title: "Training with biases that warm up",
          runs: [history("n", color: 0, speed: 2, biases: 0.1)]
        ).chart
      ),
      ("training-overlay", TrainingCurves(title: "Training of four runs", runs: runs).chart),
      (
        "line",
        LineChart(
          title: "mAP50-95 by epoch", x: AxisTitle("epoch"), y: AxisTitle("mAP50-95"),
          yRange: 0...1,
          series: runs.map { run in
            LineChart.Series(
              name: run.name, x: run.epochs.map(Double.init), y: run.columns[6].values,
              colorIndex: run.colorIndex)
          }, smooths: true, countsX: true
        ).chart
      ),
      (
        "study",
        LineChart(
          title: "mAP50-95 by epoch: mean of 5 seeds, band of one standard deviation",
          x: AxisTitle("epoch"), y: AxisTitle("mAP50-95"), yRange: 0...1,
          series: runs.prefix(2).map { run in
            let mean = run.columns[6].values
            return LineChart.Series(
              name: run.name, x: run.epochs.map(Double.init), y: mean, colorIndex: run.colorIndex,
              band: LineChart.Band(
                lower: mean.enumerated().map { $1 - 0.08 / (1 + 0.05 * Double($0)) },
                upper: mean.enumerated().map { $1 + 0.08 / (1 + 0.05 * Double($0)) }))
          }, countsX: true
        ).chart
      ),
      (
        "training-many",
        TrainingCurves(
          title: "Training of eight runs",
          runs: (0..<8).map { index in
            history(
              "YOLOv8\(["n", "s", "m", "l"][index % 4]), \(index < 4 ? "all layers" : "22 frozen")",
              color: index, epochs: 60 + 5 * index, speed: 0.5 + 0.5 * Double(index))
          }
        ).chart
      ),
      ("gap", GapChart(title: "Validation minus training loss", runs: runs).chart),
      (
        "class-curves",
        ClassCurves.chart(
          title: "Validation of n, best epoch",
          groups: ClassCurves.Kind.allCases.map { curves($0, isMarked: true) },
          notes: ["AP50 0.934", "AP50 0.889", "AP50 0.801"], meanNote: "mAP50 0.875")
      ),
      (
        "class-curves-many",
        ClassCurves.chart(
          title: "Validation with fifteen classes",
          groups: ClassCurves.Kind.allCases.map { curves($0, classes: 15) },
          notes: (0..<15).map { "AP50 0.\(95 - 3 * $0)" }, meanNote: "mAP50 0.740")
      ),
      (
        "precision-recall",
        ClassCurves.chart(
          title: "Precision and recall of n", groups: [curves(.precisionRecall)])
      ),
    ]
  }

  static var countCharts: [(name: String, chart: Chart)] {
    [
      (
        "confusion",
        ConfusionChart(
          title: "Confusion of n", names: names,
          counts: [[41, 2, 0, 5], [3, 38, 1, 2], [0, 0, 17, 1], [4, 6, 2, 0]], confidence: 0.25,
          iou: 0.45
        ).chart
      ),
      (
        "confusion-many",
        ConfusionChart(
          title: "Confusion of forty classes", names: (1...40).map { "class \($0)" },
          counts: (0...40).map { row in
            (0...40).map {
              $0 == row ? (row == 40 ? 0 : 20 + row % 9) : ($0 * row) % 17 == 5 ? 2 : 0
            }
          }, confidence: 0.25, iou: 0.45
        ).chart
      ),
      (
        "labels",
        LabelStatistics(title: "Labels of toys, train", names: names, labels: labels).chart
      ),
      (
        "bars",
        BarChart(
          title: "mAP50-95 of four runs", value: AxisTitle("mAP50-95"),
          bars: zip(runs, [0.71, 0.78, 0.74, 0.52]).map {
            .init(name: $0.name, value: $1, colorIndex: $0.colorIndex)
          }, decimals: 3
        ).chart
      ),
      (
        "cost-quality",
        ScatterChart(
          title: "Cost and quality", x: AxisTitle("time", unit: "min"), y: AxisTitle("mAP50-95"),
          yRange: 0...1,
          dots: zip(runs, [(3.1, 0.71), (8.4, 0.78), (6.2, 0.74), (22.8, 0.75)]).map {
            .init(name: $0.name, x: $1.0, y: $1.1, colorIndex: $0.colorIndex)
          }
        ).chart
      ),
    ]
  }

  /// What a network sees in training: mosaics of toys.
  static func trainingBatch() throws -> Chart {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "yolos-gallery-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let set = ToySet(
      kinds: [.oslik, .ovecka, .prasatko], train: 8, val: 1, width: 320, height: 320, seed: 3)
    let data = try Dataset(contentsOf: try set.write(to: folder.path))
    let pipeline = TrainingPipeline(samples: data.train, imageSize: 320, seed: 0)
    let cells = try pipeline.order(epoch: 0).map { index in
      let seen = try pipeline.sample(epoch: 0, index: index)
      return ImageGrid.Cell(
        caption: data.train[index].fileName, image: seen.image,
        boxes: seen.boxes.map { label in
          BoxOverlay.Item(
            box: Box(
              minX: label.box.minX * 320, minY: label.box.minY * 320, maxX: label.box.maxX * 320,
              maxY: label.box.maxY * 320), classIndex: label.classIndex, confidence: nil)
        })
    }
    return ImageGrid(
      title: "Toys in training: the first batch", names: names, cells: cells, columns: 4
    ).chart
  }

  static var imageCharts: [(name: String, chart: Chart)] {
    [
      (
        "contact-sheet",
        ImageGrid(
          title: "Images of toys, train", names: names,
          cells: (0..<7).map { cell($0, tall: $0 == 3) }, columns: 4
        ).chart
      ),
      (
        "labels-predictions",
        ImageGrid(
          title: "Labels and predictions of n", names: names, headings: ["labels", "predictions"],
          rows: (0..<3).map { [cell($0), cell($0, model: 1)] }
        ).chart
      ),
      (
        "models",
        ImageGrid(
          title: "The same images, three models", names: names,
          headings: ["n", "s", "s, 10 frozen"],
          rows: (3..<5).map { row in (0..<3).map { cell(row, model: $0) } }
        ).chart
      ),
    ]
  }
}
