internal import Foundation
internal import Language
internal import TestSupport
internal import Testing

/// The page that describes the language tells the truth.
struct DocumentTests {
  private static func fences() throws -> [String] {
    let url = Shared.root.appendingPathComponent("docs/language.md")
    let text = try String(contentsOf: url, encoding: .utf8)
    return text.components(separatedBy: "```yolos\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }

  @Test func `every example of the page runs and puts out what it says`() throws {
    let examples = try Self.fences()
    #expect(examples.count >= 10)
    for example in examples {
      let script = ScriptFile(name: "docs/language.md", text: example)
      let trial = Trial(example)
      #expect(trial.found.isEmpty, "\(example)")
      #expect(trial.failure == nil, "\(example)")
      let expected = script.marks("expect").map { String($0.drop { $0 != " " }.dropFirst()) }
      if !expected.isEmpty { #expect(trial.host.outputs == expected) }
    }
  }

  @Test func `the page names every function and every word of the language`() throws {
    let url = Shared.root.appendingPathComponent("docs/language.md")
    let text = try String(contentsOf: url, encoding: .utf8)
    for builtin in Builtin.all { #expect(text.contains("`\(builtin.name)("), "\(builtin.name)") }
    for word in Keyword.all { #expect(text.contains(word), "\(word)") }
  }

  @Test(arguments: [
    "editors/vim/syntax/yolos.vim", "editors/vscode/syntaxes/yolos.tmLanguage.json",
  ])
  func `the editors know every word of the language and every function`(path: String) throws {
    let text = try String(contentsOf: Shared.root.appendingPathComponent(path), encoding: .utf8)
    for word in Keyword.all.union(Builtin.all.map(\.name)) {
      #expect(text.contains(word), "\(path) lacks '\(word)'")
    }
  }

  @Test(arguments: [
    "package.json", "language-configuration.json", "syntaxes/yolos.tmLanguage.json",
  ])
  func `the files for VS Code are valid JSON`(name: String) throws {
    let url = Shared.root.appendingPathComponent("editors/vscode/\(name)")
    #expect(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) is [String: Any])
  }
}
