internal import Files
internal import Foundation

/// What came along with the program: notebooks and weights, beside the binary.
package struct Installation {
  /// The folder that holds `notebooks` and `models`; nil where the program came alone.
  package let share: String?

  /// Finds it: the folder that `YOLOS_SHARE` names, or `share/yolos` beside the folder of the program.
  ///
  /// - Parameters:
  ///   - environment: The environment's variables.
  ///   - program: The path of the program.
  package init(environment: [String: String], program: String?) {
    let named = environment["YOLOS_SHARE"].flatMap { $0.isEmpty ? nil : $0 }
    let beside = program.map { PathText.folder(of: PathText.folder(of: $0)) + "/share/yolos" }
    share = [named, beside].compactMap { $0 }.first { Directory.isFolder("\($0)/notebooks") }
  }

  /// That of the process that runs.
  package static var current: Installation {
    Installation(
      environment: ProcessInfo.processInfo.environment,
      program: try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
  }

  /// The names of its notebooks, in order.
  package var notebooks: [String] {
    guard let share else { return [] }
    return Directory.entries(of: "\(share)/notebooks").map(\.name)
      .filter { $0.hasSuffix(".yolos") }.map(PathText.withoutSuffix)
  }

  /// The weights that came along; nil where there are none.
  package var weights: String? {
    share.map { "\($0)/models/nano.safetensors" }.flatMap { Paths.isFile($0) ? $0 : nil }
  }
}
