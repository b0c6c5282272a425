internal import Foundation
internal import Layers
internal import Ranks
internal import Synchronization
internal import Tensors
internal import Training
internal import YOLO

/// A training step over ranks that are threads of this process, to count what they send.
///
/// Its images are small: no message depends on their size.
struct RankedStep {
  private let setting: Setting
  private let ranks: Int
  private static let side = 64, batch = 16

  init(_ scale: Scale, ranks: Int) {
    setting = Setting(scale, .training(batch: Self.batch, frozen: 0), threads: 1)
    self.ranks = ranks
  }

  /// What the last rank sends in a step: it never speaks for the others.
  func sent() throws -> RankExchange.Traffic {
    let exchanges = ThreadTransport.connected(ranks).map { RankExchange(over: $0) }
    defer { for exchange in exchanges { exchange.close() } }
    let problem = Mutex<String?>(nil), done = DispatchGroup()
    for exchange in exchanges {
      done.enter()
      let thread = Thread {
        do { try step(over: exchange) } catch {
          problem.withLock { $0 = "\(error)" }
          exchange.end(because: "\(error)")
        }
        done.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    done.wait()
    if let text = problem.withLock({ $0 }) { throw BenchError(description: text) }
    return exchanges[ranks - 1].sent
  }

  private func step(over exchange: RankExchange) throws {
    let compute = Compute(pool: ThreadPool(threads: 1), backend: NativeBackend())
    let workload = try TrainingWorkload(
      setting.model(), batch: Self.batch, side: Self.side, over: exchange, on: compute)
    guard workload.run().isFinite, exchange.failure == nil else {
      throw BenchError(description: exchange.failure ?? "the loss is no number")
    }
  }
}

/// What it costs to train over an exchange that has one rank: steps in turn with those of a plain process.
struct RankOverhead {
  private let setting: Setting
  private let rounds: Int
  private let clock: Clock

  init(_ arguments: Arguments) throws {
    let letter = arguments.text("--scale", "n")
    guard let scale = Scale(rawValue: letter) else {
      throw BenchError(description: "'\(letter)' is none of YOLOv8's sizes n, s, m, l and x")
    }
    setting = Setting(
      scale, .training(batch: arguments.number("--batch", 16), frozen: 0),
      threads: arguments.number("--threads", 2))
    rounds = arguments.number("--rounds", 5)
    clock = arguments.clock
  }

  func print() throws {
    guard case .training(let batch, _) = setting.work else { return }
    let exchange = RankExchange(over: ThreadTransport.connected(1)[0])
    defer { exchange.close() }
    let compute = Compute(pool: ThreadPool(threads: setting.threads), backend: NativeBackend())
    let plain = try TrainingWorkload(setting.model(), batch: batch, on: compute)
    let ranked = try TrainingWorkload(setting.model(), batch: batch, over: exchange, on: compute)
    var times: [[Double]] = [[], []]
    for round in 0...rounds {
      for (index, workload) in [plain, ranked].enumerated() {
        let seconds = clock.seconds { _ = workload.run() }
        // The first of each warms up.
        if round > 0 { times[index].append(seconds) }
      }
    }
    let least = times.map { $0.min() ?? 0 }
    let medians = times.map { $0.sorted()[$0.count / 2] }
    Swift.print("\(setting.title): seconds, median and least of \(rounds)")
    for (name, index) in [("one process", 0), ("one rank", 1)] {
      Swift.print(
        String(format: "%-12@ %8.3f %8.3f", name as NSString, medians[index], least[index]))
    }
    Swift.print(
      String(
        format: "one rank more: %.1f %% (median), %.1f %% (least)",
        100 * (medians[1] / medians[0] - 1), 100 * (least[1] / least[0] - 1)))
  }
}
