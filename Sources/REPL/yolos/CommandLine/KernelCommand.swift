internal import ArgumentParser
internal import Commands
internal import Files
internal import Foundation
internal import JupyterKernel
internal import JupyterMessages

/// Serves Jupyter: `yolos kernel install` once, then Jupyter starts `yolos kernel -f FILE`.
struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel", abstract: "Serves JupyterLab and other Jupyter clients.",
    discussion: """
      yolos kernel install registers yolos with Jupyter; "yolos" then appears in JupyterLab, \
      Jupyter Notebook and VS Code. See docs/editors.md.
      """,
    subcommands: [Serve.self, Install.self, Uninstall.self], defaultSubcommand: Serve.self)

  /// What Jupyter starts.
  struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "serve", abstract: "Serves the clients of a connection file; Jupyter starts it.")

    @Option(
      name: [.customShort("f"), .customLong("connection-file")],
      help: ArgumentHelp("The connection file that Jupyter writes.", valueName: "file"),
      completion: .file(extensions: ["json"]))
    var file: String
    @Flag(help: "Run every step, even if its result is cached.")
    var fresh = false
    @OptionGroup var engine: EngineOptions

    func run() throws {
      // A client that is gone is an error of writing, not the end of the program.
      _ = signal(SIGPIPE, SIG_IGN)
      let interrupts = Interrupts.current
      var configuration = engine.configuration
      configuration.isFresh = fresh
      do {
        try Kernel.serve(
          try ConnectionFile(try Errand.content(of: file)), configuration,
          version: Release.version, onInterrupt: { interrupts.attach(service: $0) },
          log: { Terminal.error.write("yolos kernel: \($0)\n") },
          giveUp: { _exit(Commands.ExitCode.success.rawValue) })
      } catch let error as ConnectionFile.Problem {
        throw KernelCommand.failure("\(file): \(error.description)", .usage)
      } catch let error as KernelError {
        throw KernelCommand.failure(error.description, .stepFailed)
      }
    }
  }

  /// Where Jupyter looks for kernels.
  struct PlaceOptions: ParsableArguments {
    @Flag(help: "Install for this user (default).")
    var user = false
    @Flag(help: "Install in the active Python environment (VIRTUAL_ENV or CONDA_PREFIX).")
    var sysPrefix = false
    @Option(
      help: ArgumentHelp("Install in another Python or Jupyter installation.", valueName: "folder"),
      completion: .directory)
    var prefix: String?

    func validate() throws {
      if [user, sysPrefix, prefix != nil].count(where: { $0 }) > 1 {
        throw ValidationError("--user, --sys-prefix and --prefix exclude each other")
      }
    }

    /// The specification there.
    func specification() throws -> KernelSpecification {
      let place: KernelSpecification.Place =
        prefix.map { .prefix($0) } ?? (sysPrefix ? .environment : .user)
      do {
        return try KernelSpecification(
          in: place, environment: ProcessInfo.processInfo.environment)
      } catch { throw KernelCommand.failure(error.description, .usage) }
    }
  }

  /// Tells Jupyter about the kernel.
  struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Registers yolos with Jupyter, so that it appears in the list of kernels.")

    @OptionGroup var place: PlaceOptions

    func run() throws {
      let specification = try place.specification()
      do {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try specification.install(program: program)
      } catch let error as FileError { throw KernelCommand.failure(error.description, .stepFailed) }
      Terminal.output.write("installed the kernel in \(specification.folder)\n")
    }
  }

  /// Takes that back.
  struct Uninstall: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes yolos from Jupyter's list of kernels.")

    @OptionGroup var place: PlaceOptions

    func run() throws {
      let specification = try place.specification()
      do { try specification.uninstall() } catch {
        throw KernelCommand.failure(error.description, .stepFailed)
      }
      Terminal.output.write("removed the kernel from \(specification.folder)\n")
    }
  }

  /// Says what is wrong.
  fileprivate static func failure(_ message: String, _ code: Commands.ExitCode) -> Ending {
    Terminal.error.write("error: \(message)\n")
    return Ending(code: code)
  }
}
