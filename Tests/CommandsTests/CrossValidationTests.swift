import Foundation
import TestSupport
import Testing

@Suite("Cross-validation: every image held out once")
struct CrossValidationTests {
  private static let start = """
    d = toys "d" kinds=["bear", "rabbit"] train=7 val=3 test=1 size=64 seed=4
    nano = load "models/nano.safetensors"

    """

  private static let options = "data=d epochs=1 imgsz=64 batch=4 nbs=4"

  private func run(_ text: String, in folder: TestFolder) throws -> Binary.Outcome {
    try folder.write(Self.start + text, to: "s.yolos")
    return try Binary.run(["run", "s.yolos"], in: folder)
  }

  private static func trainings(_ outcome: Binary.Outcome) -> Int {
    outcome.output.split(separator: "\n").count { $0.hasPrefix("training ") }
  }

  @Test func `train and val images are held out once each, and scored together`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(
      """
      c = crossval nano \(Self.options) folds=3
      show c
      assert len(c.runs) == 3 and len(c.folds) == 3, "a run for each fold"
      held = c.folds[0].val.images + c.folds[1].val.images + c.folds[2].val.images
      assert held == 10 and c.images == 10, "each of train and val once, none of test"
      assert c.folds[0].train.images + c.folds[0].val.images == 10, "all others train"
      assert c.instances == d.train.instances + d.val.instances, "all objects"
      again = val c.runs[1].best data=c.folds[1] imgsz=64
      assert again.map50_95 == c.runs[1].best.map50_95, "the score of a fold is that of its val split"
      one = train nano data=c.folds[2] epochs=1 imgsz=64 batch=4 nbs=4
      assert one.best.digest == c.runs[2].best.digest, "a fold is a plain training"
      plot c
      cost c
      """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(300))\(outcome.errors)")
    #expect(Self.trainings(outcome) == 3)
    let report = folder.text("reports/s.md")
    for text in [
      "**Cross-validation c**", "| all | 10 | ", "Each of the 10 images was held out once",
      "**c, all held-out images**", "% of bootstrap resamples",
    ] { #expect(report.contains(text), "\(text)") }
  }

  @Test func `two settings are compared on all images`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(
      """
      a = crossval nano \(Self.options) folds=2
      b = crossval nano \(Self.options) folds=2 freeze=10
      c = compare [a, b]
      c
      d2 = c.differences[0]
      assert d2.name == "b" and d2.against == "a", "the second vs. the first"
      assert abs(d2.map50_95 - (b.map50_95 - a.map50_95)) < 1e-12, "of all images"
      assert d2.lower <= d2.map50_95 and d2.map50_95 <= d2.upper, "inside its interval"
      same = (compare [a, a]).differences[0]
      assert same.map50_95 == 0 and not same.significant, "no difference"
      set seed=1
      other = crossval nano \(Self.options) folds=2
      assert len((compare [a, other]).differences) == 0, "other folds are other images in another order"
      """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(300))\(outcome.errors)")
    let report = folder.text("reports/s.md")
    for text in [
      "Cross-validations: scores on all held-out images", "Each side is a single run for each fold",
      "10 validation images are few",
    ] { #expect(report.contains(text), "\(text)") }
  }

  @Test func `in processes the report is the same`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run("c = crossval nano \(Self.options) folds=2\nshow c", in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(300))\(outcome.errors)")
    let checked = try Binary.run(["check", "reports/s.md", "--jobs", "2"], in: folder)
    #expect(checked.code == 0, "\(checked.output.suffix(300))\(checked.errors)")
  }

  @Test(arguments: [
    ("crossval nano data=d folds=1", "from 2 to 1000", 2),
    ("crossval nano data=d folds=11 epochs=1", "10 images are too few for 11 folds", 1),
    ("crossval nano data=d epochs=1 imgsz=64 val=false", "val=false leaves no scores", 1),
    ("crossval nano data=d epoch=3", "'crossval' has no option 'epoch'", 2),
  ])
  func `what cannot be is found before anything is trained`(
    text: String, expected: String, code: Int32
  ) throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(text, in: folder)
    #expect(outcome.code == code && outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(Self.trainings(outcome) == 0)
  }

  @Test func `what was scored on other images is not compared`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(
      "c = crossval nano \(Self.options) folds=2\ncompare [c, c.runs[0]]", in: folder)
    #expect(outcome.code == 1 && outcome.errors.contains("was scored on other images"))
  }
}
