import Foundation
import TestSupport
import Testing

/// What people read: words, links and figures, as `scripts/check-prose` checks them.
@Suite(.python("csv"))
struct ProseTests {
  /// The script, in the project or in another folder: whether it found nothing, and what it prints.
  private static func check(_ root: String) throws -> (isClean: Bool, output: String) {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(filePath: Python.path)
    process.arguments = [
      Shared.root.appendingPathComponent("scripts/check-prose").path, "--root", root,
    ]
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus == 0, String(decoding: output, as: UTF8.self))
  }

  @Test func `words, links and figures of the project are in order`() throws {
    let found = try Self.check(Shared.root.path)
    #expect(found.isClean, "\(found.output)")
    #expect(!found.output.contains("figures: 0 compared"))
  }

  @Test func `a wrong word, a dead link and a figure that left its source are found`() throws {
    let folder = try TestFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/docs", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/Sources", withIntermediateDirectories: true)
    try folder.write(
      """
      # Speed

      A photograph, `photograph`, [here](docs/times.md#times), [there](docs/times.md#no), [gone](no.md).

      <!-- figures: docs/times.md, 2 threads
      n / speed = n; peer / ours
      s / = s; peer /
      -->

      | model | speed |
      |---|--:|
      | n | 0.64 |
      | s | 0.71 |
      """, to: "README.md")
    try folder.write(
      """
      ## Times

      | 2 threads | beside | ours |
      |---|---|--:|
      | n | peer | 0.638 |
      | s | peer | 0.70 |

      | 1 thread | beside | ours |
      |---|---|--:|
      | n | peer | 0.9 |
      """, to: "docs/times.md")
    try folder.write(
      """
      // A photograph in a comment.
      let photograph = "two \\(photograph) colours", plain = #"a "picture" of"#
      """, to: "Sources/a.swift")
    let found = try Self.check(folder.path)
    #expect(!found.isClean)
    let lines = found.output.split(separator: "\n").filter { !$0.hasPrefix("    ") }
    #expect(
      lines == [
        "figures: 2 compared with their sources",
        "Sources/a.swift:2: 'colours': write color",
        "Sources/a.swift:2: 'picture': write image; 'chart' or 'figure' for what we draw",
        "README.md:3: 'photograph': write image; 'photo' for what the user took",
        "README.md:3: no such heading: docs/times.md#no",
        "README.md:3: no such file: no.md",
        "README.md:7: 's', 'speed' shows 0.71, but docs/times.md, 2 threads has 0.70",
      ])
  }
}
