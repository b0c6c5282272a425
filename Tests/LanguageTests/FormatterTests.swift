import Foundation
import Language
import TestSupport
import Testing

@Suite("The formatter")
struct FormatterTests {
  private func formatted(_ text: String, _ notation: Notation = .steps) -> String {
    let result = ScriptFormatter.format(SourceText(name: "a", text), notation: notation)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
    return result.text
  }

  /// The steps in normal form: what the digest of a script is made of.
  private func meaning(_ text: String, _ notation: Notation) -> [String] {
    Parser.parse(SourceText(name: "a", text), notation: notation).program.steps.map(\.normalized)
  }

  @Test(arguments: [
    ("x=1", "x = 1\n"),
    ("x  =   1+2*-3", "x = 1 + 2 * -3\n"),
    ("x+=1", "x += 1\n"),
    ("print  1+2   \"a b\"  n", "print 1+2 \"a b\" n\n"),
    ("print 5 -3", "print 5 -3\n"),
    ("y = x-1", "y = x - 1\n"),
    ("y = -x", "y = -x\n"),
    ("y = not  a==b", "y = not a == b\n"),
    ("y=[ 1,2 , 3 ]", "y = [1, 2, 3]\n"),
    ("y=f( 1,-2 )[ 0 ] . a", nil),
    ("y=round( 1,2 )", "y = round(1, 2)\n"),
    ("y = 2**3**-1", "y = 2 ** 3 ** -1\n"),
    ("y = a  not   in b", "y = a not in b\n"),
    ("r=train n data=d epochs=2*3", "r = train n data=d epochs=2*3\n"),
    ("r = ( train n   data=( dataset \"a\" ) )", "r = (train n data=(dataset \"a\"))\n"),
    ("print (x in  [1,2])", "print (x in [1, 2])\n"),
    ("print a[ 0 ] f(1,2)", "print a[0] f(1, 2)\n"),
    ("def  f( a , b = 2 ){\nreturn a+b\n}", "def f(a, b=2) {\n  return a + b\n}\n"),
    (
      "if a{\nx=1\n}else if b{\n\n\nx=2\n\n}else{ x=3 }",
      "if a {\n  x = 1\n} else if b {\n  x = 2\n} else { x = 3 }\n"
    ),
    ("for i in range( 3 ){ }", "for i in range(3) { }\n"),
    (
      "if a {\nfor i in [1,\n2]{\nprint i\n}\n}",
      "if a {\n  for i in [1,\n    2] {\n    print i\n  }\n}\n"
    ),
    ("assert a>1,\"no\"", "assert a > 1, \"no\"\n"),
    ("include   \"a.yolos\"", "include \"a.yolos\"\n"),
    ("\n\n\nx = 1\n\n\n\ny = 2\n\n", "x = 1\n\ny = 2\n"),
    ("x = 1   ", "x = 1\n"), ("", ""), ("\n\n", ""),
    ("return", "return\n"), ("return -1", "return -1\n"),
    ("time", "time\n"), ("x = why", "x = why\n"),
    ("é = 1\nprint é", "é = 1\nprint é\n"),
  ])
  func `a line has one form`(text: String, want: String?) {
    guard let want else {
      let result = ScriptFormatter.format(SourceText(name: "a", text), notation: .steps)
      #expect(result.text == text && !result.diagnostics.isEmpty)
      return
    }
    #expect(formatted(text) == want)
    #expect(formatted(want) == want)
    #expect(meaning(text, .steps) == meaning(want, .steps))
  }

  @Test func `lines inside brackets are indented from the line that opened them`() {
    let text = """
      for i in [1] {
      run = (train (load "a")
      data=[
      1,
        2 ]
            epochs=5)
      }
      """
    #expect(
      formatted(text) == """
        for i in [1] {
          run = (train (load "a")
            data=[
              1,
              2]
            epochs=5)
        }

        """)
  }

  @Test func `parameters and comments stand in columns`() {
    let text = """
      param a=1 ## one
      param long   = "x"   ## two
      param path = "a/very/long/path/to/a/file.yaml" ## three
      param b = 2

      x = 1 ## apart
      ##  a comment   of its own
      yyy = 2    ##   another
      """
    #expect(
      formatted(text) == """
        param a    = 1    ## one
        param long = "x"  ## two
        param path = "a/very/long/path/to/a/file.yaml"  ## three
        param b    = 2

        x = 1  ## apart
        ##  a comment   of its own
        yyy = 2  ##   another

        """)
  }

  @Test func `prose, comments, strings and line ends stay byte for byte`() {
    let text = "#!/usr/bin/env yolos  \r\n#  Prose  {x} \r\n#\r\nx=\"a  {1+1}  b\" ##  c  \t\r\n"
    let wanted =
      "#!/usr/bin/env yolos  \r\n#  Prose  {x} \r\n#\r\nx = \"a  {1+1}  b\"  ##  c  \t\r\n"
    #expect(formatted(text) == wanted)
  }

  @Test func `of a page in Markdown the fences alone change`() {
    let page = """
      # Title  {x}

      ```yolos

      x=1
      ```

      - item

        ```yolos
        y = [1,
        2]
        ```

      ```python
      x=1
      ```

      <!-- yolos:out text -->

      ```yolos
      z=1
      ```

      <!-- yolos:end text -->
      """
    let wanted =
      page.replacing("\n\nx=1\n```\n\n-", with: "\nx = 1\n```\n\n-")
      .replacing("  y = [1,\n  2]", with: "  y = [1,\n    2]")
    #expect(formatted(page, .markdown) == wanted)
    #expect(formatted(wanted, .markdown) == wanted)
  }

  @Test func `a text with errors is left alone`() {
    for text in ["x = (1", "x = 1 = 2", "if {", "  x = 'a'"] {
      let result = ScriptFormatter.format(SourceText(name: "a", text), notation: .steps)
      #expect(result.text == text && !result.diagnostics.isEmpty)
    }
  }

  @Test(arguments: ScriptFile.all)
  func `every script keeps its meaning, and formatting twice changes nothing`(script: ScriptFile) {
    let result = ScriptFormatter.format(SourceText(name: "a", script.text), notation: .steps)
    #expect(
      result.diagnostics.isEmpty
        == Parser.parse(
          SourceText(name: "a", script.text),
          segments: [
            .steps(Span(0, script.text.utf8.count))
          ]
        ).isClean)
    #expect(meaning(result.text, .steps) == meaning(script.text, .steps))
    #expect(
      ScriptFormatter.format(SourceText(name: "a", result.text), notation: .steps).text
        == result.text)
    let words = { (text: String) in text.split(whereSeparator: \.isWhitespace).joined() }
    #expect(words(result.text) == words(script.text), "only blanks change")
  }

  private static let pages: [String] = {
    let folders = ["notebooks", "docs", "."].map { Shared.root.appendingPathComponent($0) }
    return folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      let texts = names.filter { $0.hasSuffix(".yolos") || $0.hasSuffix(".md") }
      return texts.filter { !$0.hasPrefix(".") }.sorted().map {
        folder.appendingPathComponent($0).path
      }
    }
  }()

  @Test(arguments: pages)
  func `the project's own scripts are in the style`(path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let result = ScriptFormatter.format(
      SourceText(name: path, text), notation: Notation(path: path))
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
    #expect(result.text == text)
  }
}
