import Language
import Testing

/// What the prompt says to lines of Python, of a shell and of a notebook: the line to type instead.
@Suite struct ForeignLineTests {
  private func hints(_ line: String) -> [String?] {
    let result = Parser.parse(SourceText(name: "prompt", line + "\n"))
    let findings =
      result.isClean
      ? Checker.check(result.program, table: MockCommands.table, host: MockHost())
      : result.diagnostics
    return findings.filter { $0.severity == .error }.map(\.hint)
  }

  @Test(arguments: [
    ("m = YOLO(\"yolov8n.pt\")", "m = load \"yolov8n.pt\""),
    ("YOLO('yolov8n.pt', task='detect')", "load \"yolov8n.pt\""),
    (
      "yolo detect train data=coco8.yaml model=yolov8n.pt epochs=3 cache=True",
      "train (load \"yolov8n.pt\") data=(dataset \"coco8.yaml\") epochs=3 cache=true"
    ),
    (
      "yolo predict model=best.pt source='a b.jpg'", "predict (load \"best.pt\") source=\"a b.jpg\""
    ),
    ("print(\"x\")", "print \"x\""), ("print(f\"{x:.3f}\")", "print \"{x:.3f}\""),
    ("load(\"yolov8n.pt\")", "load \"yolov8n.pt\""),
    ("model.predict(\"a.jpg\")", "predict model source=\"a.jpg\""),
    (
      "r = model.train(data='a.yaml', epochs=3, imgsz=[1, 2])",
      "r = train model data=(dataset \"a.yaml\") epochs=3 imgsz=[1, 2]"
    ),
    (
      "YOLO(\"yolov8n.pt\").train(data=\"a.yaml\")",
      "train (load \"yolov8n.pt\") data=(dataset \"a.yaml\")"
    ),
    ("model.val()", "val model"),
  ]) func `the line to type is given`(line: String, expected: String) {
    #expect(hints(line) == ["write: " + expected])
  }

  @Test(arguments: [
    ("exit()", "Ctrl-D"), ("quit", "Ctrl-D"), ("exit", "Ctrl-D"),
    ("!ls -l", "type ls -l in another"),
    ("%time train", "no magics"), ("from ultralytics import YOLO", "no import needed"),
    ("import os", "no import needed"),
  ]) func `what has no line here is explained`(line: String, part: String) throws {
    let hint = try #require(hints(line).first ?? nil)
    #expect(hint.contains(part), "\(hint)")
  }

  @Test func `other errors keep their own hints, and good lines have none`() {
    #expect(hints("x = lenn([1])").first == .some("did you mean 'len'?"))
    #expect(hints("print \"print(1)\"").isEmpty)
    let long = "print(\"" + String(repeating: "x", count: 500) + "\")"
    #expect(hints(long).first??.hasPrefix("write: ") == false)
  }
}
