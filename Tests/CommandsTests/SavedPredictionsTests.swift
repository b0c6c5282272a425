import Files
import Foundation
import Testing

@Suite("Predictions saved into a folder")
struct SavedPredictionsTests {
  @Test func `every photograph has a picture of its own in its format, and every model a folder`()
    throws
  {
    let folder = try TestFolder()
    let script = """
      a = toys "a" kinds=["bear"] train=1 val=1 test=0 size=64
      b = toys "b" kinds=["bear"] train=1 val=1 test=0 size=64
      nano = load "yolov8n.yaml"
      same = ["a/val/images", "b/val/images", "toy.png"]
      predict nano source=same conf=0 max_det=2 imgsz=64 save="one"
      predict [nano, nano] source=same conf=0 max_det=2 imgsz=64 save="two"
      """
    try folder.write(script, to: "s.yolos")
    let picture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Snapshots/charts/bars.png")
    try FileManager.default.copyItem(
      at: picture.standardized, to: URL(fileURLWithPath: "\(folder.path)/toy.png"))
    let outcome = try Binary.run(["run", "s.yolos"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    func files(_ place: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(place)").sorted()
    }
    let drawn = try files("a/val/images")[0]
    let stem = PathText.withoutSuffix(drawn), kind = PathText.suffix(of: drawn)
    let pictures = ["\(stem)-2.\(kind)", "\(stem).\(kind)", "toy.png"]
    let labels = ["\(stem)-2.txt", "\(stem).txt", "toy.txt"]
    #expect(try files("one") == (pictures + ["labels", "predictions.json"]).sorted())
    let png = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/one/toy.png"))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]), "the file is what its name says")
    #expect(try files("one/labels") == labels)
    let models = try files("two").filter { $0 != "predictions.json" }
    #expect(models.count == 2)
    for model in models { #expect(try files("two/\(model)/labels") == labels) }
  }
}
