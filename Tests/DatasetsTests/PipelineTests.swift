import Datasets
import Foundation
import Geometry
import Images
import Testing

@Suite struct PipelineTests {
  private let scratch = Scratch()

  /// Images of one color each with a white square, and a box around the square.
  private func samples(_ count: Int, width: Int = 60, height: Int = 40) throws -> [Sample] {
    try (0..<count).map { i in
      var image = Image(width: width, height: height, gray: UInt8(20 + 9 * i % 160))
      for y in 10..<25 {
        for x in 20..<40 { for c in 0..<3 { image.pixels[3 * (y * width + x) + c] = 255 } }
      }
      let path = try scratch.write(image.png(), to: "\(width)/\(i).png")
      let row = LabelRow(
        classIndex: i % 3, centerX: 30 / Double(width), centerY: 17.5 / Double(height),
        width: 20 / Double(width), height: 15 / Double(height))
      return Sample(imagePath: path, labelPath: path, width: width, height: height, rows: [row])
    }
  }

  private func options() -> AugmentationOptions {
    var options = AugmentationOptions()
    (options.degrees, options.shear, options.perspective) = (10, 3, 0.0005)
    (options.flipud, options.mixup, options.mosaic) = (0.5, 0.3, 0.7)
    return options
  }

  @Test func `an image of an epoch is the same in any order, with any cache`() throws {
    let samples = try samples(6)
    let first = TrainingPipeline(samples: samples, imageSize: 64, options: options(), seed: 7)
    let second = TrainingPipeline(
      samples: samples, imageSize: 64, options: options(), seed: 7, cache: .bounded(bytes: 0))
    let asked = [(0, 3), (2, 1), (0, 0), (1, 5)]
    let forward = try asked.map { try first.sample(epoch: $0.0, index: $0.1) }
    let backward = try asked.reversed().map { try second.sample(epoch: $0.0, index: $0.1) }
    #expect(forward == backward.reversed() && second.cachedBytes == 0 && first.cachedBytes > 0)
    #expect(try first.sample(epoch: 1, index: 3) != forward[0])
    let other = TrainingPipeline(samples: samples, imageSize: 64, options: options(), seed: 8)
    #expect(try other.sample(epoch: 0, index: 3) != forward[0])
  }

