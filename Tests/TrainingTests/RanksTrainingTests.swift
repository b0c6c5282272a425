import Datasets
import Files
import Foundation
import Layers
import Ranks
import Synchronization
import Tensors
import Testing
import Training
import YOLO

/// Trainings over ranks, which are threads here: the same files as one process writes.
@Suite(.serialized) struct RanksTrainingTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun(train: 13) }

  /// Trains on so many ranks.
  private func train(
    _ request: TrainingRequest, ranks: Int, cancellation: Cancellation = Cancellation(),
    report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> (outcome: TrainingOutcome, problems: [String]) {
    let exchanges = ThreadTransport.connected(ranks).map {
      RankExchange(over: $0, patience: .seconds(60), bucketSize: 1000)
    }
    let problems = Mutex<[String]>([]), done = DispatchGroup()
    for exchange in exchanges.dropFirst() {
      done.enter()
      let thread = Thread {
        do throws(TrainingError) {
          try RankWorker(exchange, on: TinyRun.compute(threads: 1 + exchange.rank % 2)).serve()
        } catch { problems.withLock { $0.append(error.description) } }
        done.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    var request = request
    request.exchange = exchanges[0]
    defer { for exchange in exchanges { exchange.close() } }
    let result = Result {
      try tiny.train(request, cancellation: cancellation, report: report)
    }
    RankWorker.dismiss(exchanges[0])
    done.wait()
    return (try result.get(), problems.withLock { $0 })
  }

  /// Batches of 16 that are not full, of 6 whose last is one image, of 4 with waiting gradients.
  @Test(arguments: [16, 6, 4])
  func `any number of ranks writes the files of one process`(batch: Int) throws {
    let request = try tiny.request([("batch", .integer(batch)), ("epochs", .integer(2))])
    let whole = try RunBytes(tiny.train(request).folder)
    for ranks in [1, 2, 3, 4, 8] {
      let (outcome, problems) = try train(request, ranks: ranks)
      #expect(problems.isEmpty)
      #expect(try RunBytes(outcome.folder) == whole, "\(ranks) ranks")
    }
  }

  @Test(arguments: [MemoryMode.normal, .low])
  func `frozen layers and low memory do not show over ranks`(memory: MemoryMode) throws {
    var request = try tiny.request([("batch", .integer(6)), ("freeze", .integer(3))])
    let whole = try RunBytes(tiny.train(request).folder)
    request.memoryMode = memory
    for ranks in [2, 4] {
      #expect(try RunBytes(train(request, ranks: ranks).outcome.folder) == whole)
    }
  }

  @Test func `a run ended on four ranks goes on with two to the same bytes`() throws {
    let request = try tiny.request([("batch", .integer(6))])
    let whole = try RunBytes(tiny.train(request).folder)
    let cancellation = Cancellation()
    let cut = try train(
      request, ranks: 4, cancellation: cancellation, report: ending(after: 4, with: cancellation)
    )
    #expect(cut.outcome.stop == .cancelled && cut.problems.isEmpty)
    var again = request
    again.folder = cut.outcome.folder
    let resumed = try train(again, ranks: 2)
    #expect(resumed.outcome.stop == .finished)
    #expect(try RunBytes(resumed.outcome.folder) == whole)
  }

  @Test func `when a rank is lost, every other rank says so and the run can be resumed`() throws {
    let request = try tiny.request([("batch", .integer(6)), ("epochs", .integer(3))])
    let whole = try RunBytes(tiny.train(request).folder)
    let transports = ThreadTransport.connected(3)
    let exchanges = transports.map { RankExchange(over: $0, patience: .seconds(2)) }
    let sentences = Mutex<[String]>([]), done = DispatchGroup()
    for exchange in exchanges.dropFirst() {
      done.enter()
      let thread = Thread {
        do throws(TrainingError) {
          try RankWorker(exchange, on: TinyRun.compute(threads: 1)).serve()
        } catch { sentences.withLock { $0.append(error.description) } }
        done.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    var shared = request, folder: String?
    shared.exchange = exchanges[0]
    var batches = 0
    let error = #expect(throws: TrainingError.self) {
      try tiny.train(shared) { event in
        if case .started(let start) = event { folder = start.folder }
        if case .batch = event { batches += 1 }
        if batches == 4 { transports[2].vanish() }
      }
    }
    done.wait()
    for exchange in exchanges { exchange.close() }
    #expect(error?.description.contains("rank 2 of 3") == true)
    #expect(sentences.withLock { $0 }.count == 2)
    var again = request
    again.folder = RunFolder(path: try #require(folder))
    let resumed = try train(again, ranks: 2)
    #expect(try RunBytes(resumed.outcome.folder) == whole)
  }
}
