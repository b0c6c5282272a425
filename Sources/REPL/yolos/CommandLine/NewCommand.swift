internal import ArgumentParser
internal import Commands

/// Writes a first script for a dataset: `yolos new toys.yolos --data plush`.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes a first script that fits a dataset.",
    discussion: """
      The script opens the dataset, trains with recipe="small", and shows what the model sees and what it \
      misses. It runs as it is; your questions and conclusions go between the steps.

      It starts from yolov8n.pt if that was fetched, else from the weights that came along with yolos, \
      else from scratch.
      """)

  @Argument(
    help: ArgumentHelp("The script to write.", valueName: "script.yolos"),
    completion: .file(extensions: ["yolos"]))
  var script: String
  @Option(
    help: ArgumentHelp(
      "The dataset: its YAML file, its folder, or a labeling tool's file.", valueName: "path"),
    completion: .file())
  var data: String
  @Option(
    help: ArgumentHelp(
      "The weights to start from, or a size such as yolov8s.yaml.", valueName: "file"),
    completion: .file())
  var weights: String?

  func validate() throws {
    guard script.hasSuffix(".yolos") else {
      throw ValidationError("a script's name ends in .yolos, unlike '\(script)'")
    }
  }

  func run() throws {
    do {
      try FirstScript(path: script, data: data, weights: weights).write()
    } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
    Terminal.output.write(
      "wrote \(script); run it with: yolos run \(script), for a quick trial with -p epochs=2\n")
  }
}
