import Foundation
import TestSupport
import Testing

@Suite("Studies: the same training with several seeds")
struct StudyTests {
  private static let start = """
    d = toys "d" kinds=["bear", "rabbit"] train=4 val=4 test=0 size=64 seed=4
    nano = load "models/nano.safetensors"

    """

  private func run(_ text: String, in folder: TestFolder) throws -> Binary.Outcome {
    try folder.write(Self.start + text, to: "s.yolos")
    return try Binary.run(["run", "s.yolos"], in: folder)
  }

  private static let options = "data=d epochs=1 imgsz=64 batch=4 nbs=4"

  private static func trainings(_ outcome: Binary.Outcome) -> Int {
    outcome.output.split(separator: "\n").count { $0.hasPrefix("training ") }
  }

  @Test func `each seed is a training of its own, and a larger study trains the new ones alone`()
    throws
  {
    let folder = try TestFolder.withModels()
    let first = try run("s = study nano \(Self.options) seeds=2", in: folder)
    #expect(first.code == 0, "\(first.errors)")
    #expect(Self.trainings(first) == 2)
    let more = try run(
      """
      s = study nano \(Self.options) seeds=3
      one = train nano \(Self.options) seed=1
      assert one.best.digest == s.runs[1].best.digest, "a plain training with the seed is the same"
      assert s.seeds == [0, 1, 2] and len(s.runs) == 3, "seeds count from 0"
      scores = [s.runs[0].best.map50_95, s.runs[1].best.map50_95, s.runs[2].best.map50_95]
      assert s.map50_95.values == scores, "a score a run"
      assert s.map50_95.mean == mean(scores), "the mean"
      assert abs(s.map50_95.std ** 2 * 2 - (scores[0] - mean(scores)) ** 2
        - (scores[1] - mean(scores)) ** 2 - (scores[2] - mean(scores)) ** 2) < 1e-12, "n - 1"
      ## Student's t with two degrees of freedom is 4.303.
      reach = 4.303 * s.map50_95.std / sqrt(3)
      assert abs(s.map50_95.upper - s.map50_95.mean - reach) < 1e-3, "the interval"
      assert s.map50_95.min == min(scores) and s.map50_95.max == max(scores), "the ends"
      show s
      plot s
      plot s metric="box_loss"
      cost s
      """, in: folder)
    #expect(more.code == 0, "\(more.output.suffix(300))\(more.errors)")
    #expect(Self.trainings(more) == 1)
    let report = folder.text("reports/s.md")
    for text in ["Study s", "standard deviation", "95 % interval of the mean", "mean of 3 seeds"] {
      #expect(report.contains(text), "\(text)")
    }
    let numbers = folder.text("reports/s_files/01-study.csv")
    #expect(numbers.hasPrefix("series,epoch,mAP50-95,lower,upper\ns,1,"))
  }

  @Test func `studies are compared in words`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(
      """
      a = study nano \(Self.options) seeds=[0, 1]
      b = study nano \(Self.options) seeds=[0, 1] freeze=10
      c = compare [a, b]
      c
      assert len(c.differences) == 1, "vs. the first"
      d = c.differences[0]
      assert d.name == "b" and d.against == "a", "the second vs. the first"
      assert abs(d.map50_95 - (b.map50_95.mean - a.map50_95.mean)) < 1e-12, "of the means"
      assert d.lower <= d.map50_95 and d.map50_95 <= d.upper, "inside its interval"
      assert d.significant == (d.lower > 0 or d.upper < 0), "more than luck"
      same = (compare [a, a]).differences[0]
      assert same.map50_95 == 0 and not same.significant, "no difference"
      compare [a.runs[0], b.runs[0]]
      compare [a, b.runs[0]]
      """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(300))\(outcome.errors)")
    let report = folder.text("reports/s.md")
    for text in [
      "mean ± standard deviation over the seeds", "4 validation images are few",
      "Each side is a single run", "mAP50-95 vs. the first",
    ] { #expect(report.contains(text), "\(text)") }
    let isWord = ["may be luck", "is better than", "is worse than", "score the same"]
    #expect(isWord.contains { report.contains($0) })
  }

  @Test(arguments: [
    ("seeds=1", "a study needs from 2 to 1000 seeds, found 1"),
    ("seeds=[3]", "a study needs from 2 to 1000 seeds, found 1"),
    ("seeds=[1, 1]", "a study needs different seeds"),
    ("seeds=[1, -1]", "a seed is 0 or more"), ("seed=3", "'study' has no option 'seed'"),
    ("epoch=3", "'study' has no option 'epoch'"), ("lr0=0.02", "optimizer=auto chooses it"),
  ])
  func `what cannot be is found before anything is trained`(option: String, expected: String) throws
  {
    let folder = try TestFolder.withModels()
    let outcome = try run("study nano data=d epochs=1 imgsz=64 \(option)", in: folder)
    #expect(outcome.code == 2 && outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(Self.trainings(outcome) == 0)
  }

  @Test func `without validation there is nothing to study`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run("study nano data=d epochs=1 imgsz=64 val=false", in: folder)
    #expect(outcome.code == 1 && outcome.errors.contains("val=false leaves none"))
  }
}
