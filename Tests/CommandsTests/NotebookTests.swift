import Files
import Foundation
import TestSupport
import Testing

/// The committed notebooks and the reports of their runs.
@Suite struct NotebookTests {
  private static let folder = Shared.root.appendingPathComponent("notebooks").path

  /// Every script in the folder.
  private static let scripts: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yolos") && !$0.hasPrefix(".") }.sorted()

  @Test func `the whole story is there`() {
    #expect(Self.scripts.filter { $0.hasPrefix("0") }.count == 7)
    #expect(Self.scripts.contains("quickstart.yolos") && Self.scripts.contains("pretrain.yolos"))
  }

  @Test(arguments: scripts)
  func `a notebook is free of errors, and so is its committed report if it has one`(script: String)
    throws
  {
    let place = try TestFolder()
    let report = PathText.withoutSuffix(script) + ".md"
    let hasReport = FileManager.default.fileExists(atPath: "\(Self.folder)/\(report)")
    for name in hasReport ? [script, report] : [script] {
      let outcome = try Binary.run(["lint", "\(Self.folder)/\(name)"], in: place)
      #expect(outcome.code == 0, "\(name): \(outcome.errors)")
    }
  }

  @Test(arguments: ["01-first-look", "06-reproduce"])
  func `a quick notebook's report comes out the same`(name: String) throws {
    let place = try TestFolder(), notebooks = place.path + "/notebooks"
    let manager = FileManager.default
    try manager.createDirectory(atPath: notebooks, withIntermediateDirectories: true)
    try manager.createSymbolicLink(
      atPath: place.path + "/models",
      withDestinationPath: Shared.root.appendingPathComponent("models").path)
    for file in ["\(name).md", "\(name)_files"]
    where manager.fileExists(atPath: "\(Self.folder)/\(file)") {
      try manager.copyItem(atPath: "\(Self.folder)/\(file)", toPath: "\(notebooks)/\(file)")
    }
    let outcome = try Binary.run(["check", "notebooks/\(name).md"], in: place)
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("came out the same"))
  }

  @Test(arguments: scripts.map { PathText.withoutSuffix($0) })
  func `a committed picture says what made it`(name: String) throws {
    let report = try String(contentsOfFile: "\(Self.folder)/\(name).md", encoding: .utf8)
    let files = "\(Self.folder)/\(name)_files"
    let pictures = ((try? FileManager.default.contentsOfDirectory(atPath: files)) ?? [])
      .filter { !$0.hasSuffix(".csv") }.sorted()
    let facts = report.split(separator: "\n").filter { $0.hasPrefix("| ") }.map {
      $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 2 }
    let engine = try #require(facts.first { $0[0] == "engine" }).joined(separator: " ")
    let weights = facts.first { $0[0].hasPrefix("weights ") }?.joined(separator: " ")
    for picture in pictures {
      let content = try Data(contentsOf: URL(fileURLWithPath: "\(files)/\(picture)"))
      #expect(content.range(of: Data("\(engine)\nbackend native\nsettings seed=".utf8)) != nil)
      // The last image comes behind the training.
      if picture == pictures.last, let weights {
        #expect(content.range(of: Data(weights.utf8)) != nil, "\(picture) lacks '\(weights)'")
      }
    }
  }
}
