import JSON
import Mathematics
import Testing

@Suite("JSON")
struct JSONTests {
  @Test func `a value is read and written again, its numbers digit for digit`() throws {
    let text = #"{"b":[1,-0.50,1e400,12345678901234567890],"a":{"x":null,"y":[true,false],"z":""}}"#
    let value = try JSONReader.value(text)
    #expect(String(decoding: JSONWriter.compact(value), as: UTF8.self) == text)
    #expect(value["b"]?.asArray?[0].asInt == 1 && value["a"]?["y"]?.asArray?[0].asBool == true)
  }

  @Test func `the indented form is that of Jupyter's writer`() throws {
    // python3 -c 'import json; print(json.dumps(V, sort_keys=True, indent=1, ensure_ascii=False))'
    let value: JSONValue = ["b": [1, ["c": "ž\u{1}\u{7f}"]], "a": [:], "d": []]
    let expected = """
      {
       "a": {},
       "b": [
        1,
        {
         "c": "ž\\u0001\u{7f}"
        }
       ],
       "d": []
      }
      """
    #expect(String(decoding: JSONWriter.indented(value), as: UTF8.self) == expected)
  }

  @Test func `escapes and pairs of surrogates become letters`() throws {
    #expect(try JSONReader.value(#""\u00e9\n\/\ud83d\ude00""#) == "é\n/😀")
    // Half a pair is no letter.
    #expect(try JSONReader.value(#""\ud83dx""#) == "\u{FFFD}x")
    #expect(try JSONReader.value(#""\ud83d\u0041""#) == "\u{FFFD}A")
  }

  @Test(arguments: [
    "", "{", "[1,", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "1.", "-", "+1", "nul", "\"a",
    "\"\\x\"", "\"\\u12\"", "\"\n\"", "1 1", "[1]]", "\u{FEFF}",
  ])
  func `what is no JSON is an error with its place`(_ text: String) {
    #expect(throws: JSONError.self) { try JSONReader.value(text) }
  }

  @Test func `deep nesting is an error and no crash`() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONReader.value(text) }
  }

  @Test func `bytes that are not UTF-8 are an error`() {
    #expect(throws: JSONError.self) { try JSONReader.value([0x22, 0xFF, 0x22]) }
  }

  @Test func `any bytes are a value or an error, and a value survives writing`() {
    var random = RandomSource(seed: 5)
    let pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\u", "1", "e", "null", " ", "é", "\\"]
    for _ in 0..<3000 {
      let text = (0..<random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
      guard let value = try? JSONReader.value(text) else { continue }
      #expect((try? JSONReader.value(JSONWriter.compact(value))) == value)
      #expect((try? JSONReader.value(JSONWriter.indented(value))) == value)
    }
  }
}
