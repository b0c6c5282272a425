import Charts
import Datasets
import Geometry
import Images
import Toys

/// One chart of every kind, from made-up numbers.
enum Samples {
  static let names = ["oslík", "ovečka", "prasátko"]

  /// Noise in -0.5..<0.5 by mixing the bits of a place and a seed (as SplitMix64 does).
  static func noise(_ index: Int, _ seed: Int) -> Double {
    var bits = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(seed) &* 0xD1B5_4A32_D192_ED03
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return Double((bits ^ bits >> 31) >> 11) / 9_007_199_254_740_992 - 0.5
  }

  /// What a run might write down; `biases` is where the learning rate of biases starts, that of the
  /// rest where nil.
  static func history(
    _ name: String, color: Int, epochs: Int = 100, speed: Double, biases: Double? = nil
  ) -> RunHistory {
    let range = Array(1...epochs)
    let fall = { (epoch: Int) in 1 / (1 + speed * Double(epoch) / 10) }
    func column(_ name: String, _ seed: Int, _ value: (Int) -> Double) -> RunHistory.Column {
      .init(name: name, values: range.map { value($0) + noise($0, seed + color) * 0.12 })
    }
    func metric(_ name: String, _ seed: Int, _ top: Double) -> RunHistory.Column {
      .init(
        name: name,
        values: range.map { min(1, max(0, top * (1 - fall($0)) + noise($0, seed + color) * 0.08)) })
    }
    let rate = range.map {
      0.001667 * min(1, Double($0) / 8) * (1 - 0.99 * Double($0) / Double(epochs))
    }
    let biasRate = zip(range, rate).map { epoch, rate in
      let warmth = max(0, 1 - Double(epoch) / 8)
      return biases.map { rate + ($0 - rate) * warmth } ?? rate
    }
    return RunHistory(
      name: name, colorIndex: color, epochs: range,
      columns: [
        column("train/box_loss", 1) { 0.4 + 1.2 * fall($0) },
        column("train/cls_loss", 2) { 0.3 + 3.4 * fall($0) },
        column("train/dfl_loss", 3) { 0.9 + 0.9 * fall($0) },
        metric("metrics/precision(B)", 4, 1.06), metric("metrics/recall(B)", 5, 1.02),
        metric("metrics/mAP50(B)", 6, 1.05), metric("metrics/mAP50-95(B)", 7, 0.85),
        column("val/box_loss", 8) { 0.7 + 1.0 * fall($0) + 0.002 * Double($0) },
        column("val/cls_loss", 9) { 0.8 + 2.5 * fall($0) + 0.004 * Double($0) },
        column("val/dfl_loss", 10) { 1.1 + 0.8 * fall($0) + 0.001 * Double($0) },
        .init(name: "lr/pg0", values: rate), .init(name: "lr/pg1", values: rate),
        .init(name: "lr/pg2", values: biasRate),
      ], bestEpoch: epochs * 7 / 8)
  }

  static let runs = [
    history("n", color: 0, speed: 2), history("s", color: 1, epochs: 80, speed: 4),
    history("s, 10 frozen", color: 2, speed: 1), history("l, 22 frozen", color: 3, speed: 0.4),
  ]

  static func curves(
    _ kind: ClassCurves.Kind, classes: Int = 3, isMarked: Bool = false
  ) -> ClassCurves {
    let x = (0...100).map { Double($0) / 100 }
    func y(_ at: Double, _ power: Double) -> Double {
      let tail = (0..<Int(power)).reduce(1.0) { product, _ in product * at }
      return switch kind {
      case .precisionRecall, .recall: 1 - tail
      case .f1: at < 0.02 ? 0.3 : (1 - tail) * (0.6 + 0.4 * (1 - (1 - at) * (1 - at)))
      case .precision: 1 - 0.6 * (1 - at) * (1 - at) * (1 - 0.1 * power / 10)
      }
    }
    let powers = classes == 3 ? [14.0, 8, 4] : (0..<classes).map { Double(18 - $0) }
    func best(_ values: [Double]) -> ClassCurves.Best? {
      let top = values.max() ?? 0
      return isMarked && kind == .f1
        ? ClassCurves.Best(confidence: x[values.firstIndex(of: top) ?? 0], f1: top) : nil
    }
    let curves = powers.enumerated().map { index, power in
      let values = x.map { y($0, power) }
      return ClassCurves.Curve(
        name: classes == 3 ? names[index] : "toy number \(index + 1)", classIndex: index, x: x,
        y: values, best: best(values))
    }
    let mean = x.map { at in powers.reduce(0) { $0 + y(at, $1) } / Double(classes) }
    return ClassCurves(
      kind: kind, curves: curves, mean: .init(name: "all classes", classIndex: 0, x: x, y: mean),
      best: isMarked ? ClassCurves.Best(confidence: 0.62, f1: 0.87) : nil)
  }

  static let labels = (0..<240).map { index in
    LabeledBox<Normalized>(
      box: Box(
        centerX: Float(0.5 + noise(index, 1) * 0.8), centerY: Float(0.55 + noise(index, 2) * 0.6),
        width: Float(0.22 + noise(index, 3) * 0.3), height: Float(0.3 + noise(index, 4) * 0.4)),
      classIndex: index % 7 < 4 ? 0 : index % 7 < 6 ? 1 : 2)
  }

  private static let broad = (0..<8).map { toys(480, 360).scene(.train, $0) }
  private static let tall = (0..<8).map { toys(360, 480).scene(.train, $0) }

  private static func toys(_ width: Int, _ height: Int) -> ToySet {
    ToySet(
      kinds: [.oslik, .ovecka, .prasatko], width: width, height: height, seed: 3, clutter: 0.4,
      backgroundShare: 0.1)
  }

  static func image(_ number: Int) -> Image { broad[number].image }

  /// What is labeled on an image, or what a model made of it: boxes a little beside the toys,
  /// some of them wrong, some missing.
  static func boxes(_ scene: ToyScene, model: Int?) -> [BoxOverlay.Item] {
    scene.boxes.enumerated().compactMap { index, label in
      guard let model else { return BoxOverlay.Item(label) }
      let noise = { (kind: Int) in Float(Samples.noise(index + model * 7, 20 + kind)) }
      guard noise(0) > -0.4 else { return nil }
      let width = label.box.width * (1 + noise(1) * 0.2)
      let height = label.box.height * (1 + noise(2) * 0.2)
      return BoxOverlay.Item(
        box: Box(
          centerX: label.box.centerX + width * noise(3) * 0.15,
          centerY: label.box.centerY + height * noise(4) * 0.15, width: width, height: height),
        classIndex: noise(5) > 0.4 ? (label.classIndex + 1) % 3 : label.classIndex,
        confidence: Double(0.65 + noise(6) * 0.6))
    }
  }

  static func cell(_ number: Int, model: Int? = nil, tall isTall: Bool = false) -> ImageGrid.Cell {
    let scene = isTall ? tall[number] : broad[number]
    return .init(
      caption: "toys/photo-\(number).png", image: scene.image, boxes: boxes(scene, model: model))
  }
}
