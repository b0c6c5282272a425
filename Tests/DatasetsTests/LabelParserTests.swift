import Foundation
import TestSupport
import Testing

import Datasets

@Suite struct LabelParserTests {
  private func parse(_ text: String, classes: Int = 3) -> LabelParser.Result {
    LabelParser(classCount: classes).parse(Array(text.utf8), file: "a.txt")
  }

  @Test(arguments: [
    (
      "0 .5 .5 .2",
      "a.txt:1:1: expected 5 columns (class, center x, center y, width, height), found 4"
    ),
    (
      "\n 0 .5 .5 .2 .2 .9",
      "a.txt:2:2: expected 5 columns (class, center x, center y, width, height), found 6"
    ),
    ("7 .5 .5 .2 .2", "a.txt:1:1: class 7 does not exist: the 3 classes are 0 to 2"),
    ("-1 .5 .5 .2 .2", "a.txt:1:1: expected a class from 0, found -1"),
    ("1.5 .5 .5 .2 .2", "a.txt:1:1: expected a whole number as class, found 1.5"),
    ("cat .5 .5 .2 .2", "a.txt:1:1: expected a number, found 'cat'"),
    ("0 0x1 .5 .2 .2", "a.txt:1:3: expected a number, found '0x1'"),
    ("0 .5 nan .2 .2", "a.txt:1:6: expected a finite number, found 'nan'"),
    ("0 .5 .5 -.02 .2", "a.txt:1:9: -.02 is below 0; coordinates are fractions of the image"),
    (
      "0 .5 .5 .2 12",
      "a.txt:1:12: 12 is above 1; coordinates are fractions of the image, not pixels"
    ),
    ("0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n0 0.5 0.5 0.2 2e-1", "a.txt:3:1: is a duplicate of line 1"),
    (
      "0 0 0 1 0 1 1\n1 .5 .5 .1 .1",
      "a.txt:2:1: a box in a file of polygons; use one kind per file"
    ),
    (
      "0 0 0 1 0 1 1 .5",
      "a.txt:1:1: a polygon needs pairs of x and y, found an odd number of coordinates"
    ),
  ])
  func `every rule names file, line, column and value`(text: String, expected: String) {
    #expect(parse(text).problems.map(\.description) == [expected])
  }

  @Test func `every problem of a file is found, in its order`() {
    let problems = parse("9 .5 .5 .2 .2\n0 2 .5 .2\n0 3 .5 4 .2").problems
    #expect(problems.map(\.line) == [1, 2, 3, 3] && problems.map(\.column) == [1, 1, 3, 8])
  }

  @Test func `a duplicate is corrected, all else rejects the image`() {
    #expect(parse("0 .5 .5 .2 .2\n0 .5 .5 .2 .2").isRejected == false)
    let rejected = parse("0 .5 .5 .2 .2\n8 .5 .5 .2 .2")
    #expect(rejected.isRejected && rejected.rows.isEmpty)
  }

  @Test func `any bytes are read without a crash`() {
    // A fixed sequence of arbitrary bytes: a linear congruential generator (Knuth's MMIX constants).
    var state: UInt64 = 1
    let alphabet = Array("0123456789 .-+eEnaif\n\r\t\u{0}é".utf8) + [0xFF, 0xEF, 0xBB, 0xBF]
    for length in 0..<600 {
      let bytes = (0..<length).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return alphabet[Int(state >> 33) % alphabet.count]
      }
      let result = LabelParser(classCount: 2).parse(bytes, file: "x")
      #expect(result.problems.allSatisfy { ($0.line ?? 0) > 0 && $0.value.count <= 41 })
    }
  }

  @Test func `a row is written in the fewest digits that read back the same`() {
    let row = LabelRow(
      classIndex: 1, centerX: 0.1, centerY: 1 / 3.0, width: 0.5147526041666667, height: 1)
    #expect(row.text == "1 0.1 0.3333333333333333 0.5147526041666667 1.0")
    #expect(parse(row.text).rows == [row])
  }
}

@Suite(.golden("labels")) struct GoldenLabelTests {
  @Test func `every label file is accepted, corrected or rejected as the reference does`() throws {
    let section = try #require(Shared.golden("labels"))
    let expected = try goldenJSON(section.appendingPathComponent("expected.json"))
    let parser = LabelParser(classCount: try #require(expected["nc"] as? Int))
    var seen = 0
    for entry in try #require(expected["label_files"] as? [[String: Any]]) {
      let name = try #require(entry["label"] as? String)
      guard name.hasSuffix(".txt") else { continue }  // "(no label file)": see the dataset's tests
      let bytes = try Data(contentsOf: section.appendingPathComponent(name))
      let result = parser.parse(Array(bytes), file: name)
      let outcome =
        result.isRejected ? "rejected" : result.problems.isEmpty ? "accepted" : "corrected"
      #expect(outcome == entry["outcome"] as? String, "\(name): \(result.problems)")
      let rows = entry["labels_cls_xywh"] as? [[Double]] ?? []
      let got = result.rows.map {
        [Double($0.classIndex), $0.centerX, $0.centerY, $0.width, $0.height]
      }
      #expect(got.count == rows.count, "\(name)")
      for (a, b) in zip(got.joined(), rows.joined()) {
        // The reference holds single precision: half a unit in the last place below 2, three times.
        #expect(abs(a - b) <= 2e-7, "\(name)")
      }
      seen += 1
      countGoldenComparison()
    }
    #expect(seen == 33)
  }
}
