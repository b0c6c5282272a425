import Foundation
import Testing

/// Jobs in other processes of this machine: `yolos job` and `--jobs N`.
@Suite("Jobs in other processes", .serialized)
struct JobProcessTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func run(_ arguments: String..., whileRunning: (Process) -> Void = { _ in }) throws
    -> Binary.Outcome
  {
    try Binary.run(arguments, in: folder, whileRunning: whileRunning)
  }

  @Test func `two processes give the report of a plain run, and nothing is computed twice`() throws
  {
    try TravelingJobs.prepare(folder)
    let plain = try run("run", "a.yolos", "-o", "plain/a.md", "--fresh")
    #expect(plain.code == 0, "\(plain.errors)")
    #expect(TravelingJobs.runs(in: folder) == TravelingJobs.folders)
    try FileManager.default.removeItem(atPath: folder.path + "/runs")
    try FileManager.default.removeItem(atPath: folder.path + "/.yolos")

    let parallel = try run("run", "a.yolos", "-o", "parallel/a.md", "--jobs", "2")
    #expect(parallel.code == 0, "\(parallel.errors)")
    #expect(parallel.output.contains("frozen 3: done in "))
    #expect(TravelingJobs.difference("plain/a.md", "parallel/a.md", in: folder) == "")
    #expect(TravelingJobs.runs(in: folder) == TravelingJobs.folders)
    let jobs = folder.path + "/.yolos/jobs"
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: jobs).sorted() == ["data", "models"])

    let times = try TravelingJobs.times(in: folder)
    let again = try run("run", "a.yolos", "-o", "again/a.md", "--jobs", "2")
    #expect(again.code == 0 && again.output.contains("cached"), "\(again.errors)")
    // What trainings warn of is not kept, so a plain run with a cache is what this compares with.
    #expect(try run("run", "a.yolos", "-o", "cached/a.md").code == 0)
    #expect(TravelingJobs.difference("cached/a.md", "again/a.md", in: folder) == "")
    #expect(try TravelingJobs.times(in: folder) == times)
    let checked = try run("check", "plain/a.md", "--jobs", "3")
    #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
  }

  @Test func `a killed job is an error at its step, and the others are kept`() throws {
    try TravelingJobs.prepare(folder)
    var isKilled = false
    let failed = try run("run", "a.yolos", "-p", "epochs=8", "--jobs", "2") { _ in
      // The second of the two that run: not the first in the script.
      _ = TravelingJobs.wait { TravelingJobs.workers(in: folder).count == 2 }
      if let process = TravelingJobs.workers(in: folder).max() {
        isKilled = kill(process, SIGKILL) == 0
      }
    }
    #expect(isKilled && failed.code == 1)
    #expect(failed.errors.contains("was ended by signal 9"), "\(failed.errors)")
    #expect(failed.errors.contains("a.yolos:"), "the error has a place")
    #expect(folder.text("reports/a.md").contains("was ended by signal 9"))
    let times = try TravelingJobs.times(in: folder)
    #expect(TravelingJobs.runs(in: folder).count == 9, "all that were asked for were begun")
    let again = try run("run", "a.yolos", "-p", "epochs=8", "--jobs", "2")
    #expect(again.code == 0, "\(again.errors)")
    let later = try TravelingJobs.times(in: folder)
    #expect(later.keys.sorted() == TravelingJobs.folders, "the killed one goes on in its folder")
    #expect(times.filter { later[$0.key] == $0.value }.count >= 8, "the others are not done again")
  }

  @Test func `a program that is killed finds its jobs again`() throws {
    try TravelingJobs.prepare(folder)
    _ = try run("run", "a.yolos", "-p", "epochs=8", "--jobs", "2") { process in
      _ = TravelingJobs.wait {
        TravelingJobs.workers(in: folder).count == 2 && TravelingJobs.waiting(in: folder) == 9
      }
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(!TravelingJobs.workers(in: folder).isEmpty, "jobs outlive the program")
    let again = try run("run", "a.yolos", "-p", "epochs=8", "--jobs", "2")
    #expect(again.code == 0, "\(again.errors)")
    #expect(TravelingJobs.runs(in: folder) == TravelingJobs.folders)
  }

  @Test func `two programs at once do each job once`() throws {
    try TravelingJobs.prepare(folder)
    // Without a training that warns: who finds its result does not.
    try folder.write(TravelingJobs.script.replacing("imgsz=40", with: "imgsz=32"), to: "a.yolos")
    let other = Process()
    other.executableURL = URL(fileURLWithPath: Binary.path)
    other.arguments = ["run", "a.yolos", "-o", "other/a.md"]
    other.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    other.standardOutput = FileHandle.nullDevice
    try other.run()
    let outcome = try run("run", "a.yolos", "-o", "one/a.md", "--jobs", "2")
    other.waitUntilExit()
    #expect(outcome.code == 0 && other.terminationStatus == 0, "\(outcome.errors)")
    #expect(TravelingJobs.difference("one/a.md", "other/a.md", in: folder) == "")
    #expect(TravelingJobs.runs(in: folder) == TravelingJobs.folders)
  }

  @Test func `an interrupt lets jobs finish their batch, and what they did can go on`() throws {
    try TravelingJobs.prepare(folder)
    let stopped = try run("run", "a.yolos", "-p", "epochs=200", "--jobs", "2") { process in
      _ = TravelingJobs.wait {
        ["runs-1", "frozen-0"].allSatisfy { folder.has("runs/\($0)/weights/last.safetensors") }
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.code == 130, "\(stopped.errors)")
    #expect(folder.has("runs/runs-1/weights/state.yolosrun"))
    #expect(TravelingJobs.workers(in: folder).isEmpty)
    #expect(folder.text("reports/a.md").contains("interrupted"))
    // The frozen one goes on where it stands, in its folder.
    let epochs = folder.text("runs/frozen-0/results.csv").split(separator: "\n").count
    _ = try run("run", "a.yolos", "-p", "epochs=200", "--jobs", "2") { process in
      _ = TravelingJobs.wait {
        folder.text("runs/frozen-0/results.csv").split(separator: "\n").count > epochs
      }
      kill(process.processIdentifier, SIGINT)
      usleep(200_000)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(folder.text("runs/frozen-0/results.csv").split(separator: "\n").count > epochs)
    #expect(!folder.has("runs/frozen-02"))
    #expect(TravelingJobs.workers(in: folder).isEmpty)
  }

  @Test func `a step that fails waits for the jobs before it, and the report says so`() throws {
    try TravelingJobs.prepare(folder)
    try folder.write(
      """
      data = dataset "toys/toys.yaml"
      nano = load "yolov8n.yaml"
      first = train nano data=data epochs=1 imgsz=32 batch=2
      assert 1 > 2, "no"

      """, to: "b.yolos")
    for options in [[], ["--jobs", "2"]] {
      let outcome = try Binary.run(
        ["run", "b.yolos", "-o", "\(options.count)/b.md", "--fresh"] + options, in: folder)
      #expect(outcome.code == 3, "\(outcome.errors)")
    }
    #expect(TravelingJobs.difference("0/b.md", "2/b.md", in: folder) == "")
  }

  @Test func `a broken job file is a clear sentence`() throws {
    let head = "{\"head\": {\"format\": \"yolos-job\", \"layout\": 1"
    for (text, sentence) in [
      ("", "this is no job file"), ("{\"head\": 3}", "this is no job file"),
      ("[1, 2", "this is no job file"),
      ("{\"head\": {\"format\": \"yolos-job\", \"layout\": 99}}", "layout 99, expected 1"),
      (head + "}}", "'head.engine' is missing"),
      (
        head + ", \"engine\": {\"version\": \"0\", \"numbers\": 1, \"backend\": \"native\"}, "
          + "\"key\": \"\", \"kind\": \"X\", \"title\": \"\", \"models\": [], \"datasets\": [], "
          + "\"place\": {\"directory\": \"/\", \"baseFolder\": \".\", \"runsFolder\": \"\", "
          + "\"shownRunsFolder\": \"\", \"cacheFolder\": \"\", \"isClaimed\": false}}}",
        "run the same yolos on every machine"
      ),
    ] {
      try folder.write(text, to: "job.json")
      let outcome = try run("job", "job.json")
      #expect(outcome.code == 2 && outcome.output.isEmpty)
      #expect(outcome.errors.contains(sentence), "\(text): \(outcome.errors)")
    }
    #expect(try run("job", "absent.json").errors.contains("no such file"))
  }

  @Test func `a job says how far it is in lines of JSON, and says what it cannot see`() throws {
    try TravelingJobs.prepare(folder)
    // A job that cannot start leaves its file.
    try folder.write(
      """
      data = dataset "toys/toys.yaml"
      first = train (load "yolov8n.yaml") data=data epochs=2 imgsz=32 batch=2

      """, to: "c.yolos")
    _ = try run("run", "c.yolos", "--jobs", "1") { process in
      _ = TravelingJobs.wait { !TravelingJobs.workers(in: folder).isEmpty }
      for worker in TravelingJobs.workers(in: folder) { kill(worker, SIGKILL) }
    }
    let jobs = folder.path + "/.yolos/jobs"
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: jobs).first { $0.count == 20 })
    let file = ".yolos/jobs/\(name)/job.json"
    let done = try run("job", file)
    #expect(done.code == 0, "\(done.errors)")
    let events = try done.output.split(separator: "\n").map {
      try #require(
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["event"] as? String
    }
    #expect(events.first == "started" && events.last == "ended" && events.contains("line"))
    #expect(folder.has(".yolos/jobs/\(name)/result.json"))
    // What is done is not done again.
    #expect(try run("job", file).output.contains("done before"))
    #expect(try run("run", "c.yolos").output.contains("cached"))

    try FileManager.default.removeItem(atPath: "\(jobs)/\(name)/result.json")
    try FileManager.default.moveItem(
      atPath: folder.path + "/toys", toPath: folder.path + "/elsewhere")
    let blind = try run("job", file)
    #expect(blind.code == 1 && blind.errors.contains("cannot see "), "\(blind.errors)")
    try folder.write(folder.text(file).replacing("\"_0\" : 2\n", with: "\"_0\" : 3\n"), to: file)
    #expect(try run("job", file).errors.contains("the file was edited"))
  }
}
