internal import ArgumentParser
internal import Commands
internal import Foundation
internal import Live

/// Whether a run can be watched in a browser.
struct LiveOptions: ParsableArguments {
  @Flag(
    name: .customLong("live"),
    help: "Show the run in a browser while it runs; --live=PORT chooses the port.")
  var isWanted = false
  // What `--live=PORT` is written out to, since no option may have a value and do without.
  @Option(
    name: .customLong("live-port"), help: ArgumentHelp("The port.", visibility: .private))
  var port: Int?

  func validate() throws {
    if let port, !(1...65_535).contains(port) {
      throw ValidationError("--live=PORT accepts a number from 1 to 65535, not \(port)")
    }
  }

  /// Serves the page and says where.
  func open(_ configuration: Workplace.Configuration) throws -> LivePage {
    let interrupts = Interrupts.current
    let page = LivePage(runsFolder: configuration.runsFolder) { interrupts.stop() }
    do {
      Terminal.error.write("live: \(try page.serve(port: port))\n")
      return page
    } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
  }
}
