internal import Foundation
internal import Language
internal import Testing

/// Formats agree with C's printf, which the field's tools use, digit by digit.
struct NumberTests {
  private static let numbers: [Double] = [
    0, 1, 0.5, 0.1, 2.675, 1e-5, 1e-4, 9.9999e-5, 123456.789, 999999.5, 1e15, 1e16, 1e22, 1e-300,
    .leastNonzeroMagnitude, 1.7976931348623157e308, 0.125, 0.375, 2.5, 3.5, 1.0 / 3, 0.88765, 99.95,
    0.05, 1e100,
  ]
  private static let formats = [
    "f", ".0f", ".1f", ".3f", ".17f", "e", ".0e", ".3e", "g", ".1g", ".3g", ".17g", "+.2f",
    "12.3f", "<12.3f", "012.3f",
  ]

  @Test(arguments: formats) func `a format writes what printf writes`(format: String) {
    let c = format.hasPrefix("<") ? "-\(format.dropFirst())" : format
    for number in Self.numbers + Self.numbers.map({ -$0 }) where number != 0 || number.sign == .plus
    {
      let text = Trial("print \"{x:\(format)}\"", overrides: [:], runs: false)
      #expect(text.found.count == 1)
      let host = MockHost()
      let interpreter = Interpreter(table: MockCommands.table, context: host)
      interpreter.bind("x", to: .number(number))
      let program = Parser.parse(SourceText(name: "t", "print \"{x:\(format)}\"")).program
      #expect((try? interpreter.run(program)) != nil)
      var expected = String(format: "%\(c)", number)
      // We write no sign before a number that is all zeros.
      if !expected.contains(where: { ("1"..."9").contains($0) }), number < 0 { continue }
      if format == "<12.3f" { expected = String(format: "%-12.3f", number) }
      #expect(host.outputs == [expected], "\(number) as \(format)")
    }
  }

  @Test func `numbers read back as themselves`() {
    for number in Self.numbers where number < 1e300 {
      #expect(Double(NumberFormat.shortest(number)) == number)
    }
  }
}
