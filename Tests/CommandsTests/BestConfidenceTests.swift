import Foundation
import TestSupport
import Testing

@Suite("The confidence of the best F1 in scripts")
struct BestConfidenceTests {
  /// Toys that the nano model of the repository knows, and a short run on them.
  private static let start = """
    d = toys "d" kinds=["bear", "rabbit"] train=8 val=6 test=2 size=128 seed=4
    nano = load "models/nano.safetensors"
    r = train nano data=d epochs=2 imgsz=128 batch=4 nbs=4 optimizer="AdamW" lr0=0.001 name="r"

    """

  private func run(_ text: String, in folder: TestFolder) throws -> Binary.Outcome {
    try folder.write(text, to: "s.yolos")
    return try Binary.run(["run", "s.yolos"], in: folder)
  }

  @Test func `predict finds by the word what it finds by the number, also from the file`() throws {
    let folder = try TestFolder.withModels()
    let first = try run(Self.start, in: folder)
    #expect(first.code == 0, "\(first.errors)")
    let outcome = try run(
      Self.start + """
        v = val r.best data=d imgsz=128 batch=8
        assert v.best_f1 > 0, "the short run finds something"
        assert v.best_conf == r.best.best_conf, "the run's own validation is the same"
        assert len(v.by_class) == 2 and v.by_class[0].name == "bear", "a row a class"
        one = predict r source=d.val conf="best" imgsz=128
        two = predict r source=d.val conf=v.best_conf imgsz=128
        assert one.counts == two.counts and one.count > 0, "the word means the number"
        again = load "runs/r/weights/best.safetensors"
        assert again.best_conf == v.best_conf, "the file carries it"
        three = predict again source=d.val conf="best" imgsz=128
        assert three.counts == one.counts, "from the file as from the run"
        export again to="copy.safetensors"
        copy = load "copy.safetensors"
        assert copy.best_conf == v.best_conf, "an export keeps it"
        frozen = freeze copy layers=10
        assert frozen.best_conf == v.best_conf, "so does freezing"
        summary frozen
        again
        four = predict [again, r] source=d.val conf="best" imgsz=128
        assert four.count == 2 * one.count, "each model by its own"
        five = predict r source=d.val conf="best by class" imgsz=128
        show v
        show one
        show five
        plot v
        compare r
        """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(500))\(outcome.errors)")
    let report = folder.text("reports/s.md")
    for text in [
      "Confidence threshold with the best F1", "Detected at the best confidence, 0.",
      "Detected at the best confidence of each class: bear 0.", "confidence of best F1",
      "best F1 0.", "val split, 128 px",
    ] { #expect(report.contains(text), "\(text)") }
  }

  @Test func `by class each class is found at its own confidence`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(
      Self.start + """
        v = val r.best data=d imgsz=128 batch=8
        found = predict r source=d.val conf="best by class" imgsz=128
        total = 0
        for c in v.by_class {
          own = predict r source=d.val conf=c.best_conf classes=[c.name] imgsz=128
          total += own.count
        }
        assert found.count == total and total > 0, "the classes do not compete"
        """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(500))\(outcome.errors)")
  }

  @Test func `another size than that of the validation is remarked`() throws {
    let folder = try TestFolder.withModels()
    let outcome = try run(
      Self.start + "predict r source=d.val conf=\"best\" imgsz=96", in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      folder.text("reports/s.md").contains("was measured at imgsz=128; at imgsz=96 a different one")
    )
  }

  @Test func `a model without a validation is told to be validated`() throws {
    let folder = try TestFolder.withModels()
    let script = """
      d = toys "d" kinds=["bear"] train=1 val=1 test=0 size=64
      nano = load "yolov8n.yaml"
      predict nano source=d.val conf="best" imgsz=64
      """
    let outcome = try run(script, in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("its best confidence is unknown"))
    #expect(outcome.errors.contains("measure it with v = val MODEL data=…"))
    for (text, expected) in [
      ("\"bset\"", "is a number, \"best\" or \"best by class\", found \"bset\""),
      ("\"0.5\"", "remove the quotes"), ("2", "from 0 to 1, found 2"),
    ] {
      let outcome = try run(script.replacing("\"best\"", with: text), in: folder)
      #expect(outcome.code == 2 && outcome.errors.contains(expected), "\(outcome.errors)")
    }
  }
}
