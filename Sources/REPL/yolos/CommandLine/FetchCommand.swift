internal import ArgumentParser
internal import Commands

/// Downloads published weights: `yolos fetch yolov8n.pt`.
struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Downloads published weights, unless they are there.",
    discussion: """
      They are kept in $XDG_DATA_HOME/yolos/weights, by default in ~/.local/share, where \
      load "yolov8n.pt" finds them. What comes is checked by its SHA-256 digest. A download that \
      broke off continues where it stopped.

      YOLOS_WEIGHTS_URL names a mirror: the address of a folder with the same files. Proxies are \
      those that http_proxy, https_proxy and no_proxy name.
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