  @Test func `batches are the same for any number of threads, and after a resume`() throws {
    let pipeline = TrainingPipeline(
      samples: try samples(7), imageSize: 64, options: options(), seed: 1)
    func batches(_ epochs: Range<Int>, first: Int = 0, threads: Int) throws -> [TrainingBatch] {
      let loader = BatchLoader(
        pipeline: pipeline, epochs: epochs, batchSize: 3, firstBatch: first, threads: threads,
        mosaic: { $0 < 2 })
      var batches: [TrainingBatch] = []
      while let batch = try loader.next() { batches.append(batch) }
      return batches
    }
    let all = try batches(0..<3, threads: 1)
    #expect(all.map(\.indices.count) == [3, 3, 1, 3, 3, 1, 3, 3, 1])
    #expect(
      all.map(\.epoch) == [0, 0, 0, 1, 1, 1, 2, 2, 2] && all.map(\.number).suffix(3) == [0, 1, 2])
    #expect(all[0..<3].flatMap(\.indices).sorted() == Array(0..<7))
    #expect(all[0..<3].flatMap(\.indices) != all[3..<6].flatMap(\.indices))
    #expect(try batches(0..<3, threads: 4) == all)
    #expect(try batches(1..<3, first: 2, threads: 2) == Array(all[5...]))
    #expect(try batches(1..<3, first: 3, threads: 2) == Array(all[6...]))
  }

  @Test func `without variation an image is resized and padded, its box with it`() throws {
    let pipeline = TrainingPipeline(
      samples: try samples(1), imageSize: 120, options: .none, seed: 3)
    let made = try pipeline.sample(epoch: 0, index: 0)
    let box = made.boxes[0].box.pixels(width: 120, height: 120) as Box<InputPixels>
    // 60 x 40 becomes 120 x 80 with 20 rows of padding above.
    for (got, want) in [(box.minX, 40), (box.minY, 40), (box.maxX, 80), (box.maxY, 70)]
      as [(Float, Float)]
    {
      #expect(abs(got - want) < 1e-3)
    }
    #expect(made.image.pixels[0] == 114 && made.image.pixels[3 * (120 * 55 + 60)] == 255)
  }

  @Test func `boxes follow what they enclose through every variation`() throws {
    var options = options()
    (options.hsvH, options.hsvS, options.hsvV, options.mixup) = (0, 0, 0, 0)
    (options.degrees, options.shear, options.perspective) = (0, 0, 0)
    let pipeline = TrainingPipeline(
      samples: try samples(9), imageSize: 96, options: options, seed: 5)
    var seen = 0
    for index in 0..<9 {
      let made = try pipeline.sample(epoch: 0, index: index)
      for labeled in made.boxes {
        let box = labeled.box
        #expect(box.minX >= 0 && box.minY >= 0 && box.maxX <= 1 && box.maxY <= 1)
        let x = Int(box.centerX * 96), y = Int(box.centerY * 96)
        // The middle of the white square stays white under flips, shifts and scales.
        #expect(made.image.pixels[3 * (y * 96 + x)] > 200, "image \(index)")
        seen += 1
      }
    }
    #expect(seen > 9)
  }

  @Test func `an error comes out with its batch, and cancelling ends the list`() throws {
    var broken = try samples(5)
    try scratch.write("no picture", to: "60/2.png")
    let pipeline = TrainingPipeline(samples: broken, imageSize: 64, options: .none, seed: 0)
    let loader = BatchLoader(pipeline: pipeline, epochs: 0..<1, batchSize: 5, threads: 3) { _ in
      true
    }
    #expect(throws: DatasetError.self) { try loader.next() }
    #expect(try loader.next() == nil)
    broken.remove(at: 2)
    let whole = TrainingPipeline(samples: broken, imageSize: 64, options: .none, seed: 0)
    let cancelled = BatchLoader(pipeline: whole, epochs: 0..<9, batchSize: 2, threads: 2) { _ in
      true
    }
    #expect(try cancelled.next() != nil)
    cancelled.cancel()
    #expect(try cancelled.next() == nil)
  }

  @Test func `a picture that changed since the audit is an error`() throws {
    let samples = try samples(1)
    try scratch.write(Image(width: 61, height: 40, gray: 0).png(), to: "60/0.png")
    let pipeline = TrainingPipeline(samples: samples, imageSize: 64, seed: 0)
    let error = #expect(throws: DatasetError.self) { try pipeline.sample(epoch: 0, index: 0) }
    #expect(
      error?.description.hasSuffix(
        "was 60 x 40 when the dataset was read and is 61 x 40 now; open the dataset again")
        == true)
  }

  @Test func `the cache keeps to its bound`() throws {
    // An image of 64 x 43 pixels has 8256 bytes: two fit.
    let pipeline = TrainingPipeline(
      samples: try samples(8), imageSize: 64, seed: 2, cache: .bounded(bytes: 20_000))
    for index in 0..<8 { _ = try pipeline.sample(epoch: 0, index: index) }
    #expect(pipeline.cachedBytes == 2 * 64 * 43 * 3)
  }

  @Test func `validation hands out resized, padded pictures in the plan's order`() throws {
    let samples = try samples(3) + samples(1, width: 40, height: 60)
    let plan = ValidationPlan(samples: samples, imageSize: 60, batchSize: 3)
    let loader = ValidationLoader(plan: plan, threads: 2)
    let first = try #require(try loader.next()), second = try #require(try loader.next())
    #expect(first.map(\.index) == [0, 1, 2] && second.map(\.index) == [3])
    #expect(
      first[0].image.width == plan.entries[0].width
        && first[0].image.height == plan.entries[0].height)
    let labels = samples[0].labels
    let inside = first[0].letterbox.toInput(labels[0].box)
    #expect(
      first[0].image.pixels[3 * (Int(inside.centerY) * first[0].image.width + Int(inside.centerX))]
        == 255)
    #expect(try loader.next() == nil)
  }
}
