internal import Foundation

/// Where the program begins.
///
/// The main thread waits for signals; a thread with a large stack does the work and ends the program.
@main
enum Main {
  /// Bytes of stack for the interpreter, whose limits are set for this much.
  private static let stackSize = 64 << 20

  static func main() {
    let interrupts = Interrupts()
    interrupts.blockSignals()
    let arguments = ArgumentForms.standard(Array(CommandLine.arguments.dropFirst()))
    let worker = Thread { exit(Yolos.run(arguments, interrupts: interrupts)) }
    worker.stackSize = stackSize
    worker.start()
    interrupts.waitForever()
  }
}
