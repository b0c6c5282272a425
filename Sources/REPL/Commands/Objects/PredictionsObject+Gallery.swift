internal import Files
internal import Charts
internal import Datasets
internal import Foundation
internal import Geometry
internal import Images
internal import Language

extension PredictionsObject {
  /// What is labeled on the images that were looked at.
  struct Truth: Sendable {
    /// The classes of the labels.
    let classNames: [String]
    /// One an image, in the order of the findings.
    let samples: [Sample]
  }

  /// The images with their boxes; a row an image, with a column for the labels where there
  /// are any, and one a model.
  func gallery() throws(Diagnostic) -> Chart {
    let names = allNames, images = record.parts.first?.images ?? []
    let labels = truth.flatMap { $0.samples.contains(where: \.isLabeled) ? $0 : nil }
    let headings = (labels == nil ? [] : ["labels"]) + record.parts.map(\.model)
    var rows: [[ImageGrid.Cell]] = []
    for (index, entry) in images.enumerated().prefix(headings.count > 1 ? 6 : 24) {
      let image = try attempt { try Image(contentsOf: entry.file) }
      let caption = PathText.name(of: entry.file)
      let all =
        [labels?.boxes(index, image, names)].compactMap(\.self)
        + record.parts.map { $0.boxes(index, names) }
      rows.append(all.map { ImageGrid.Cell(caption: caption, image: image, boxes: $0) })
    }
    let rest = images.count - rows.count
    let part = rest == 0 ? "" : ", the first \(rows.count) of \(images.count) images"
    if headings.count > 1 {
      let title = labels == nil ? "Predictions" : "Labels and predictions"
      return ImageGrid(title: title + part, names: names, headings: headings, rows: rows).chart
    }
    let cells = rows.flatMap(\.self)
    return ImageGrid(
      title: "Predictions of \(record.parts.first?.model ?? "")" + part, names: names, cells: cells,
      columns: min(max(cells.count, 1), cells.count > 6 ? 4 : 3)
    ).chart
  }

  /// Every class name once; a class has one color, whichever model found it.
  private var allNames: [String] {
    var names: [String] = []
    for name in (truth?.classNames ?? []) + record.parts.flatMap(\.classNames)
    where !names.contains(name) { names.append(name) }
    return names
  }
}

extension PredictionsObject.Truth {
  /// The labels of an image.
  fileprivate func boxes(_ index: Int, _ image: Image, _ names: [String]) -> [BoxOverlay.Item] {
    guard samples.indices.contains(index) else { return [] }
    return samples[index].labels.map { label in
      BoxOverlay.Item(
        label, on: image, classIndex: names.firstIndex(of: classNames[label.classIndex]))
    }
  }
}

extension PredictionsRecord.Part {
  /// What the model found on an image.
  fileprivate func boxes(_ index: Int, _ names: [String]) -> [BoxOverlay.Item] {
    images[index].findings.map { finding in
      BoxOverlay.Item(
        box: Box<ImagePixels>(
          minX: finding.box[0], minY: finding.box[1], maxX: finding.box[2], maxY: finding.box[3]),
        classIndex: names.firstIndex(of: classNames[finding.classIndex]) ?? 0,
        confidence: Double(finding.confidence))
    }
  }
}

extension BoxOverlay.Item {
  /// A label, in pixels of its image; `classIndex` replaces its own.
  init(_ label: LabeledBox<Normalized>, on image: Image, classIndex: Int? = nil) {
    let width = Float(image.width), height = Float(image.height)
    self.init(
      box: Box<ImagePixels>(
        minX: label.box.minX * width, minY: label.box.minY * height,
        maxX: label.box.maxX * width, maxY: label.box.maxY * height),
      classIndex: classIndex ?? label.classIndex, confidence: nil)
  }
}
