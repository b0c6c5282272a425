import Foundation
import TestSupport
import Testing

@Suite("The example script, run for real")
struct StoryTests {
  /// The example script with everything that has a size as a parameter.
  private static func story() throws -> String {
    let url = Shared.root.appendingPathComponent("Tests/Scripts/story/plush.yolos")
    var text = try String(contentsOf: url, encoding: .utf8)
    for (constant, name) in [
      ("patience=50", "patience=patience"), ("conf=0.25", "conf=conf"),
      ("[\"s\", \"l\"]", "sizes"), ("freeze=10", "freeze=frozen"), ("> 0.9", "> threshold"),
      (
        "\nplush = dataset photos",
        """
        param patience = 50
        param conf = 0.25
        param sizes = ["s", "l"]
        param frozen = 10
        param threshold = 0.9

        plush = dataset photos
        """
      ),
    ] {
      try #require(text.contains(constant))
      text = text.replacing(constant, with: name)
    }
    return text
  }

  /// A small dataset, and small models under the names of the large ones.
  private static func prepare() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write(story(), to: "story.yolos")
    let outcome = try Binary.run(
      [
        "-c",
        """
        data = toys "toys" kinds=["oslik", "ovecka"] train=4 val=2 test=1 size=64
        for size in ["n", "s", "l"] { export (load "yolov8n.yaml") to="models/yolov8{size}.pt" }
        """,
      ], in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return folder
  }

  private static func run(in folder: TestFolder, _ more: String...) throws -> Binary.Outcome {
    let parameters =
      [
        "epochs=1", "imgsz=64", "photos=toys/toys.yaml", "street=toys/test/images/000000.jpg",
        "patience=5", "conf=0.3", "threshold=-1",
      ] + more
    return try Binary.run(
      ["run", "story.yolos"] + parameters.flatMap { ["-p", $0] }, in: folder)
  }

  private static func trainings(_ outcome: Binary.Outcome) -> Int {
    outcome.output.split(separator: "\n").count { $0.hasPrefix("training ") }
  }

  @Test func `it runs, comes from the cache the second time, and runs anew only what changed`()
    throws
  {
    let folder = try Self.prepare()
    let first = try Self.run(in: folder)
    #expect(first.code == 0, "\(first.errors)")
    #expect(Self.trainings(first) == 5)
    let report = folder.text("reports/story.md")
    #expect(report.contains("YOLOv8l") && report.contains("l, 10 frozen"))
    #expect(!report.contains("cached"))

    let second = try Self.run(in: folder)
    #expect(second.code == 0 && Self.trainings(second) == 0)
    let again = folder.text("reports/story.md").split(separator: "\n")
    let cached = again.filter { $0.contains(": cached, ") && !$0.hasPrefix("<!--") }
    #expect(cached.count == 5, "train, val, predict, the loop, predict")
    #expect(cached.contains { $0.hasPrefix("4 × train: cached, ") })

    // Another number of frozen modules concerns two of the five runs.
    let frozen = try Self.run(in: folder, "frozen=9")
    #expect(frozen.code == 0 && Self.trainings(frozen) == 2)
    // Another threshold of detection concerns no run at all.
    let conf = try Self.run(in: folder, "conf=0.5")
    #expect(conf.code == 0 && Self.trainings(conf) == 0)
    #expect(conf.output.contains("val: cached") && conf.output.contains("4 × train: cached"))
  }

  @Test func `what it claims is held against what came out`() throws {
    let folder = try Self.prepare()
    let outcome = try Self.run(in: folder, "sizes=[]", "threshold=0.9")
    #expect(outcome.code == 3)
    #expect(outcome.errors.contains("the nano model should be enough for two toys"))
    #expect(folder.text("reports/story.md").contains("the nano model should be enough"))
  }
}
