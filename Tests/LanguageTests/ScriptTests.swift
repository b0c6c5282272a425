internal import Foundation
internal import Language
internal import TestSupport
internal import Testing

/// A script of `Tests/Scripts` with the expectations that stand in its comments.
///
/// `## expect: TEXT` is the next thing put out; `## error: TEXT` and `## warning: TEXT` are found
/// on that line before anything runs; `## fails: TEXT` is where and how running ends.
struct ScriptFile: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String
  var testDescription: String { name }

  static let folder = Shared.root.appendingPathComponent("Tests/Scripts")

  static let all: [ScriptFile] = {
    let walker = FileManager.default.enumerator(atPath: folder.path)
    let names = (walker?.allObjects ?? []).compactMap { $0 as? String }
    return names.filter { $0.hasSuffix(".yolos") && !$0.hasPrefix("story/") }.sorted().compactMap {
      name in
      let url = folder.appendingPathComponent(name)
      return (try? String(contentsOf: url, encoding: .utf8)).map {
        ScriptFile(name: name, text: $0)
      }
    }
  }()

  /// The texts behind a mark, each with its line.
  func marks(_ mark: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
      (index, line) in
      guard let range = line.range(of: "## \(mark): ") else { return nil }
      return "\(index + 1): \(line[range.upperBound...])"
    }
  }
}

struct ScriptTests {
  @Test func `there are hundreds of scripts`() {
    #expect(ScriptFile.all.count >= 200)
  }

  @Test(arguments: ScriptFile.all)
  func `a script does what its comments expect`(script: ScriptFile) {
    let trial = Trial(script.text, name: script.name)
    for (severity, mark) in [(Diagnostic.Severity.error, "error"), (.warning, "warning")] {
      let found = trial.found.filter { $0.severity == severity }
      let wanted = script.marks(mark)
      #expect(found.count == wanted.count, "found \(found.map(\.description))")
      for (diagnostic, want) in zip(found, wanted) {
        let line = diagnostic.source?.line(at: diagnostic.span?.lower ?? 0) ?? 0
        let hint = diagnostic.hint.map { " | \($0)" } ?? ""
        #expect("\(line): \(diagnostic.message)\(hint)".hasPrefix(want), "wanted \(want)")
      }
    }
    if script.marks("error").isEmpty {
      let expected = script.marks("expect").map { $0.drop { $0 != " " }.dropFirst() }
      #expect(
        trial.host.outputs.map { $0.replacing("\n", with: "\\n") } == expected.map(String.init))
    }
    let failure = trial.failure.map { failure in
      let hint = failure.hint.map { " | \($0)" } ?? ""
      return "\(failure.source?.line(at: failure.span?.lower ?? 0) ?? 0): \(failure.message)\(hint)"
    }
    if let want = script.marks("fails").first {
      #expect(failure?.hasPrefix(want) == true, "wanted \(want), found \(failure ?? "nothing")")
    } else {
      #expect(failure == nil)
    }
  }
}
