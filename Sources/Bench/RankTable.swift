internal import Foundation
internal import Layers
internal import Ranks
internal import YOLO

/// What ranks send each other for a training step, and how much faster they make it by a model of the
/// network: a message of m bytes takes α + m / β.
struct RankTable {
  /// What a training step of one network sends, counted from its layers.
  struct Traffic {
    let scale: Scale
    /// Floats of the weight gradients of all convolutions.
    let weights: Int
    /// Channels of each batch normalization, and of each bias.
    let normalized: [Int], biases: [Int]
    /// Floats of each bucket of gradients.
    let buckets: [Int]

    init(_ scale: Scale) {
      self.scale = scale
      let model = Model(Architecture.yolov8(scale, classes: 80))
      let units = model.graph.nodes.compactMap(\.unit)
      weights = units.reduce(0) { $0 + $1.weight.count }
      normalized = units.compactMap { $0.normalization?.channels }
      biases = units.compactMap { $0.bias?.count }
      var buckets: [Int] = [], filling = 0
      for unit in units.reversed() {
        filling += unit.weight.count
        guard filling >= 1 << 18 else { continue }
        buckets.append(filling)
        filling = 0
      }
      self.buckets = filling > 0 ? buckets + [filling] : buckets
    }

    /// Numbers of each gathering of a step: means and squares forward, two sums backward, biases, the
    /// target's mass and the loss, and whether rank 0 goes on.
    var gatherings: [Int] {
      normalized.map { 2 * $0 } + normalized.map { 2 * $0 } + biases + [2, 3, 1]
    }

    /// Bytes that each rank sends in a step: its trees' parts and its total, and its numbers.
    func bytes(_ ranks: Int) -> Double {
      8 * Double(weights) * Double(ranks - 1) / Double(ranks)
        + 8 * Double(gatherings.reduce(0, +)) * Double(ranks - 1)
    }

    /// Messages that each rank sends in a step.
    func messages(_ ranks: Int) -> Int {
      (2 * buckets.count + gatherings.count) * (ranks - 1)
    }
  }

  private let latency: Double
  private let factor: Double
  private let batch: Int

  /// Seconds of a step of a batch of 16 on two cores: n and s from docs/benchmarks.md (s is measured with
  /// a batch of 8), l by its operations.
  private static let steps: [(Scale, Double)] = [(.n, 1.9), (.s, 5.4), (.l, 31)]

  init(_ arguments: Arguments) {
    latency = Double(arguments.number("--latency", 30)) * 1e-6
    factor = Double(arguments.number("--cores", 2)) / 2
    batch = arguments.number("--batch", 16)
  }

  func print() throws {
    Swift.print("network  weights      ranks   a rank sends  in messages  measured")
    for (scale, _) in Self.steps {
      let traffic = Traffic(scale)
      for ranks in [2, 4, 8] {
        let sent = ranks < 8 ? try RankedStep(scale, ranks: ranks).sent() : nil
        let measured = sent.map {
          String(format: "%.1f MB in %d", Double($0.bytes) / 1e6, $0.messages)
        }
        Swift.print(
          String(
            format: "%-8@ %10d  %6d  %10.1f MB  %11d  %@", "\(scale)" as NSString,
            traffic.weights, ranks, traffic.bytes(ranks) / 1e6, traffic.messages(ranks),
            (measured ?? "") as NSString))
      }
    }
    Swift.print("\nspeedup  Gbit/s" + [2, 4, 8, 16, 32].map { String(format: "%8d", $0) }.joined())
    for (scale, seconds) in Self.steps {
      let traffic = Traffic(scale)
      for gigabits in [1.0, 10, 100] {
        let whole = seconds * Double(batch) / 16 / factor
        let cells = [2, 4, 8, 16, 32].map { nodes in
          whole / step(traffic, whole, ranks: min(nodes, 8), bandwidth: gigabits * 1.25e8)
        }
        Swift.print(
          String(format: "%-8@ %6.0f", "\(scale)" as NSString, gigabits)
            + cells.map { String(format: "%8.2f", $0) }.joined())
      }
    }
  }

  /// Seconds of a step on several ranks.
  private func step(
    _ traffic: Traffic, _ whole: Double, ranks: Int, bandwidth: Double
  ) -> Double {
    // The largest share of eight shards.
    let compute = whole * Double((8 + ranks - 1) / ranks) / 8
    let waiting = traffic.gatherings.reduce(0.0) { sum, count in
      sum + latency + Double(ranks - 1) * 8 * Double(count) / bandwidth
    }
    let part = Double(ranks - 1) / Double(ranks)
    func seconds(_ floats: Int) -> Double { 2 * latency + 8 * part * Double(floats) / bandwidth }
    // The backward pass takes two thirds; the last bucket waits for its end.
    let behind = traffic.buckets.dropLast().reduce(0.0) { $0 + seconds($1) }
    let exposed = max(0, behind - compute * 2 / 3) + seconds(traffic.buckets.last ?? 0)
    return compute + waiting + exposed
  }
}
