import Foundation
import LanguageServer
import Testing

@Suite("Repairs")
struct QuickFixTests {
  /// Applies an edit of one document.
  private func applied(_ edit: Any?, to text: String) -> String {
    let changes = (edit as? [String: Any])?["changes"] as? [String: [[String: Any]]]
    var units = Array(text.utf16)
    var starts = [0]
    for (index, unit) in units.enumerated() where unit == 10 { starts.append(index + 1) }
    func offset(_ place: [String: Int]?) -> Int {
      starts[place?["line"] ?? 0] + (place?["character"] ?? 0)
    }
    let edits = (changes?[TestClient.uri] ?? []).map { edit in
      let range = edit["range"] as? [String: [String: Int]] ?? [:]
      return (offset(range["start"]), offset(range["end"]), edit["newText"] as? String ?? "")
    }
    for (start, end, new) in edits.sorted(by: { $0.0 > $1.0 }) {
      units.replaceSubrange(start..<end, with: Array(new.utf16))
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// The texts that the repairs of a text's only finding give.
  private func repaired(_ text: String) throws -> [String] {
    let client = try TestClient()
    try client.open(text)
    let actions =
      try client.ask(
        "textDocument/codeAction",
        [
          "textDocument": ["uri": TestClient.uri], "range": TestClient.range([[0, 0], [99, 0]]),
          "context": ["diagnostics": []],
        ] as [String: Any]) as? [[String: Any]] ?? []
    return actions.map { applied($0["edit"], to: text) }
  }

  private static let head = "n = load \"yolov8n.yaml\"\nd = toys \"a\"\n"

  @Test(arguments: [
    ("train n data=d epoch=5", "train n data=d epochs=5"),
    ("train n data=d optimizer=sgd", "train n data=d optimizer=\"SGD\""),
    ("train n data=d optimizer=\"SDG\"", "train n data=d optimizer=\"SGD\""),
    ("train n data=d epochs=\"5\"", "train n data=d epochs=5"),
    ("train n data=d epochs = 5", "train n data=d epochs=5"),
    ("tran n data=d", "train n data=d"),
    ("model = n\ntrain modl data=d", "model = n\ntrain model data=d"),
    ("d.tran", "d.train"),
    ("x = rond(1)", "x = round(1)"),
    ("  r = n.train(data='a.yaml', epochs=5)", "  r = train n data=(dataset \"a.yaml\") epochs=5"),
    ("m = YOLO('yolov8n.yaml')", "m = load \"yolov8n.yaml\""),
    ("print 1 + 2", "print 1+2"),
    ("x = .5", "x = 0.5"),
    ("epochs = 3\ntrain n epochs data=d", "epochs = 3\ntrain n epochs=epochs data=d"),
    ("r = [d]\nr.images", "r = [d]\nr[0].images"),
    ("if true { }\nelse { }", "if true { } else { }"),
    ("load \"yolov8q.yaml\"", "load \"yolov8n.yaml\""),
    ("x = 1 # why", "x = 1 ## why"),
    ("#why", "# why"),
    ("x = 'a'", "x = \"a\""),
    ("x = “a b” + \"c\"", "x = \"a b\" + \"c\""),
    ("x = 3 – 2", "x = 3 - 2"),
    ("x = 3 × 2", "x = 3 * 2"),
    ("x =\u{A0}3", "x = 3"),
    ("x = \"a", "x = \"a\""),
    ("x = \"a {b\"", "x = \"a {{b\""),
    ("# a {b", "# a {{b"),
    ("x = 1\nx -= 2", "x = 1\nx = x - 2"),
    ("let x = 1", "x = 1"),
    ("echo 1", "print 1"),
    ("x = 1\ny = x == 1 && true", "x = 1\ny = x == 1 and true"),
    ("x = !true", "x = not true"),
    ("if 1 = 2 { }", "if 1 == 2 { }"),
    ("for i in 3 { }", "for i in range(3) { }"),
    ("train n data=\"a.yaml\"", "train n data=(dataset \"a.yaml\")"),
    ("train (freeze n layers=10) data=d freeze=5", "train (freeze n layers=10) data=d"),
  ])
  func `a hint that names what to type is a repair`(wrong: String, right: String) throws {
    let texts = try repaired(Self.head + wrong + "\n")
    #expect(texts.contains(Self.head + right + "\n"), "\(texts)")
  }

  @Test func `files that are there are offered`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "x = 1\n".write(
      to: folder.appendingPathComponent("b.yaml"), atomically: true, encoding: .utf8)
    let text = "x = dataset \"\(folder.path)/a.yaml\"\n"
    #expect(try repaired(text) == ["x = dataset \"\(folder.path)/b.yaml\"\n"])
  }

  @Test func `repairs are offered where the client wants them, and where they belong`() throws {
    let client = try TestClient()
    try client.open("thing = 1\nshow thng\n")
    func count(_ lines: [[Int]], only: [String]?) throws -> Int {
      var context: [String: Any] = ["diagnostics": []]
      if let only { context["only"] = only }
      let actions = try client.ask(
        "textDocument/codeAction",
        [
          "textDocument": ["uri": TestClient.uri], "range": TestClient.range(lines),
          "context": context,
        ] as [String: Any])
      return (actions as? [Any])?.count ?? -1
    }
    #expect(try count([[1, 6], [1, 6]], only: nil) == 1)
    #expect(try count([[1, 6], [1, 6]], only: ["quickfix"]) == 1)
    #expect(try count([[1, 6], [1, 6]], only: ["refactor"]) == 0)
    #expect(try count([[0, 0], [0, 1]], only: nil) == 0)
  }
}
