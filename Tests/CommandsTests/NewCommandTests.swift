import Foundation
import TestSupport
import Testing

/// First scripts: `yolos new`.
@Suite("A first script")
struct NewCommandTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func run(_ arguments: String...) throws -> Binary.Outcome {
    try Binary.run(arguments, in: folder)
  }

  private func draw(_ options: String) throws {
    let outcome = try run("-c", "toys \"plush\" kinds=[\"oslik\", \"ovecka\"] \(options)")
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  @Test func `it fits its dataset, is in the one style, and runs`() throws {
    try draw("train=6 val=3 test=2 size=80 backgrounds=0.4")
    let outcome = try run("new", "toys.yolos", "--data", "plush/")
    #expect(outcome.code == 0 && outcome.output.hasPrefix("wrote toys.yolos;"))
    let script = folder.text("toys.yolos")
    #expect(script.contains("dataset \"plush\"\n"), "\(script)")
    #expect(script.contains("= 96 "), "\(script)")
    #expect(script.contains("recipe=\"small\""))
    #expect(script.contains("3 images to validate on"))
    #expect(script.contains("source=data.test"))
    #expect(script.contains("nothing = predict first source=\"plush/"), "\(script)")
    #expect(try run("fmt", "--check", "toys.yolos").code == 0)
    #expect(try run("lint", "toys.yolos").code == 0)
    let trial = try run("run", "toys.yolos", "-p", "epochs=1", "-p", "weights=yolov8n.yaml")
    #expect(trial.code == 0, "\(trial.errors)")
    #expect(folder.text("reports/toys.md").contains("What we learned"))
  }

  @Test func `paths count from the script, and no image without objects means no such step`() throws
  {
    try draw("train=4 val=2 test=0 size=64 backgrounds=0")
    #expect(try run("new", "scripts/a.yolos", "--data", "plush/toys.yaml").code == 0)
    let script = folder.text("scripts/a.yolos")
    #expect(script.contains("dataset \"../plush/toys.yaml\""), "\(script)")
    #expect(!script.contains("nothing ="))
    #expect(try run("fmt", "--check", "scripts/a.yolos").code == 0)
    #expect(try run("lint", "scripts/a.yolos").code == 0)
  }

  @Test func `images without a validation split are split by the script, which runs twice`() throws
  {
    try draw("train=8 val=0 test=0 size=64")
    #expect(try run("new", "a.yolos", "--data", "plush").code == 0)
    #expect(folder.text("a.yolos").contains("convert all.train to=\"a-split\" val=0.25"))
    for _ in 0..<2 {
      let trial = try run("run", "a.yolos", "-p", "epochs=1", "-p", "weights=yolov8n.yaml")
      #expect(trial.code == 0, "\(trial.errors)")
    }
  }

  @Test func `exports of labeling tools are datasets, too`() throws {
    let case_ = Shared.testCase("formats")
    for entry in try FileManager.default.contentsOfDirectory(atPath: case_).sorted() {
      let data = case_ + "/" + entry
      guard try Binary.run(["-c", "dataset \"\(data)\""], in: folder).code == 0 else { continue }
      let outcome = try Binary.run(["new", "\(entry).yolos", "--data", data], in: folder)
      #expect(outcome.code == 0, "\(entry): \(outcome.errors)")
      #expect(try run("lint", "\(entry).yolos").code == 0, "\(entry)")
    }
  }

  @Test func `official weights are taken where they were fetched, else those that came along`()
    throws
  {
    try draw("train=4 val=2 test=0 size=64")
    #expect(try run("new", "a.yolos", "--data", "plush").code == 0)
    #expect(folder.text("a.yolos").contains("param weights = \"yolov8n.yaml\""))
    for name in ["share/notebooks", "share/models", ".local/share/yolos/weights"] {
      try FileManager.default.createDirectory(
        atPath: folder.path + "/" + name, withIntermediateDirectories: true)
    }
    try folder.write("", to: "share/models/nano.safetensors")
    let share = ["YOLOS_SHARE": folder.path + "/share"]
    _ = try Binary.run(["new", "b.yolos", "--data", "plush"], in: folder, environment: share)
    let nano = folder.path + "/share/models/nano.safetensors"
    #expect(folder.text("b.yolos").contains("param weights = \"\(nano)\""))
    try folder.write("", to: ".local/share/yolos/weights/yolov8n.pt")
    _ = try Binary.run(["new", "c.yolos", "--data", "plush"], in: folder, environment: share)
    #expect(folder.text("c.yolos").contains("param weights = \"yolov8n.pt\""))
    #expect(try run("new", "d.yolos", "--data", "plush", "--weights", "yolov8s.yaml").code == 0)
    #expect(folder.text("d.yolos").contains("param weights = \"yolov8s.yaml\""))
  }

  @Test func `nothing is overwritten, and what is wrong is said`() throws {
    try draw("train=4 val=2 test=0 size=64")
    try folder.write("mine", to: "a.yolos")
    let taken = try run("new", "a.yolos", "--data", "plush")
    #expect(taken.code == 2 && taken.errors.contains("there is a file 'a.yolos' already"))
    #expect(folder.text("a.yolos") == "mine")
    let absent = try run("new", "b.yolos", "--data", "nowhere")
    #expect(absent.code == 2 && absent.errors.contains("no such file or folder: 'nowhere'"))
    let name = try run("new", "b.txt", "--data", "plush")
    #expect(name.code == 2 && name.errors.contains("a script's name ends in .yolos"))
    #expect(!folder.has("b.yolos"))
  }
}
