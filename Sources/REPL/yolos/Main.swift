internal import ArgumentParser

/// The command line of yolos.
@main
struct Yolos: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yolos",
    abstract: "A reproducible notebook for fine-tuning YOLOv8 object detectors on a CPU.",
    version: "0.1.0")
}
