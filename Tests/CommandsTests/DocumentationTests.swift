import Foundation
import TestSupport
import Testing

/// What README and docs tell people to type.
struct DocumentationTests {
  /// The pages, by their paths.
  static let pages: [String] = {
    let docs = Shared.root.appendingPathComponent("docs").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: docs)) ?? []
    let pages = names.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    return ["README.md", "CONTRIBUTING.md"] + pages.sorted()
  }()

  /// The fences of a page in one language.
  private static func fences(_ language: String, of page: String) throws -> [String] {
    let url = Shared.root.appendingPathComponent(page)
    return try String(contentsOf: url, encoding: .utf8)
      .components(separatedBy: "```\(language)\n").dropFirst()
      .compactMap { $0.components(separatedBy: "\n```").first }
  }

  /// A small dataset under all the names that pages use, and models.
  private static func prepare() throws -> TestFolder {
    let folder = try TestFolder()
    let outcome = try Binary.run(
      [
        "-c",
        """
        t = toys "toys" train=4 val=2 test=2 size=64 kinds=["oslik", "ovecka"]
        c = convert t to="export"
        n = load "yolov8n.yaml" classes=t.classes
        export n to="yolov8n.pt"
        """,
      ], in: folder)
    try #require(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    for name in ["yolov8s.pt", "yolov8m.pt", "yolov8s-fall.pt"] {
      try FileManager.default.copyItem(
        atPath: folder.path + "/yolov8n.pt", toPath: "\(folder.path)/\(name)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/export")
    let yaml = try #require(names.first { $0.hasSuffix(".yaml") })
    let description = folder.text("export/\(yaml)").replacing("path: .", with: "path: export")
    for name in ["toys.yaml", "plush.yaml", "2plysaci.yaml"] {
      try folder.write(description, to: name)
    }
    return folder
  }

  @Test func `the script of the README runs, in small size`() throws {
    let folder = try Self.prepare()
    let script = try #require(try Self.fences("yolos", of: "README.md").first)
    let small = script.replacing("epochs=epochs", with: "epochs=epochs imgsz=64 batch=4")
    try #require(small != script)
    try folder.write(small, to: "toys.yolos")
    let outcome = try Binary.run(["run", "toys.yolos", "-p", "epochs=1"], in: folder)
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    #expect(folder.text("reports/toys.md").contains("Without freezing, it reached mAP50-95 0."))
  }

  @Test func `the error that the README shows is the one that yolos prints`() throws {
    let folder = try Self.prepare()
    let script = try #require(try Self.fences("yolos", of: "README.md").first)
    let shown = try #require(try Self.fences("text", of: "README.md").first)
    try folder.write(
      script.replacing("epochs=epochs", with: "epoch=epochs") + "\n", to: "toys.yolos")
    let outcome = try Binary.run(["lint", "toys.yolos"], in: folder)
    #expect(outcome.code == 2)
    #expect((outcome.output + outcome.errors).contains(shown), "\(outcome.output)\(outcome.errors)")
  }

  @Test(arguments: pages)
  func `steps on a page pass the check before a run`(page: String) throws {
    // These two have their own tests, which run every example: DocumentTests and ExampleTests.
    guard page != "docs/language.md", page != "docs/commands.md" else { return }
    let fences = try Self.fences("yolos", of: page)
    if fences.isEmpty { return }
    let folder = try Self.prepare()
    for (number, fence) in fences.enumerated() {
      var before = ""
      if !fence.contains("plush = ") { before += "plush = dataset \"plush.yaml\"\n" }
      if !fence.contains("nano = ") { before += "nano = load \"yolov8n.yaml\"\n" }
      try folder.write(before + fence + "\n", to: "page.yolos")
      let outcome = try Binary.run(["lint", "page.yolos"], in: folder)
      #expect(outcome.code == 0, "\(page), fence \(number + 1): \(outcome.output)\(outcome.errors)")
    }
  }

  /// The command lines of the `sh` and `text` fences of a page, without comments; lines that end in a
  /// backslash joined.
  private static func commandLines(of page: String) throws -> [String] {
    let text = try (fences("sh", of: page) + fences("text", of: page)).joined(separator: "\n")
    return text.replacing("\\\n", with: " ").split(separator: "\n").map { line in
      line.split(separator: " #").first.map(String.init) ?? ""
    }
  }

  /// The words of a command line as a shell would see them, quotes kept together.
  private static func words(_ line: String) -> [String] {
    var words: [String] = [], word = "", quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  @Test func `command lines on the pages name subcommands, options and parameters that exist`()
    throws
  {
    let folder = try TestFolder()
    var helps: [String: String] = [:], count = 0
    for page in Self.pages {
      for line in try Self.commandLines(of: page) {
        let words = Self.words(line)
        guard let first = words.first, ["yolos", "scripts/yolos"].contains(first) else { continue }
        count += 1
        let isSubcommand = words.count > 1 && !words[1].hasPrefix("-")
        let subcommand = isSubcommand ? words[1] : ""
        if helps[subcommand] == nil {
          let arguments = (isSubcommand ? [subcommand] : []) + ["--help"]
          let outcome = try Binary.run(arguments, in: folder)
          try #require(outcome.code == 0, "\(page): \(line): \(outcome.errors)")
          helps[subcommand] = outcome.output
        }
        let help = helps[subcommand] ?? ""
        for word in words where word.hasPrefix("--") {
          let name = word.split(separator: "=")[0]
          #expect(help.contains(name), "\(page): \(line): no option \(name)")
        }
        guard let script = words.first(where: { $0.hasPrefix("notebooks/") }) else { continue }
        let source = try String(
          contentsOf: Shared.root.appendingPathComponent(script), encoding: .utf8)
        for (flag, value) in zip(words, words.dropFirst()) where flag == "-p" {
          let name = value.split(separator: "=")[0]
          #expect(source.contains("param \(name) "), "\(page): \(line): no parameter \(name)")
        }
      }
    }
    #expect(count >= 20)
  }

  @Test func `scripts that the pages name exist, with the options they are given`() throws {
    var count = 0
    for page in Self.pages {
      for line in try Self.commandLines(of: page) {
        let words = Self.words(line)
        guard let first = words.first(where: { $0.hasPrefix("scripts/") }) else { continue }
        count += 1
        let url = Shared.root.appendingPathComponent(first)
        let source = try String(contentsOf: url, encoding: .utf8)
        guard first != "scripts/yolos" else { continue }
        for word in words where word.hasPrefix("--") {
          #expect(source.contains(word.split(separator: "=")[0]), "\(page): \(line)")
        }
      }
    }
    #expect(count >= 5)
  }
}
