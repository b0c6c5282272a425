internal import ArgumentParser
internal import Commands
internal import Foundation
internal import Ranks
internal import Tensors
internal import Training

/// A command that several ranks carry out together: rank 0 runs it, the others share its trainings.
protocol SharedCommand: ParsableCommand {
  /// How many threads each rank has; its share of the cores where nil.
  var rankThreads: Int? { get }
}

/// The ranks of a program that `mpirun` started.
struct LaunchedRanks: Sendable {
  /// Those of this process, on rank 0; nil where it works alone.
  @TaskLocal static var current: LaunchedRanks?

  /// Connects them.
  let exchange: RankExchange
  /// This rank's share of the cores of its machine.
  let threads: Int

  /// Runs a command on rank 0, and on the others what it asks for.
  ///
  /// - Throws: What the command throws, or the exit code.
  static func run(_ command: any SharedCommand) throws {
    let exchange: RankExchange
    do { exchange = RankExchange(over: try MPITransport()) } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .stepFailed)
    }
    let share = exchange.threads(of: Cores.available)
    let ranks = LaunchedRanks(
      exchange: exchange, threads: JobWorker.threadsOfSlurmTask ?? share)
    if exchange.rank > 0 { return try ranks.serve(threads: command.rankThreads) }
    defer {
      RankWorker.dismiss(exchange)
      ranks.leave()
    }
    var command = command
    try $current.withValue(ranks) { try command.run() }
  }

  /// Leaves the others; after a failure not before they have had time to say why, since that ends them.
  private func leave() {
    if exchange.failure != nil { Thread.sleep(forTimeInterval: exchange.rank == 0 ? 1 : 3) }
    exchange.close()
  }

  /// Shares the trainings of rank 0, and says why where that ends early.
  private func serve(threads given: Int?) throws {
    defer { leave() }
    // Rank 0 decides when the work ends.
    Interrupts.current.attach(service: {})
    var configuration = Workplace.Configuration()
    configuration.threads = given ?? threads
    do {
      let workplace = try Workplace(configuration)
      try RankWorker(exchange, on: workplace.compute).serve()
    } catch {
      Terminal.error.write(
        "rank \(exchange.rank) on \(ProcessInfo.processInfo.hostName): \(error)\n")
      throw Ending(code: .stepFailed)
    }
  }
}
