internal import ArgumentParser
internal import Commands
internal import Foundation
internal import Ranks

/// The command line of yolos.
struct Yolos: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yolos",
    abstract: "A reproducible notebook for fine-tuning YOLOv8 object detectors on a CPU.",
    usage: """
      yolos                          opens the prompt
      yolos run FILE [options]       runs a script or a report
      yolos new FILE --data DATASET  writes a first script for a dataset
      yolos check REPORT             re-runs a report and compares
      yolos -c STEPS                 runs these steps
      """,
    discussion: """
      Without a subcommand, yolos opens its prompt; if standard input is not a terminal, it runs what \
      it reads there.

      Exit codes: 0 success; 1 a step failed; 2 usage, syntax or lint error; 3 an assert failed; \
      4 check or fmt --check found a difference; 130 interrupted, after the report was written.
      """,
    version: Release.version,
    subcommands: [
      RunCommand.self, NewCommand.self, CheckCommand.self, LintCommand.self, FormatCommand.self,
      LanguageServerCommand.self, KernelCommand.self, ConvertNotebookCommand.self,
      FetchCommand.self, DoctorCommand.self, CacheCommand.self, JobCommand.self, ReplayCommand.self,
      HelpCommand.self, ManualCommand.self, OpenCommand.self,
    ], defaultSubcommand: OpenCommand.self)

  /// Obeys the command line.
  ///
  /// - Returns: The exit code.
  static func run(_ arguments: [String], interrupts: Interrupts) -> Int32 {
    // To look through all commands and their options takes a third of the time of such a call.
    if arguments == ["--version"] {
      Terminal.output.write(Release.version + "\n")
      return Commands.ExitCode.success.rawValue
    }
    if let problem = ArgumentForms.unknownWord(
      in: arguments, subcommands: configuration.subcommands.map { $0._commandName })
    {
      Terminal.error.write("Error: \(problem)\n  See 'yolos --help' for more information.\n")
      return Commands.ExitCode.usage.rawValue
    }
    do {
      var command = try parseAsRoot(arguments)
      try Interrupts.$current.withValue(interrupts) {
        guard let shared = command as? any SharedCommand, MPITransport.isLaunched else {
          return try command.run()
        }
        try LaunchedRanks.run(shared)
      }
      return Commands.ExitCode.success.rawValue
    } catch let code as Ending {
      return code.code.rawValue
    } catch {
      var message = fullMessage(for: error)
      if CompletionScript.isAsked(by: arguments) {
        message = CompletionScript.withoutSecondHelp(
          message, subcommands: configuration.subcommands.map { $0._commandName })
      }
      guard exitCode(for: error) == .success else {
        Terminal.error.write(message + "\n")
        return Commands.ExitCode.usage.rawValue
      }
      Terminal.output.write(message.isEmpty ? "" : message + "\n")
      return Commands.ExitCode.success.rawValue
    }
  }
}

/// A command's end with another exit code than 0; what went wrong was said before.
struct Ending: Error {
  let code: Commands.ExitCode

  /// Ends with a code, which may be that of success.
  static func with(_ code: Commands.ExitCode) throws {
    if code != .success { throw Ending(code: code) }
  }
}
