import Charts
import Foundation
import Images
import Testing

@Suite struct ChartTests {
  @Test(arguments: Samples.charts.map(\.name))
  func `the same numbers give the same bytes`(_ name: String) throws {
    let find = { try #require(Samples.charts.first { $0.name == name }).chart }
    let first = try find(), second = try find()
    #expect(try first.photo() == second.photo())
    #expect(try first.svg(provenance: "p") == second.svg(provenance: "p"))
    #expect(first.numbers == second.numbers)
  }
}
