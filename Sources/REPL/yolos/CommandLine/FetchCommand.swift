internal import ArgumentParser
internal import Commands

/// Downloads published weights: `yolos fetch yolov8n.pt`.
struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Downloads published weights if they are missing.",
    discussion: """
      yolos stores them in $XDG_DATA_HOME/yolos/weights (default: ~/.local/share/yolos/weights), where \
      load "yolov8n.pt" finds them, and verifies their SHA-256 digest. A download that \
      broke off continues where it stopped.

      Set YOLOS_WEIGHTS_URL to use a mirror: the address of a folder with the same files. \
      http_proxy, https_proxy and no_proxy set proxies.
      """)

  @Argument(
    help: "Their names: \(WeightFetch.names.joined(separator: ", ")).",
    completion: .list(WeightFetch.names))
  var names: [String]

  func run() throws {
    let console = TerminalPresenter(.output)
    let code = WeightFetch(presenter: console).run(
      names, cancellation: Interrupts.current, complain: Errand.complaints(annotations: false))
    console.finish()
    try Ending.with(code)
  }
}
