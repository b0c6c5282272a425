import Charts
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ChartSnapshotTests {
  /// A quarter of the image, each pixel the mean of sixteen: small enough to keep, fine enough to
  /// see any text or line that moved.
  private func quarter(_ image: Image) -> Image {
    let width = image.width / 4, height = image.height / 4
    var small = Image(width: width, height: height, gray: 0)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<3 {
          var sum = 8
          for dy in 0..<4 {
            for dx in 0..<4 {
              sum += Int(image.pixels[((4 * y + dy) * image.width + 4 * x + dx) * 3 + channel])
            }
          }
          small.pixels[(y * width + x) * 3 + channel] = UInt8(sum / 16)
        }
      }
    }
    return small
  }

  @Test(arguments: Samples.charts.map(\.name))
  func `a chart looks as recorded`(_ name: String) throws {
    let chart = try #require(Samples.charts.first { $0.name == name }).chart
    let small = quarter(try chart.image())
    let file = "charts/\(name).png"
    guard let content = try Snapshot.recorded(file, fresh: small.png()) else { return }
    let old = try Image(decoding: content, name: file)
    try #require(old.width == small.width && old.height == small.height)
    // Another version of FreeType or pixman moves the edges of letters and lines by a few levels,
    // after the averaging by less; a label or curve that moved changes pixels by dozens.
    let far = zip(old.pixels, small.pixels).count { abs(Int($0) - Int($1)) > 24 }
    #expect(far * 1_000 <= old.pixels.count, "\(far) of \(old.pixels.count) values differ")
  }

  @Test func `numbers of a chart are recorded, too`() throws {
    for name in ["training-short", "confusion", "cost-quality", "labels-predictions"] {
      let chart = try #require(Samples.charts.first { $0.name == name }).chart
      try expectSnapshot(chart.numbers.csv, "charts/\(name).csv")
    }
  }

  @Test func `a sketch draws in text`() throws {
    let run = Samples.runs[0]
    let sketch = TextSketch(
      title: "losses of n",
      series: [
        .init(name: "train/box_loss", values: run.columns[0].values),
        .init(name: "val/box_loss", values: run.columns[7].values),
      ])
    let sparse = TextSketch(
      title: "one value, a gap, nothing",
      series: [
        .init(name: "gap", values: [1, .nan, 3, 4]), .init(name: "empty", values: [.nan, .nan]),
      ], width: 20, height: 4)
    try expectSnapshot(
      [sketch, sparse].map { $0.text + "\n" }.joined(separator: "\n"), "charts/sketch.txt")
  }
}
