import Foundation
import Testing

@Suite("Threads, backend, cache: what is given on the command line")
struct WorkOptionsTests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write(
      """
      param epochs = 1
      data = toys "toys" kinds=["oslik", "ovecka"] train=4 val=2 test=0 size=64
      nano = load "yolov8n.yaml"
      first = train nano data=data epochs=epochs imgsz=64 batch=4
      print first.best.digest
      """, to: "a.yolos")
  }

  private func run(_ arguments: String...) throws -> Binary.Outcome {
    try Binary.run(["run", "a.yolos"] + arguments, in: folder)
  }

  private static func digest(_ outcome: Binary.Outcome) -> String? {
    outcome.output.split(separator: "\n").map(String.init).first { $0.count == 64 }
  }

  @Test func `the same bits come out on one thread and on three, run afresh`() throws {
    let one = try run("--threads", "1"), three = try run("--threads", "3", "--fresh")
    #expect(one.code == 0 && three.code == 0, "\(one.errors)\(three.errors)")
    #expect(Self.digest(one) != nil)
    #expect(Self.digest(one) == Self.digest(three))
  }

  @Test func `what has run before comes from the cache, and --fresh runs it anew`() throws {
    #expect(try !run().output.contains("cached"))
    let second = try run()
    #expect(second.output.contains("train: cached, "), "\(second.output)")
    #expect(!second.output.contains("epoch 1"))
    let fresh = try run("--fresh")
    #expect(fresh.output.contains("epoch 1") && !fresh.output.contains("cached"))
    #expect(try run("-p", "epochs=2").output.contains("epoch 2"))
  }

  @Test func `a report says what came from the cache, and a check does not mind`() throws {
    _ = try run()
    #expect(try run("-o", "r.md").code == 0)
    #expect(folder.text("r.md").contains("train: cached, "))
    let check = try Binary.run(["check", "r.md"], in: folder)
    #expect(check.code == 0, "\(check.output)\(check.errors)")
  }

  @Test func `another backend has results of its own and is named in the report`() throws {
    let native = try run(), other = try run("--backend", "openblas")
    #expect(native.code == 0 && other.code == 0, "\(other.errors)")
    #expect(other.output.contains("epoch 1"), "what another backend has computed does not serve")
    #expect(folder.text("reports/a.md").contains("openblas"))
  }

  @Test(arguments: [
    (["--threads", "0"], "--threads is a number from 1 to 1024, not 0"),
    (["--threads", "many"], "'many' is invalid for '--threads"),
    (["--backend", "cuda"], "unknown backend 'cuda'; choose from native and openblas"),
    (["--frsh"], "Unknown option '--frsh'"),
  ])
  func `options that cannot work are refused before anything runs`(
    arguments: [String], message: String
  ) throws {
    let outcome = try Binary.run(["run", "a.yolos"] + arguments, in: folder)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!folder.has("toys"))
  }
}

@Suite("What runs are called")
struct RunTitleTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func run(_ steps: String) throws -> Binary.Outcome {
    let head = """
      data = toys "toys" kinds=["oslik", "ovecka"] train=2 val=1 test=0 size=32
      nano = load "yolov8n.yaml"

      """
    return try Binary.run(["-c", head + steps], in: folder)
  }

  private static let options = "data=data epochs=1 imgsz=32 batch=2"

  @Test func `a run bears the name it is bound to, unless name= says otherwise`() throws {
    let outcome = try run(
      """
      first = train nano \(Self.options)
      print "<{first.name}>"
      runs = []
      runs += train nano \(Self.options) freeze=10
      runs += train nano \(Self.options) freeze=9 name="nine"
      for run in runs { print "<{run.name}>" }
      def best(model, data) { return train model data=data epochs=1 imgsz=32 batch=2 freeze=8 }
      third = best nano data
      print "<{third.name}>"
      """)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let names = outcome.output.split(separator: "\n").filter { $0.hasPrefix("<") }
    #expect(names == ["<first>", "<runs 1>", "<nine>", "<yolov8n>"])
    for name in ["first", "runs-1", "nine", "yolov8n"] {
      #expect(folder.has("runs/\(name)/weights/best.safetensors"), "\(name)")
    }
  }

  @Test func `a variable that is renamed finds its training in the cache`() throws {
    _ = try run("first = train nano \(Self.options)")
    let outcome = try run("second = train nano \(Self.options)\nprint \"<{second.name}>\"")
    #expect(outcome.output.contains("train: cached, "))
    #expect(outcome.output.contains("<second>"))
  }
}

@Suite("Settings and the static check")
struct SettingCheckTests {
  private func findings(_ steps: String) throws -> String {
    let folder = try TestFolder()
    try folder.write(
      "data = toys \"toys\"\nnano = load \"yolov8n.yaml\"\n" + steps, to: "a.yolos")
    return try Binary.run(["lint", "a.yolos"], in: folder).errors
  }

  private static let all = "would freeze all 23 modules"

  @Test(arguments: [
    "set compat=\"8.0.120\"\nrun = train nano data=data freeze=23",
    "if len(nano.classes) > 3 { set compat=\"8.0.120\" }\nrun = train nano data=data freeze=23",
    "for rules in [\"8.4\", \"8.0.120\"] { set compat=rules }\nrun = train nano data=data freeze=23",
    "def f(m, d) { return train m data=d freeze=23 }\nset compat=\"8.0.120\"\nrun = f nano data",
  ]) func `what the rules in force may allow is not refused`(steps: String) throws {
    #expect(try findings(steps) == "")
  }

  @Test(arguments: [
    "run = train nano data=data freeze=23",
    "set compat=\"8.0.120\"\nset compat=\"8.4\"\nrun = train nano data=data freeze=23",
    "set seed=3\nif len(nano.classes) > 3 { set seed=4 }\nrun = train nano data=data freeze=23",
  ]) func `what they refuse for certain is found before anything runs`(steps: String) throws {
    #expect(try findings(steps).contains(Self.all))
  }
}
