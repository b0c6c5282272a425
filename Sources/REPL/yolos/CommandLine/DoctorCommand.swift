internal import ArgumentParser
internal import Commands
internal import JupyterKernel

/// Looks at the machine: `yolos doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks what yolos needs on this machine, and says what to do about what is missing.",
    discussion: """
      Processor and kernels, cores and quota, memory, libraries, font, disk, write access, cache, weights; \
      Slurm, MPI and Jupyter where they are. Paste what it prints into a bug report.

      Exit code 1 if something that yolos needs is missing.
      """)

  func run() throws {
    let checkup = Checkup(Workplace.Configuration(), programs: [Self.jupyter])
    let text = Terminal.harmless(checkup.text)
    Terminal.output.write(
      Terminal.output.isInteractive
        ? HangingText.wrapped(text, to: Terminal.output.width - 1) : text)
    try Ending.with(checkup.isSound ? .success : .stepFailed)
  }

  private static var jupyter: Checkup.Finding {
    switch Kernel.readiness {
    case .installed(let folder): Checkup.Finding("Jupyter", "kernel in \(folder)")
    case .notInstalled:
      Checkup.Finding(
        "Jupyter", .absent, "the kernel is not installed", do: "yolos kernel install")
    case .noSockets(let reason):
      Checkup.Finding(
        "Jupyter", .absent, "the kernel cannot start: \(reason)", do: "apt install libzmq5")
    }
  }
}
