import Checkpoints
import Testing

@Suite struct HalfTests {
  @Test func `every half survives the way to single and back`() {
    for bits in UInt16.min...UInt16.max {
      let single = Half.single(bits)
      #expect(single.bitPattern == Float(Float16(bitPattern: bits)).bitPattern || single.isNaN)
      #expect(
        Half.nearest(single) == bits || (single.isNaN && Half.single(Half.nearest(single)).isNaN))
    }
  }

  @Test func `singles round to the nearest half, ties to even, as the processor does`() {
    // Every 4099th single: all exponents, fractions of every kind.
    for bits in stride(from: UInt32(0), to: .max - 4099, by: 4099) {
      let single = Float(bitPattern: bits)
      let expected = Float16(single)
      let got = Float16(bitPattern: Half.nearest(single))
      guard got.bitPattern == expected.bitPattern || (got.isNaN && expected.isNaN) else {
        Issue.record("\(single) became \(got), expected \(expected)")
        return
      }
    }
  }

  @Test(
    arguments: [
      (65519, 65504), (65520, .infinity), (0x1p-24, 0x1p-24), (0x1p-25, 0), (0x1.8p-24, 0x1p-23),
      (0x1.000002p-25, 0x1p-24), (1.00048828125, 1), (1.00146484375, 1.001953125),
    ] as [(Float, Float)])
  func `edges are where the standard puts them`(single: Float, half: Float) {
    #expect(Half.rounded(single) == half && Half.rounded(-single) == -half)
  }
}
