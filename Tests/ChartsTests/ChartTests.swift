import Charts
import Foundation
import Images
import Testing

@Suite struct ChartTests {
  @Test(arguments: Samples.charts.map(\.name))
  func `the same numbers give the same bytes`(_ name: String) throws {
    let find = { try #require(Samples.charts.first { $0.name == name }).chart }
    let first = try find(), second = try find()
    #expect(try first.image() == second.image())
    #expect(try first.svg(provenance: "p") == second.svg(provenance: "p"))
    #expect(first.numbers == second.numbers)
  }

  @Test func `a picture says what it was made of`() throws {
    let chart = try #require(Samples.charts.first { $0.name == "bars" }).chart
    let png = try chart.png(provenance: "weights 1a2b3c")
    #expect(png.range(of: Data("weights 1a2b3c".utf8)) != nil)
    #expect(try Image(decoding: png, name: "bars.png") == chart.image())
    let svg = String(decoding: try chart.svg(provenance: "a < b & c"), as: UTF8.self)
    #expect(svg.contains("<desc>a &lt; b &amp; c</desc>"))
    #expect(!svg.contains("<text"))
  }

  @Test(arguments: Samples.charts.map(\.name))
  func `a filed picture is small, looks the same and says what it was made of`(
    _ name: String
  ) throws {
    let chart = try #require(Samples.charts.first { $0.name == name }).chart
    let file = try chart.file(provenance: "weights 1a2b3c")
    #expect(file == (try chart.file(provenance: "weights 1a2b3c")))
    #expect(file.ending == (chart.holdsImages ? "jpg" : "png"))
    #expect(file.content.count <= 300_000 && file.content.range(of: Data("1a2b3c".utf8)) != nil)
    let drawn = try chart.image(), filed = try Image(decoding: file.content, name: name)
    try #require(drawn.width == filed.width && drawn.height == filed.height)
    let far = zip(drawn.pixels, filed.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    // JPEG loses one to two levels of 255 on fur and grass at these qualities; palettes lose less.
    #expect(far < drawn.pixels.count * 5 / 2, "\(far) levels over \(drawn.pixels.count)")
  }

  @Test func `control characters in names harm no file`() throws {
    let chart = BarChart(
      title: "a\u{0}b\u{1B}c", value: AxisTitle("v\u{0}"),
      bars: [.init(name: "n\u{0}\n", value: 1, colorIndex: 0)], decimals: 0
    ).chart
    let png = try chart.file(provenance: "weights x\u{0}y\nz").content
    #expect(png.range(of: Data("a b c".utf8)) != nil)
    #expect(png.range(of: Data("weights x y\nz".utf8)) != nil)
    let svg = String(decoding: try chart.svg(provenance: "x\u{0}y"), as: UTF8.self)
    #expect(svg.contains("<title>a b c</title>") && svg.contains("<desc>x y</desc>"))
  }

  @Test func `without its font a chart is refused with a sentence`() {
    #expect(throws: ChartError.self) { try Typeface(folder: "/nowhere") }
    let error = ChartError(place: "/nowhere/DejaVuSans.ttf", problem: .fontMissing)
    #expect(error.description.contains("install fonts-dejavu-core"))
  }

  @Test func `a long legend makes the picture higher and hides nothing`() throws {
    func chart(_ count: Int) -> Chart {
      LineChart(
        title: "Many runs", x: AxisTitle("epoch"), y: AxisTitle("mAP50"),
        series: (0..<count).map {
          .init(
            name: "a run whose name goes on and on, number \($0)", x: [1, 2], y: [0, Double($0)],
            colorIndex: $0)
        }
      ).chart
    }
    let few = try chart(2).image(), many = try chart(24).image()
    #expect(few.width == many.width && many.height > few.height + 300)
  }

  @Test func `nothing to draw is drawn as nothing, not as a failure`() throws {
    let empty: [Chart] = [
      TrainingCurves(title: "t", runs: []).chart, GapChart(title: "t", runs: []).chart,
      LineChart(title: "", x: AxisTitle("x"), y: AxisTitle("y"), series: []).chart,
      BarChart(title: "t", value: AxisTitle("v"), bars: [], decimals: 0).chart,
      ScatterChart(title: "t", x: AxisTitle("x"), y: AxisTitle("y"), dots: []).chart,
      ConfusionChart(title: "t", names: [], counts: [[0]], confidence: 0.25, iou: 0.45).chart,
      LabelStatistics(title: "t", names: [], labels: []).chart,
      ImageGrid(title: "t", names: [], cells: [], columns: 3).chart,
      ClassCurves.chart(title: "t", groups: []),
    ]
    for chart in empty { #expect(try chart.image().width > 0) }
  }

  @Test func `a picture is white up to its edges`() throws {
    // Heights in units that fall between two pixels at the scale of large sheets of images.
    for side in [470, 471, 472, 473] {
      let cell = ImageGrid.Cell(
        caption: "a", image: Image(width: 470, height: side, gray: 90), boxes: [])
      let sheet = ImageGrid(
        title: "Large", names: [], cells: [ImageGrid.Cell](repeating: cell, count: 12), columns: 4)
      let image = try sheet.chart.image()
      let row = image.width * 3
      #expect(image.width < 1960, "the sheet is not large enough to be scaled")
      #expect(image.pixels.suffix(row).allSatisfy { $0 == 255 })
      #expect((0..<image.height).allSatisfy { image.pixels[($0 + 1) * row - 1] == 255 })
    }
  }

  @Test func `the rate of biases in warm-up does not press the learning rate flat`() throws {
    func chart(_ biases: [Double]) -> Chart {
      TrainingCurves(
        title: "t",
        runs: [
          RunHistory(
            name: "n", colorIndex: 0, epochs: [1, 2, 3, 4],
            columns: [
              .init(name: "lr/pg0", values: [0.001, 0.0017, 0.001, 0]),
              .init(name: "lr/pg2", values: biases),
            ])
        ]
      ).chart
    }
    func blue(_ image: Image, below offset: Int = 0) -> Set<[Int]> {
      Set(
        (0..<image.width * image.height).filter { pixel in
          // A dotted line drawn over a blue one may round a level away.
          zip(image.pixels[(pixel * 3)..<(pixel * 3 + 3)], [0x00, 0x72, 0xB2])
            .allSatisfy { abs(Int($0) - $1) <= 3 }
        }.map { [$0 % image.width, $0 / image.width - offset] })
    }
    let usual = try chart([0.001, 0.0017, 0.001, 0]).image()
    let warmed = try chart([0.1, 0.05, 0.001, 0]).image()
    // The weights' curve stands where it stood, only lower by the line that tells of the biases.
    let line = warmed.height - usual.height
    #expect(line == 32)
    let missing = blue(usual).subtracting(blue(warmed, below: line))
    #expect(missing.isEmpty && blue(usual).count > 500)
    // Where they differ little, all of them are shown.
    #expect(try chart([0.003, 0.002, 0.001, 0]).image().height == usual.height)
  }

  @Test func `a run keeps its colour`() {
    var palette = Palette()
    #expect(palette.index(of: "n") == 0)
    #expect(palette.index(of: "s") == 1)
    #expect(palette.index(of: "n") == 0)
    #expect(Set((0..<30).map { Theme.color($0) }).count == 30)
  }
}
