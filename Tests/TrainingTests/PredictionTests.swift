import Datasets
import Files
import Foundation
import Geometry
import Images
import Tensors
import Testing
import Training
import YOLO

/// Prediction without reference data: sources, options, ensembles, writers.
@Suite struct PredictionTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun(train: 3, val: 2) }

  private func options(_ change: (inout PredictionOptions) -> Void = { _ in }) -> PredictionOptions
  {
    var options = PredictionOptions()
    // A fresh network is sure of nothing.
    (options.imageSize, options.confidence, options.limit) = (64, 0, 5)
    change(&options)
    return options
  }

  private var images: String { tiny.folder + "/toys/train/images" }

  // MARK: Sources

  @Test func `files, folders, patterns and lists name the same photographs`() throws {
    let files = (0..<3).map { "\(images)/00000\($0).jpg" }
    #expect(try PredictionSource(files).files == files)
    #expect(try PredictionSource([images]).files == files)
    #expect(try PredictionSource(["\(images)/*.jpg"]).files == files)
    #expect(try PredictionSource(["\(images)/00000[01].jpg"]).files == Array(files[..<2]))
    let list = tiny.folder + "/list.txt"
    try AtomicFile.write(files.joined(separator: "\n") + "\n", to: list)
    #expect(try PredictionSource([list]).files == files)
    #expect(PredictionSource(tiny.dataset.train).files == files)
    #expect(try PredictionSource([files[2], images]).files == [files[2], files[0], files[1]])
  }

  @Test func `a source that names no photograph says what was expected`() throws {
    let list = tiny.folder + "/list.txt"
    try AtomicFile.write("gone.jpg\n", to: list)
    try AtomicFile.makeFolder(tiny.folder + "/empty")
    let cases = [
      ("nowhere", "there is no such file or folder"), ("no*where", "matches no picture"),
      (tiny.folder + "/empty", "holds no picture"), (list, "gone.jpg', which does not exist"),
      (tiny.dataset.file, "this is not an image"),
    ]
    for (word, expected) in cases {
      let error = #expect(throws: TrainingError.self) { try PredictionSource([word]) }
      #expect(error?.description.hasPrefix(word) == true)
      #expect(error?.description.contains(expected) == true, "\(word)")
    }
    #expect(throws: TrainingError.self) { try PredictionSource([String]()) }
  }

  @Test func `a file that is no picture is an error with its name`() throws {
    let file = tiny.folder + "/broken.jpg"
    try AtomicFile.write("not a picture", to: file)
    let predictor = Predictor([("a", try tiny.model())], options: options(), on: TinyRun.compute())
    let error = #expect(throws: TrainingError.self) { try predictor.run(on: [file]) }
    #expect(error?.description.hasPrefix(file) == true)
  }

  // MARK: Options

  @Test func `boxes lie inside the photograph, surest first, and threads change nothing`() throws {
    let image = tiny.folder + "/wide.png"
    let pixels = (0..<3 * 200 * 90).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    try AtomicFile.write(Image(width: 200, height: 90, pixels: pixels).png(), to: image)
    let model = try tiny.model()
    func run(_ threads: Int, _ loaders: Int) throws -> [Predictions] {
      try Predictor(
        [("a", model)], options: options(), loaders: loaders,
        on: TinyRun.compute(threads: threads)
      ).run(on: [image, images])
    }
    let found = try run(1, 1)
    #expect(found == (try run(3, 2)))
    let first = try #require(found.first?.images.first)
    #expect((first.width, first.height) == (200, 90) && first.detections.count == 5)
    #expect(found[0].images.count == 4)
    for detection in first.detections {
      let box = detection.box
      #expect(box.minX >= 0 && box.minY >= 0 && box.maxX <= 200 && box.maxY <= 90)
    }
    let sureness = first.detections.map(\.confidence)
    #expect(sureness == sureness.sorted(by: >))
  }

  @Test func `only the classes asked for are found, and unknown ones are refused`() throws {
    let models = [("a", try tiny.model())]
    let found = try Predictor(
      models, options: options { $0.classes = ["rabbit"] }, on: TinyRun.compute()
    ).run(on: [images])
    #expect(found[0].counts[0] == 0 && found[0].counts[1] > 0)
    let error = #expect(throws: TrainingError.self) {
      try Predictor(models, options: options { $0.classes = ["unicorn"] }, on: TinyRun.compute())
        .run(on: [images])
    }
    #expect(error?.description.contains("no model knows 'unicorn'; they know bear, rabbit") == true)
  }

  @Test func `a request ends a prediction`() throws {
    let cancellation = Cancellation()
    let predictor = Predictor([("a", try tiny.model())], options: options(), on: TinyRun.compute())
    #expect(throws: TrainingError(.cancelled)) {
      try predictor.run(on: PredictionSource([images]), cancellation: cancellation) { done, count in
        #expect(count == 3)
        if done == 2 { cancellation.request() }
      }
    }
  }

  // MARK: Ensembles

  @Test func `models speak for themselves or with one voice`() throws {
    let models = [
      ("one", try tiny.model(["bear", "cat"], seed: 1)),
      ("two", try tiny.model(["cat", "bear"], seed: 1)),
    ]
    var options = options { $0.limit = 40 }
    let apart = try Predictor(models, options: options, on: TinyRun.compute()).run(on: [images])
    #expect(apart.map(\.model) == ["one", "two"])
    #expect(apart.map(\.classNames) == [["bear", "cat"], ["cat", "bear"]])
    options.mergesModels = true
    let merged = try Predictor(models, options: options, on: TinyRun.compute()).run(on: [images])
    #expect(merged.count == 1 && merged[0].model == "one + two")
    #expect(merged[0].classNames == ["bear", "cat"])
    // The networks are the same, but what one calls a bear the other calls a cat: both are heard.
    let said = apart.enumerated().flatMap { model, predictions in
      predictions.images[0].detections.map { detection in
        var detection = detection
        if model == 1 { detection.classIndex = 1 - detection.classIndex }
        return detection
      }
    }
    let heard = merged[0].images[0].detections
    #expect(heard.count == 40)
    #expect(heard.allSatisfy(said.contains))
    #expect(heard.contains(said[0]))
    #expect(heard.contains(said[apart[0].images[0].detections.count]))
    #expect(Set(heard.map(\.classIndex)) == [0, 1])
  }

  @Test func `the same model twice finds what it finds alone`() throws {
    let model = try tiny.model()
    let alone = try Predictor([("a", model)], options: options(), on: TinyRun.compute())
      .run(on: [images])
    let twice = try Predictor(
      [("a", model), ("b", model)], options: options { $0.mergesModels = true },
      on: TinyRun.compute()
    ).run(on: [images])
    #expect(twice[0].images == alone[0].images)
  }

  // MARK: Writers

  private let written = Predictions(
    model: "a", classNames: ["x", "y"],
    images: ["in/p.jpg", "out/p.jpg", "q.jpg"].map { file in
      PredictedImage(
        file: file, width: 200, height: 100,
        detections: file == "q.jpg"
          ? []
          : [
            Detection(
              box: Box(minX: 20, minY: 10, maxX: 60, maxY: 60), confidence: 0.75, classIndex: 1)
          ])
    })

  @Test func `label files hold fractions, and every photograph has one`() throws {
    let files = try written.writeLabels(to: tiny.folder + "/out", withConfidence: true)
    #expect(files.map { $0.split(separator: "/").last } == ["p.txt", "p-2.txt", "q.txt"])
    let texts = try files.map { String(decoding: try AtomicFile.read($0), as: UTF8.self) }
    #expect(texts[0] == "1 0.200000 0.350000 0.200000 0.500000 0.750000\n")
    #expect(texts[2].isEmpty)
    #expect(written.images[0].labelText() == "1 0.200000 0.350000 0.200000 0.500000\n")
  }

  @Test func `JSON says file, sides, class and corners`() throws {
    let json = try #require(
      try JSONSerialization.jsonObject(with: written.json()) as? [String: Any])
    let images = try #require(json["images"] as? [[String: Any]])
    #expect(images.map { $0["file"] as? String } == ["in/p.jpg", "out/p.jpg", "q.jpg"])
    let found = try #require((images[0]["detections"] as? [[String: Any]])?.first)
    #expect(found["name"] as? String == "y" && found["class"] as? Int == 1)
    #expect((found["box"] as? [String: Double]) == ["x1": 20, "y1": 10, "x2": 60, "y2": 60])
  }
}
