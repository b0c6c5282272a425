import Charts
import Foundation
import Testing

@Suite struct AxisTests {
  @Test(arguments: [
    ([0.0, 1.0], 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ([0.0, 97.0], 5, ["0", "20", "40", "60", "80", "100"]),
    ([-0.31, 0.42], 4, ["−0.4", "−0.2", "0.0", "0.2", "0.4", "0.6"]),
    ([0.0, 0.9], 4, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
    ([3.0, 3.0], 4, ["2.6", "2.8", "3.0", "3.2", "3.4"]),
  ])
  func `ticks are round numbers without meaningless digits`(
    _ values: [Double], _ count: Int, _ labels: [String]
  ) {
    #expect(Axis(covering: values, count: count).ticks.map(\.label) == labels)
  }

  @Test func `very small numbers share a power of ten`() {
    let axis = Axis(covering: [0, 0.001667], count: 4)
    #expect(axis.multiplier == "×10⁻³")
    #expect(axis.ticks.map(\.label) == ["0.0", "0.5", "1.0", "1.5", "2.0"])
    #expect(axis.ticks.last?.value == 0.002)
  }

  @Test func `epochs have no ticks between them`() {
    let axis = Axis(from: 1, to: 5, count: 9, wholeNumbers: true)
    #expect(axis.ticks.map(\.label) == ["1", "2", "3", "4", "5"])
  }

  @Test(
    arguments: [
      [], [Double.nan], [Double.infinity, -Double.infinity], [0], [1e300, -1e300],
      [1e-300, 2e-300],
      [-5, -5],
    ] as [[Double]])
  func `any values give an axis with ends and ticks`(_ values: [Double]) {
    let axis = Axis(covering: values, count: 5)
    #expect(axis.lower < axis.upper && !axis.ticks.isEmpty)
    // A value within a thousandth of a step of an end lies on it.
    let finite = values.filter(\.isFinite)
    #expect(
      finite.allSatisfy { (-0.001...1.001).contains(($0 - axis.lower) / (axis.upper - axis.lower)) }
    )
  }

  @Test(
    arguments: [
      (0.25, "0.25"), (0.5, "0.5"), (1, "1"), (0.012345, "0.0123"), (1234.5, "1235"), (0, "0"),
      (.nan, "–"), (-2.5, "−2.5"), (99.96, "100"),
    ] as [(Double, String)])
  func `numbers are short`(_ value: Double, _ text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test func `numbers as text can be read by a spreadsheet`() {
    let table = NumberTable(
      columns: ["name", "value, in m"],
      rows: [["a \"b\", c", .number(0.1)], ["d\ne", .number(.nan)], ["oslík", 3]])
    #expect(
      table.csv
        == "name,\"value, in m\"\n\"a \"\"b\"\", c\",0.1\n\"d\ne\",\noslík,3\n")
  }
}
