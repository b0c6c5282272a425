internal import Training

/// Carries jobs out somewhere; what asks for them does not know where.
///
/// The work of a plain run is done by ``JobRunner`` itself, in the order of the script; an executor takes jobs
/// that lie in files (``JobFile``), and each of them is done by `yolos job`.
protocol Executor: AnyObject {
  /// Takes a job whose file is written.
  func submit(_ ticket: JobTicket)
  /// Takes over a job that an earlier start of this program left in the hands of others.
  ///
  /// - Returns: Whether it is ours now.
  func adopt(_ ticket: JobTicket, _ claim: JobClaim) -> Bool
  /// Starts what can start, and finds out how jobs are.
  func update()
  /// Asks for the end: after the present batch, or at once.
  ///
  /// - Parameter level: How urgent it is; called once for each level.
  func interrupt(_ level: Cancellation.Level)
  /// How long to leave jobs alone between two looks.
  var pause: Duration { get }
}

extension Executor {
  func adopt(_ ticket: JobTicket, _ claim: JobClaim) -> Bool { false }
}

/// Where jobs are done, as the command line says it.
package enum ExecutorChoice: Equatable, Sendable {
  /// In this process, one after the other.
  case here
  /// In so many processes of this machine.
  case processes(Int)
  /// By Slurm, with options of `sbatch`.
  case slurm(options: [String])

  /// The options in a text, parted as a shell does.
  package static func words(of text: String) -> [String] { ShellCommand.words(of: text) }
}
