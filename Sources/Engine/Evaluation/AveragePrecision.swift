/// A piecewise linear function through points whose abscissae do not fall.
struct Interpolation {
  let x: [Double]
  let y: [Double]
  /// The value left of the first point.
  var left: Double?

  /// The value at `t`; where points share an abscissa, that of the last of them.
  func callAsFunction(_ t: Double) -> Double {
    guard let first = x.first, let end = y.last else { return 0 }
    if t < first { return left ?? y[0] }
    // The last point that is not right of t.
    var low = 0, high = x.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if x[middle] <= t { low = middle } else { high = middle }
    }
    guard low + 1 < x.count else { return end }
    if x[low] == t { return y[low] }
    return (y[low + 1] - y[low]) / (x[low + 1] - x[low]) * (t - x[low]) + y[low]
  }
}

/// Precision and recall of one class as the confidence threshold falls.
struct PrecisionRecall {
  /// For each detection, from the surest on, the share of all objects found so far.
  private(set) var recall: [Double] = []
  /// For each detection the share of true ones so far.
  private(set) var precision: [Double] = []

  /// Counts through detections that are sorted by falling confidence.
  ///
  /// - Parameters:
  ///   - isTrue: Whether each detection is true.
  ///   - objects: How many objects of the class there are.
  init(_ isTrue: some Sequence<Bool>, objects: Int) {
    var found = 0, count = 0
    for hit in isTrue {
      count += 1
      if hit { found += 1 }
      recall.append(Double(found) / (Double(objects) + 1e-16))
      precision.append(Double(found) / Double(count))
    }
  }

  /// Precision as a function of recall: the largest at this recall or any above.
  func envelope(_ rules: EvaluationRules) -> Interpolation {
    var x = [0.0] + recall, y = [1.0] + precision
    if rules == .current {
      x.append(recall.last ?? 1)
      y.append(0)
    }
    x.append(1)
    y.append(0)
    for i in y.indices.dropLast().reversed() { y[i] = max(y[i], y[i + 1]) }
    return Interpolation(x: x, y: y)
  }

  /// The area under the envelope: the trapezoid rule over 101 recalls from 0 to 1.
  func average(_ rules: EvaluationRules) -> Double {
    let envelope = envelope(rules)
    var area = 0.0, last = envelope(0)
    for i in 1...100 {
      let next = envelope(i == 100 ? 1 : Double(i) * 0.01)
      let width = (i == 100 ? 1 : Double(i) * 0.01) - Double(i - 1) * 0.01
      area += width * (next + last) / 2
      last = next
    }
    return area
  }
}

/// The 1000 abscissae of all curves, 0...1.
let curveAbscissae = (0..<1000).map { $0 == 999 ? 1 : Double($0) * (1.0 / 999) }

/// The running mean over 101 values; the ends repeat the first and the last value.
func smoothed(_ y: [Double]) -> [Double] {
  guard let first = y.first, let last = y.last else { return [] }
  let half = 50
  let padded =
    [Double](repeating: first, count: half) + y + [Double](repeating: last, count: half)
  return y.indices.map { i in
    padded[i...(i + 2 * half)].reduce(0.0) { $0 + $1 / Double(2 * half + 1) }
  }
}
