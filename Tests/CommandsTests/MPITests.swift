import Files
import Foundation
import TestSupport
import Testing

/// Ranks wait awake: beside other tests on few cores they are slow, so somebody has to ask for them.
let isMPIInstalled =
  ProcessInfo.processInfo.environment["YOLOS_MPI"] == "1"
  && FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")

/// Trainings over ranks that `mpirun` starts; RanksTrainingTests has more of them, whose ranks are threads.
@Suite(
  "Ranks by MPI", .serialized,
  .enabled(if: isMPIInstalled, "needs YOLOS_MPI=1 and Open MPI (on Debian: openmpi-bin)"))
struct MPITests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    let toys = "toys \"toys\" kinds=[\"oslik\", \"ovecka\"] train=10 val=2 test=0 size=32"
    let outcome = try Binary.run(["-c", toys], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  /// Runs a script on so many ranks of this machine, or alone.
  private func run(
    _ script: String, on ranks: Int, to report: String, _ arguments: String...,
    whileRunning: (Process) -> Void = { _ in }
  ) throws -> Binary.Outcome {
    try folder.write(script, to: "a.yolos")
    let launcher = [
      "/usr/bin/mpirun", "--oversubscribe", "--bind-to", "none", "-n", "\(ranks)",
    ]
    return try Binary.run(
      ["run", "a.yolos", "-o", report, "--fresh", "--threads", "1"] + arguments,
      by: ranks > 1 ? launcher : [], in: folder,
      environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"],
      whileRunning: whileRunning)
  }

  /// The last weights of a run, by their digest.
  private func weights(_ run: String) throws -> Digest {
    try Digest(ofFile: "\(folder.path)/runs/\(run)/weights/last.safetensors")
  }

  private func forgetRuns() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/runs")
  }

  @Test func `any number of ranks gives the weights and the report of one process`() throws {
    let script = """
      # # Two trainings
      data = dataset "toys/toys.yaml"
      nano = load "yolov8n.yaml"
      six = train nano data=data epochs=2 imgsz=32 batch=6
      set memory="low"
      frozen = train nano data=data epochs=2 imgsz=32 batch=16 freeze=10
      compare [six, frozen]

      """
    let alone = try run(script, on: 1, to: "alone/a.md")
    #expect(alone.code == 0, "\(alone.output)\(alone.errors)")
    let whole = [try weights("six"), try weights("frozen")]
    for ranks in [2, 4, 8] {
      try forgetRuns()
      let outcome = try run(script, on: ranks, to: "ranks\(ranks)/a.md")
      #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
      #expect([try weights("six"), try weights("frozen")] == whole, "\(ranks) ranks")
      #expect(TravelingJobs.runs(in: folder) == ["frozen", "six"], "rank 0 alone writes")
      #expect(TravelingJobs.difference("alone/a.md", "ranks\(ranks)/a.md", in: folder) == "")
    }
  }

  @Test func `a rank that is killed ends all with a sentence, and two ranks resume`() throws {
    let script = """
      param epochs = 20
      data = dataset "toys/toys.yaml"
      nano = load "yolov8n.yaml"
      run = train nano data=data epochs=epochs imgsz=32 batch=6

      """
    let alone = try run(script, on: 1, to: "a.md")
    #expect(alone.code == 0, "\(alone.errors)")
    let whole = try weights("run")
    try forgetRuns()
    let killed = try run(script, on: 4, to: "b.md") { _ in
      #expect(TravelingJobs.wait { folder.has("runs/run/weights/last.safetensors") })
      let victim = process(ofRank: 2)
      #expect(victim != nil)
      if let victim { kill(victim, SIGKILL) }
    }
    #expect(killed.code != 0)
    for rank in [0, 1, 3] {
      #expect(killed.errors.contains("rank \(rank) of 4"), "\(killed.errors)")
    }
    #expect(folder.has("runs/run/weights/state.yolosrun"))
    let resumed = try run(
      "data = dataset \"toys/toys.yaml\"\nrun = resume \"runs/run\" data=data\n", on: 2, to: "c.md")
    #expect(resumed.code == 0, "\(resumed.output)\(resumed.errors)")
    #expect(try weights("run") == whole)
  }

  @Test func `a signal that mpirun passes on ends a training after its batch`() throws {
    let script = """
      data = dataset "toys/toys.yaml"
      nano = load "yolov8n.yaml"
      run = train nano data=data epochs=500 imgsz=32 batch=6
      print run.epochs

      """
    let outcome = try run(script, on: 2, to: "a.md") { _ in
      #expect(TravelingJobs.wait { folder.has("runs/run/weights/last.safetensors") })
      for rank in 0..<2 { if let process = process(ofRank: rank) { kill(process, SIGUSR1) } }
    }
    #expect(outcome.code == 130, "\(outcome.output)\(outcome.errors)")
    #expect(folder.has("a.md") && folder.has("runs/run/weights/state.yolosrun"))
  }

  /// The process of this test that is a rank.
  private func process(ofRank rank: Int) -> Int32? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.first { process in
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
      guard place == folder.path,
        let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
      else { return false }
      return environment.split(separator: 0).contains(
        Data("OMPI_COMM_WORLD_RANK=\(rank)".utf8))
    }
  }
}
