import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ChecksTests {
  private let scratch = Scratch()

  /// An image with some structure that depends on `kind`, and with a slight change.
  private func picture(_ kind: Int, change: Int = 0, width: Int = 90) -> Image {
    var image = Image(width: width, height: 64, gray: 0)
    for y in 0..<64 {
      for x in 0..<width {
        let level = ((x * 90 / width * (kind + 3) + y * (7 - kind)) % 200) + change
        for c in 0..<3 { image.pixels[3 * (y * width + x) + c] = UInt8(level) }
      }
    }
    return image
  }

  private func dataset() throws -> Dataset {
    for (name, image, label) in [
      ("train/0", picture(0), "0 .5 .5 .5 .5\n0 .2 .2 .01 .01\n"),
      ("train/1", picture(1), "0 .5 .5 .5 .5\n"),
      ("val/2", picture(2), "0 .5 .5 .5 .5\n"), ("val/3", picture(0, change: 3), "1 .5 .5 .5 .5\n"),
      ("test/4", picture(1), "0 .5 .5 .5 .5\n"),
    ] {
      try scratch.write(image.png(), to: "images/\(name).png")
      try scratch.write(label, to: "labels/\(name).txt")
    }
    return try Dataset(
      contentsOf: scratch.write(
        "train: images/train\nval: images/val\ntest: images/test\nnames: [a, b]", to: "s.yaml"))
  }

  @Test func `a hash survives another size and a little light, and tells pictures apart`() {
    let hash = PerceptualHash(picture(0))
    #expect((hash.distance(PerceptualHash(picture(0, change: 4))) ?? 64) <= 4)
    #expect((hash.distance(PerceptualHash(picture(0, width: 180))) ?? 64) <= 8)
    #expect((hash.distance(PerceptualHash(picture(2))) ?? 64) > 12)
    let black = PerceptualHash(Image(width: 30, height: 30, gray: 0))
    #expect(black.distance(PerceptualHash(Image(width: 30, height: 30, gray: 200))) == nil)
    #expect(black.distance(PerceptualHash(Image(width: 3, height: 2, gray: 0))) == 0)
  }

  @Test func `leaks across splits are found, exact and near`() throws {
    let set = try dataset()
    let leaks = try set.leaks()
    #expect(leaks.map(\.isExact) == [false, true])
    #expect(
      leaks.map(\.secondSplit) == [.val, .test] && leaks.allSatisfy { $0.firstSplit == .train })
    #expect(try set.leaks(threshold: nil).map(\.isExact) == [true])
  }

  @Test func `of many leaks the nearest are named, behind one that counts all`() throws {
    let all = try DatasetChecks(try dataset(), listedLeaks: 1).findings
    #expect(all.filter { if case .leak = $0 { true } else { false } }.count == 2)
    let none = try DatasetChecks(try dataset(), listedLeaks: 0).findings
    #expect(
      none.prefix(2).map(\.description) == [
        """
        val: 1 of 2 images are also, or nearly, in train, in 1 pair of images; scores on them say \
        nothing about new images; split by scene, not by image
        """,
        """
        test: 1 of 1 image are also, or nearly, in train, in 1 pair of images; scores on them say \
        nothing about new images; split by scene, not by image
        """,
      ])
    #expect(!none.contains { if case .leak = $0 { true } else { false } })
  }

  @Test func `everything that decides an experiment is found and said`() throws {
    let checks = try DatasetChecks(try dataset())
    let text = checks.findings.map {
      $0.description.replacingOccurrences(of: scratch.path + "/", with: "")
    }
    #expect(text.count == 6)
    #expect(
      text[0].hasPrefix(
        "val: images/val/3.png is nearly the same image as images/train/0.png in train ("))
    #expect(
      text[1] == """
        test: images/test/4.png is the same file as images/train/1.png in train; scores on it say \
        nothing about new pictures
        """)
    #expect(text[2] == "train: no objects of class 'b'; it cannot be learned")
    #expect(
      text[3] == """
        train: 1 of 3 objects are narrower than 8 pixels at image size 640; a larger imgsz makes them visible
        """)
    #expect(
      text[4] == """
        train: 2 images make 1 batch of 16, but gradients are gathered over nbs=64 images: about 25 steps \
        in 100 epochs; recipe="small" makes every small batch a step and chooses a learning rate for it
        """)
    #expect(
      text[5]
        == "val: 2 objects in 2 images; one object more or less found moves the recall by 50 %")
    #expect(checks.imageSizes.map { [$0.width, $0.height, $0.images] } == [[90, 64, 5]])
    #expect(checks.boxSizes[.train]?.tiny == 1)
  }

  @Test func `where every batch is a step, steps an epoch are counted`() throws {
    var run = RunSize()
    run.nominalBatchSize = 16
    let few = try DatasetChecks(try dataset(), run: run, leakThreshold: nil).findings
    let first = few.first { if case .fewSteps = $0 { true } else { false } }
    #expect(
      first?.description == """
        train: 2 images make 1 step an epoch at batch size 16; a smaller batch or more epochs give the \
        optimizer more steps
        """)
  }

  @Test func `a long warm-up is counted as the version counts it`() throws {
    var run = RunSize()
    (run.epochs, run.warmupFloor) = (100, 100)
    let long = try DatasetChecks(try dataset(), run: run, leakThreshold: nil).findings
    #expect(long.contains(.longWarmup(iterations: 100, of: 100)))
    // Newer versions end it before the last epoch: two epochs of one step each, not three.
    (run.epochs, run.warmupFloor) = (3, 0)
    let short = try DatasetChecks(try dataset(), run: run, leakThreshold: nil).findings
    #expect(short.contains(.longWarmup(iterations: 2, of: 3)))
    run.warmupEndsEarly = false
    let late = try DatasetChecks(try dataset(), run: run, leakThreshold: nil).findings
    #expect(late.contains(.longWarmup(iterations: 3, of: 3)))
  }
}
