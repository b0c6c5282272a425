import Testing

@Suite("Extending a run")
struct ExtensionTests {
  private static let first = """
    plush = toys "plush" kinds=["oslik", "ovecka"] train=4 val=2 test=0 size=64
    nano = load "yolov8n.yaml"
    first = train nano data=plush epochs=1 imgsz=64 batch=2 freeze=10 warmup_momentum=0.5 seed=3
    """

  private static func run(_ more: String, in folder: TestFolder) throws -> Binary.Outcome {
    try folder.write(first + "\n" + more, to: "extension.yolos")
    return try Binary.run(["run", "extension.yolos"], in: folder)
  }

  @Test func `it has the data and options of the run, and says so`() throws {
    let folder = try TestFolder()
    let outcome = try Self.run("more = extend first epochs=2\nshow more", in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let report = folder.text("reports/extension.md")
    for line in [
      "epochs=2  (given)", "batch=2  (as in first)", "imgsz=64  (as in first)",
      "freeze=10  (as in first)", "seed=3  (as in first)", "optimizer=AdamW  (as in first)",
      "warmup_momentum=0.8  (default)",
    ] { #expect(report.contains("\n\(line)\n"), "\(line)") }
    #expect(report.contains("Extending first by 2 epochs from its last weights"))
  }

  @Test func `what is given replaces it, and another optimizer has defaults of its own`() throws {
    let folder = try TestFolder()
    let outcome = try Self.run(
      "more = extend first epochs=1 batch=4 freeze=none optimizer=\"SGD\" name=\"other\"\nshow more",
      in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let report = folder.text("reports/extension.md")
    for line in [
      "batch=4  (given)", "freeze=null  (given)", "optimizer=SGD  (given)", "lr0=0.01  (default)",
      "momentum=0.937  (default)", "imgsz=64  (as in first)",
    ] { #expect(report.contains("\n\(line)\n"), "\(line)") }
  }

  @Test func `data that no file names must be given again`() throws {
    let folder = try TestFolder()
    let part = Self.first.replacing("data=plush", with: "data=(merge plush classes=[\"ovecka\"])")
    try folder.write(part + "\nextend first epochs=1", to: "part.yolos")
    let outcome = try Binary.run(["run", "part.yolos"], in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("is not the one 'first' was trained on"))
    #expect(outcome.errors.contains("name the data to use: data=…"))
  }
}
