internal import ArgumentParser
internal import Commands
internal import Foundation
internal import Ranks
internal import Tensors
internal import Training

/// A command that several ranks carry out together: rank 0 runs it, the others share its trainings.
protocol SharedCommand: ParsableCommand {
  /// Who computes, on every rank.
  var engine: EngineOptions { get }
}

/// The ranks of a program that `mpirun` or `srun` started.
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
    let ranks = LaunchedRanks(
      exchange: exchange, threads: exchange.threads(of: Cores.available))
    if exchange.rank > 0 { return try ranks.serve(command.engine) }
    defer {
      RankWorker.dismiss(exchange)
      exchange.close()
    }
    var command = command
    try $current.withValue(ranks) { try command.run() }
  }

  /// Shares the trainings of rank 0, and says why where that ends early.
  private func serve(_ engine: EngineOptions) throws {
    defer { exchange.close() }
    var configuration = engine.configuration
    configuration.threads = engine.threads ?? threads
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
