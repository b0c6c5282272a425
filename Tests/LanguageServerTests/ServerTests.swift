import Foundation
import JSONRPC
import LanguageServer
import Testing

@Suite("The language server")
struct ServerTests {
  // MARK: Beginning and end

  @Test func `nothing comes before initialize, and nothing behind shutdown`() throws {
    let server = Server(version: "1")
    let early = try Message(Array(#"{"id": 1, "method": "textDocument/hover"}"#.utf8))
    #expect(String(decoding: server.handle(early)[0], as: UTF8.self).contains("-32002"))
    let client = try TestClient()
    let again = try client.answer("initialize", ["capabilities": [:] as [String: Any]])
    #expect((again["error"] as? [String: Any])?["code"] as? Int == -32600)
    #expect(try client.ask("shutdown", [:]) is NSNull)
    let late = try client.answer("textDocument/hover", TestClient.place([0, 0]))
    #expect((late["error"] as? [String: Any])?["code"] as? Int == -32600)
    try client.tell("exit", [:])
    #expect(client.server.exitCode == 0)
  }

  @Test func `what is unknown is said so, and what is not open too`() throws {
    let client = try TestClient()
    for method in ["no/such", "textDocument/declaration"] {
      let answer = try client.answer(method, [:])
      #expect((answer["error"] as? [String: Any])?["code"] as? Int == -32601)
    }
    let answer = try client.answer("textDocument/hover", TestClient.place([0, 0]))
    #expect((answer["error"] as? [String: Any])?["code"] as? Int == -32602)
    try client.tell("no/such", [:])
    try client.change([[0, 0], [0, 0]], to: "x")
    #expect(client.told.isEmpty)
  }

  // MARK: Synchronization

  @Test(arguments: ["utf-16", "utf-8"])
  func `changes come as stretches in the agreed encoding`(encoding: String) throws {
    let client = try TestClient(encodings: [encoding, "utf-32"])
    try client.open("x = \"😀ä\" + 1\r\nlong = 1\r\nz = lang\n")
    let isWide = encoding == "utf-16"
    let start = isWide ? 10 : 13
    #expect(client.findings()[0].hasPrefix("0:\(start)-0:\(start + 1): '+' joins"))
    #expect(client.findings()[1] == "2:4-2:8: unknown name 'lang'\ndid you mean 'long'?")
    // The emoji and all up to the quote.
    try client.change([[0, 5], [0, isWide ? 8 : 11]], to: "é")
    try client.change([[0, isWide ? 7 : 8], [0, 99]], to: "")
    try client.change([[2, 4], [99, 0]], to: "x\r\n")
    #expect(client.findings().isEmpty)
    let edits = try client.ask(
      "textDocument/formatting", ["textDocument": ["uri": TestClient.uri]])
    #expect((edits as? [Any])?.isEmpty == true)
  }

  @Test func `a whole new text takes the place of the old one`() throws {
    let client = try TestClient()
    try client.open("x = y\n")
    #expect(client.findings().count == 1)
    try client.change(nil, to: "x = 1\n")
    #expect(client.findings().isEmpty)
  }

  @Test func `an included file that is open counts as it stands in the editor`() throws {
    let client = try TestClient()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "a = 1\n".write(
      to: folder.appendingPathComponent("part.yolos"), atomically: true, encoding: .utf8)
    let main = folder.appendingPathComponent("main.yolos").absoluteString
    let part = folder.appendingPathComponent("part.yolos").absoluteString
    try client.open("include \"part.yolos\"\nprint a\n", uri: main)
    #expect(client.findings(uri: main).isEmpty)
    try client.open("b = 1\n", uri: part)
    #expect(client.findings(uri: main).first?.hasPrefix("1:6-1:7: unknown name 'a'") == true)
    try client.change([[0, 0], [0, 1]], to: "a = (", uri: part)
    #expect(client.findings(uri: main).first?.hasPrefix("0:8-0:20: in 'part.yolos': '('") == true)
    try client.tell("textDocument/didClose", ["textDocument": ["uri": part]])
    #expect(client.findings(uri: main).isEmpty)
    let definition =
      try client.ask(
        "textDocument/definition", TestClient.place([1, 6], uri: main)) as? [[String: Any]]
    #expect(definition?.first?["uri"] as? String == part)
    let file =
      try client.ask(
        "textDocument/definition", TestClient.place([0, 12], uri: main)) as? [[String: Any]]
    #expect(file?.first?["uri"] as? String == part)
  }

  // MARK: Findings

  @Test func `a page without steps has no findings, and one with steps those of its fences`() throws
  {
    let client = try TestClient()
    let uri = "file:///nowhere/page.md"
    try client.open("# A {page} of {{templates}}\n\n```python\nx = {y}\n```\n", uri: uri)
    #expect(client.findings(uri: uri).isEmpty)
    try client.change(nil, to: "# {x}\n\n```yolos\nx = 1 +\n```\n", uri: uri)
    let found = client.findings(uri: uri)
    #expect(found.count == 2 && found[0].hasPrefix("3:7-3:7: expected a value"), "\(found)")
    #expect(found.last == "0:3-0:4: unknown name 'x'")
  }

  @Test func `behind an error of syntax nothing is guessed`() throws {
    let client = try TestClient()
    try client.open("first = secnd\nx = (1 +\n\nprint x\nshow thing\n")
    let found = client.findings()
    #expect(found.count == 2, "\(found)")
    #expect(found.contains { $0.contains("unknown name 'secnd'") })
  }

  @Test func `what a run filled into prose is checked as it was written`() throws {
    let client = try TestClient()
    let uri = "file:///nowhere/page.md"
    let page = """
      ```yolos
      x = 1
      ```

      <!-- yolos:out prose {"source":"It is {y}."} -->

      It is 1.

      <!-- yolos:end prose -->

      ```yolos
      print z
      ```
      """
    try client.open(page, uri: uri)
    #expect(
      client.findings(uri: uri).map { $0.prefix { $0 != "\n" } } == [
        "4:0-4:48: unknown name 'y'", "11:6-11:7: unknown name 'z'",
      ])
    let rename = try client.answer(
      "textDocument/rename", TestClient.place([1, 0], uri: uri, ["newName": "w"]))
    #expect(rename["result"] != nil)
    try client.change(nil, to: page.replacing("{y}", with: "{x}"), uri: uri)
    let refused = try client.answer(
      "textDocument/rename", TestClient.place([1, 0], uri: uri, ["newName": "w"]))
    #expect((refused["error"] as? [String: Any])?["code"] as? Int == -32803)
  }

  // MARK: Hovering

  @Test(arguments: [
    ("tra|in x data=y", ["train model data=", "Trains"]),
    (
      "train x epo|chs=5",
      ["train epochs=…", "Accepts a whole number", "Range: from 1 to 1000000", "Default: `100`"]
    ),
    (
      "param a = 5 ## how many\nb = |a",
      ["Parameter of the script", "how many", "A whole number: `5`", "line 1"]
    ),
    (
      "n = load \"yolov8n.yaml\"\nr = train n data=n\nr.be|st",
      ["Run.best", "Returns a Checkpoint"]
    ),
    ("x = |round(2.5)", ["round(a number, [a whole number])"]),
    (
      "## Doubles.\ndef twice(a, b=2) { return a*b }\nx = tw|ice 2",
      ["def twice a [b=2]", "Doubles."]
    ),
    ("f|or i in [1] { }", ["for size in"]),
    ("a = [1]\n# It is {|a}.", ["A list of whole numbers"]),
    ("a = 1\nprint \"{|a}\"", ["A whole number: `1`"]),
    ("a = 1\nprint (|a)", ["A whole number: `1`"]),
    ("# pro|se", [""]), ("## com|ment train", [""]), ("x = \"tr|ain\"", [""]),
  ])
  func `hovering explains`(marked: String, words: [String]) throws {
    let client = try TestClient()
    let text = try client.hover(at: client.openMarked(marked))
    for word in words { #expect(word.isEmpty ? text.isEmpty : text.contains(word), "\(text)") }
  }

  @Test func `hovering shows what the report says`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let uri = folder.appendingPathComponent("a.yolos").absoluteString
    let report = """
      <!-- yolos:out prose {"source":"Over {n} runs {mean(xs):.1f}, the best {r.best.map50:.3f}."} -->

      Over 3 runs 2.0, the best 0.875.

      <!-- yolos:end prose -->
      """
    try report.write(to: folder.appendingPathComponent("a.md"), atomically: true, encoding: .utf8)
    let client = try TestClient()
    let place = try client.openMarked(
      "n = len([1])\nr = load \"yolov8n.yaml\"\nr = train r data=r\nr.best.map|50\n", uri: uri)
    #expect(try client.hover(at: place, uri: uri).contains("In the report: `0.875`"))
    #expect(try client.hover(at: [0, 0], uri: uri).contains("In the report: `3`"))
  }

  @Test func `plain text comes without marks where a client wants it so`() throws {
    let server = Server(version: "1")
    func send(_ text: String) throws -> String {
      String(decoding: server.handle(try Message(Array(text.utf8))).first ?? Data(), as: UTF8.self)
    }
    _ = try send(
      #"{"id":1,"method":"initialize","params":{"capabilities":{"textDocument":{"hover":{"contentFormat":["plaintext"]}}}}}"#
    )
    _ = try send(
      #"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:a","text":"train x"}}}"#
    )
    let hover = try send(
      #"{"id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"untitled:a"},"position":{"line":0,"character":1}}}"#
    )
    #expect(hover.contains("\"kind\":\"plaintext\"") && !hover.contains("`"))
  }

  // MARK: Completion

  @Test(arguments: [
    ("x = lo|", ["load", "lower("], []),
    ("n = load \"yolov8n.yaml\"\ntrain n epo|", ["epochs="], ["load"]),
    ("train n epochs=1 epo|", [], ["epochs="]),
    ("n = 1\ntrain n optimizer=|", ["\"SGD\"", "n"], []),
    ("train n optimizer=\"|", ["SGD", "AdamW"], []),
    ("set me|", ["memory="], []), ("set memory=\"|", ["low", "normal"], []),
    ("r = train x data=y\nr.best.|", ["map50", "epoch"], []),
    ("runs = [train, 1]\nd = toys \"a\" kinds=[\"oslik\"]\nd.tr|", ["train"], []),
    ("d = toys \"a\" kinds=[\"oslik\", \"ovecka\"]\nx = \"o|", ["oslik", "ovecka"], []),
    ("later = 1\ndef f(arg) {\n  inner = 2\n  x = |\n}", ["arg", "inner"], ["later"]),
    ("param p = 1\ndef f(arg) {\n  x = |\n}", ["arg", "p"], []),
    ("x = |\nlater = 1", [], ["later"]),
    ("a = 1\n# It is {|", ["a", "round("], ["train"]),
    ("a = 1\nprint \"{|", ["a"], ["train"]),
    ("r = train x data=y\n# {r.be|", ["best"], []),
    ("# pro|", [], ["print"]), ("x = 1 ## co|", [], ["compare"]),
    ("x = (tra|", ["train"], []), ("for i in ra|", ["range("], []),
    ("x = \"never closed\ny = lo|", ["load"], []),
    ("def twice(a) { return a }\nx = tw|", ["twice"], []),
  ])
  func `completion offers what can stand there`(
    marked: String, wanted: [String], unwanted: [String]
  ) throws {
    let client = try TestClient()
    let words = try client.words(at: client.openMarked(marked))
    for word in wanted { #expect(words.contains(word), "\(words)") }
    for word in unwanted { #expect(!words.contains(word), "\(words)") }
  }

  @Test func `completion lists files beside the script`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("data/sub"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "names: [pig, cow]\n".write(
      to: folder.appendingPathComponent("data/toys.yaml"), atomically: true, encoding: .utf8)
    let uri = folder.appendingPathComponent("a.yolos").absoluteString
    let client = try TestClient()
    let place = try client.openMarked("x = dataset \"da|", uri: uri)
    #expect(try client.words(at: place, uri: uri) == ["data/"])
    let inner = try client.openMarked("x = dataset \"data/|", uri: uri)
    #expect(try client.words(at: inner, uri: uri) == ["sub/", "toys.yaml"])
  }

  // MARK: Signatures

  @Test(arguments: [
    ("train |", "train model data=… [option=value …]", 0),
    ("train n data=|", "train model data=… [option=value …]", 1),
    ("train n data=d epochs=|", "train model data=… epochs=… [option=value …]", 2),
    ("x = round(2, |", "round(a number, [a whole number])", 1),
    ("def f(a, b=2) { return a }\nx = f 1 |", "f a [b=2]", 1),
    ("def f(a, b=2) { return a }\nx = f b=|", "f a [b=2]", 1),
  ])
  func `signature help says what is being written`(
    marked: String, label: String, active: Int
  ) throws {
    let client = try TestClient()
    let place = try client.openMarked(marked)
    let help =
      try client.ask("textDocument/signatureHelp", TestClient.place(place)) as? [String: Any]
    let signature = (help?["signatures"] as? [[String: Any]])?.first
    #expect(signature?["label"] as? String == label)
    #expect(help?["activeParameter"] as? Int == active)
  }

  // MARK: Names

  private func ranges(_ result: Any?) -> [String] {
    (result as? [[String: Any]] ?? []).map { TestClient.places($0["range"]) }
  }

  @Test func `names are found and renamed where they mean the same`() throws {
    let client = try TestClient()
    let text = """
      param n = 1
      x = n
      def f(x, y=x) {
        x = x + n
        return x
      }
      # {x} and {f}
      z = f x x=(x)
      x += 1
      print x "{x}"
      """
    try client.open(text)
    func references(_ line: Int, _ column: Int) throws -> [String] {
      ranges(
        try client.ask(
          "textDocument/references",
          TestClient.place([line, column], ["context": ["includeDeclaration": true]])))
    }
    let script = [
      "1:0-1:1", "6:3-6:4", "7:6-7:7", "7:11-7:12", "8:0-8:1", "9:6-9:7", "9:10-9:11",
    ]
    #expect(Set(try references(1, 0)) == Set(script))
    #expect(
      Set(try references(2, 6)) == [
        "2:6-2:7", "2:11-2:12", "3:2-3:3", "3:6-3:7", "4:9-4:10", "7:8-7:9",
      ])
    #expect(try references(0, 6).count == 3, "the def sees the parameter")
    #expect(
      ranges(try client.ask("textDocument/definition", TestClient.place([9, 6]))) == ["8:0-8:1"])
    #expect(
      ranges(try client.ask("textDocument/definition", TestClient.place([7, 4]))) == ["2:4-2:5"])
    let renamed =
      try client.ask("textDocument/rename", TestClient.place([1, 0], ["newName": "wide"]))
      as? [String: [String: [[String: Any]]]]
    let edits = renamed?["changes"]?[TestClient.uri] ?? []
    #expect(edits.count == script.count && edits.allSatisfy { $0["newText"] as? String == "wide" })
    #expect(
      ranges(try client.ask("textDocument/documentHighlight", TestClient.place([0, 6]))).count == 3)
  }

  @Test(arguments: ["train", "if", "1a", "a b", "", "z", "_", "é-", "f"])
  func `a name that cannot be given is refused with the reason`(name: String) throws {
    let client = try TestClient()
    try client.open("x = 1\nz = x\ndef f(a) { return a }\n")
    let answer = try client.answer(
      "textDocument/rename", TestClient.place([0, 0], ["newName": name]))
    let error = answer["error"] as? [String: Any]
    #expect(error?["code"] as? Int == -32803 && (error?["message"] as? String)?.isEmpty == false)
    let builtin = try client.ask("textDocument/prepareRename", TestClient.place([0, 4]))
    #expect(builtin is NSNull)
  }

  // MARK: Outline

  @Test func `symbols stand below their headings`() throws {
    let client = try TestClient()
    try client.open(
      "# # Title\n\nparam n = 1\n\n# ## Part {n}\n\nx = n\nx = 2\n\n# ## Other\n\ndef f(a) { b = a }\n"
    )
    let symbols =
      try client.ask(
        "textDocument/documentSymbol", ["textDocument": ["uri": TestClient.uri]])
      as? [[String: Any]]
    func lines(_ symbols: [[String: Any]], _ depth: Int = 0) -> [String] {
      symbols.flatMap { symbol in
        [String(repeating: " ", count: depth) + "\(symbol["name"] ?? "")"]
          + lines(symbol["children"] as? [[String: Any]] ?? [], depth + 1)
      }
    }
    #expect(
      lines(symbols ?? []) == ["Title", " n", " Part {n}", "  x", " Other", "  f"])
    #expect(TestClient.places(symbols?.first?["range"]) == "0:0-12:0")
  }

  @Test func `sections, brackets and outputs can be folded`() throws {
    let client = try TestClient()
    let uri = "file:///nowhere/page.md"
    try client.open(
      """
      # Title

      ```yolos
      for i in [1] {
        print i
      }
      x = (load
        "yolov8n.yaml")
      ```

      <!-- yolos:out text -->

      1

      <!-- yolos:end text -->

      ## Part

      Text.

      """, uri: uri)
    let folds =
      try client.ask("textDocument/foldingRange", ["textDocument": ["uri": uri]])
      as? [[String: Any]]
    #expect(
      folds?.map { "\($0["startLine"] ?? "")-\($0["endLine"] ?? "")\($0["kind"] ?? "")" }
        == ["0-18", "3-4", "6-7", "10-14region", "16-18"])
  }

  // MARK: Formatting

  @Test func `formatting changes the lines that need it`() throws {
    let client = try TestClient()
    try client.open("a = 1\nb=2\nc = 3\nd = (\n")
    let document = ["textDocument": ["uri": TestClient.uri]]
    #expect(try client.ask("textDocument/formatting", document) is NSNull)
    try client.change([[3, 0], [3, 5]], to: "é = 4")
    let edits = try client.ask("textDocument/formatting", document) as? [[String: Any]]
    #expect(edits?.count == 1 && edits?[0]["newText"] as? String == "b = 2\n")
    #expect(TestClient.places(edits?[0]["range"]) == "1:0-2:0")
  }

  @Test func `lines to run steps come for clients that can run them`() throws {
    let client = try TestClient(options: ["runLenses": true])
    try client.open("param a = 1\n# Text\nn = load \"yolov8n.yaml\"\nx = a\nshow n\n")
    let lenses =
      try client.ask("textDocument/codeLens", ["textDocument": ["uri": TestClient.uri]])
      as? [[String: Any]]
    let commands = (lenses ?? []).compactMap { $0["command"] as? [String: Any] }
    #expect(
      commands.map { $0["command"] as? String } == ["yolos.runFile", "yolos.runTo", "yolos.runTo"])
    #expect((commands.last?["arguments"] as? [Any])?.last as? Int == 5)
    let plain = try TestClient()
    try plain.open("n = load \"yolov8n.yaml\"\n")
    let none = try plain.ask("textDocument/codeLens", ["textDocument": ["uri": TestClient.uri]])
    #expect((none as? [Any])?.isEmpty == true)
  }

  // MARK: Everywhere

  @Test(arguments: ["seeds.yolos", "06-reproduce.md"])
  func `whatever is typed wherever, there are answers`(name: String) throws {
    let url = try #require(Notebooks.all.first { $0.lastPathComponent == name })
    let uri = url.absoluteString
    let text = try String(contentsOf: url, encoding: .utf8)
    let client = try TestClient()
    try client.open(text, uri: uri)
    let pieces = [
      "\"", "{", "}", "(", ")", "[", "]", "#", "##", "```", "```yolos\n", "\r", "\r\n", "\n", "😀",
      "e\u{301}", "\u{2028}", "\t", "include \"seeds.yolos\"\n", "def f(a) {", "x = ", ".",
      "<!-- yolos:out text -->",
      "\\", "param ", "'", "\u{0}",
    ]
    // A fixed series of numbers: what goes wrong once goes wrong again.
    var state: UInt64 = 88_172_645_463_325_252
    func random(_ limit: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(limit))
    }
    for round in 0..<150 {
      let line = random(text.count / 40), column = random(60)
      let end = random(4) == 0 ? [line + random(3), random(60)] : [line, column]
      let isOrdered = end[0] > line || end[1] >= column
      try client.change(
        [[line, column], isOrdered ? end : [line, column]], to: pieces[random(pieces.count)],
        uri: uri)
      let place = TestClient.place([line, column], uri: uri)
      for method in ["hover", "completion", "signatureHelp", "definition", "prepareRename"] {
        #expect(try client.answer("textDocument/\(method)", place)["result"] != nil)
      }
      for method in ["documentSymbol", "foldingRange", "formatting"] {
        let document = ["textDocument": ["uri": uri]]
        #expect(try client.answer("textDocument/\(method)", document)["result"] != nil)
      }
      let context: [String: Any] = ["diagnostics": []]
      let range = TestClient.range([[0, 0], [line + 100, 0]])
      let actions: [String: Any] = [
        "textDocument": ["uri": uri], "range": range, "context": context,
      ]
      #expect(try client.answer("textDocument/codeAction", actions)["result"] != nil)
      if round % 50 == 49 { try client.change(nil, to: text, uri: uri) }
    }
  }

  @Test(arguments: Notebooks.all)
  func `at every place of every notebook there are answers`(url: URL) throws {
    let text = try String(contentsOf: url, encoding: .utf8)
    let client = try TestClient(), uri = url.absoluteString
    try client.open(text, uri: uri)
    #expect(client.findings(uri: uri).isEmpty)
    let lines = text.components(separatedBy: "\n")
    for (number, line) in lines.enumerated() where !line.isEmpty {
      for column in stride(from: number % 17, to: line.utf16.count, by: 17) {
        let place = TestClient.place([number, column], uri: uri)
        for method in ["hover", "completion", "signatureHelp", "definition", "prepareRename"] {
          #expect(try client.answer("textDocument/\(method)", place)["result"] != nil)
        }
      }
    }
    // Typed from the start, line by line, nothing goes wrong either.
    for count in stride(from: 1, to: lines.count, by: 23) {
      try client.change(nil, to: lines.prefix(count).joined(separator: "\n"), uri: uri)
    }
  }
}
