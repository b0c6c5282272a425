import Files
import Foundation
import TestSupport
import Testing

/// Slurm on this machine: a controller and nodes, as `../shared/slurm/slurm-here` starts them.
final class SlurmHere {
  private static let script = Shared.folder("slurm/slurm-here")?.path

  /// Whether it is asked for and can be started: the script, root, and Debian's packages.
  ///
  /// Its daemons have fixed ports and may outlive a test that is killed: nobody gets them without asking.
  static let isPossible =
    ProcessInfo.processInfo.environment["YOLOS_SLURM"] == "1" && script != nil && getuid() == 0
    && ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch"]
      .allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

  let folder = NSTemporaryDirectory() + "yolos-slurm-" + UUID().uuidString

  /// Held while it runs: its ports are the same for everybody on this machine.
  private let lock: FileHandle

  /// Starts so many nodes, once no other test of this machine has any.
  init(nodes: Int) throws {
    let path = "/tmp/yolos-slurm-tests.lock"
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    lock = try #require(FileHandle(forUpdatingAtPath: path))
    #expect(flock(lock.fileDescriptor, LOCK_EX) == 0)
    let outcome = try run(try #require(Self.script), "start", folder, "\(nodes)")
    try #require(outcome.contains("export SLURM_CONF="), "\(outcome)")
  }

  deinit {
    let processes = ids
    _ = try? run(Self.script ?? "", "stop", folder)
    // The next one wants the same ports.
    _ = TravelingJobs.wait(20) { processes.allSatisfy { kill($0, 0) != 0 } }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// What clients need to find it.
  var environment: [String: String] { ["SLURM_CONF": folder + "/slurm.conf"] }

  private var ids: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".pid") }.compactMap {
      let text = try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
      return text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
  }

  /// Ends the controller and starts it again.
  func restartController() throws {
    let text = try String(contentsOfFile: folder + "/slurmctld.pid", encoding: .utf8)
    let id = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    kill(id, SIGTERM)
    #expect(TravelingJobs.wait(30) { kill(id, 0) != 0 })
    _ = try run("/usr/sbin/slurmctld")
  }

  /// All jobs that the controller knows, a line each: number, number in the array, state.
  func jobs() throws -> [[String]] {
    try run(
      "/usr/bin/squeue", "--noheader", "--array", "--states=all", "--format=%F|%K|%T"
    ).split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
  }

  /// Runs a program to its end; daemons that it starts go on.
  @discardableResult
  func run(_ program: String, _ arguments: String...) throws -> String {
    let process = Process(), file = NSTemporaryDirectory() + "yolos-slurm-" + UUID().uuidString
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    defer { try? FileManager.default.removeItem(atPath: file) }
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    // Foundation takes a process for alive while anybody holds its socket, and daemons would.
    let close = "for f in /proc/self/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done"
    // The tests' threads block signals, and daemons that inherit that cannot be ended.
    let unblock = "sigprocmask(SIG_SETMASK, POSIX::SigSet->new); exec @ARGV or die"
    process.arguments =
      ["-c", "\(close); exec perl -MPOSIX -e '\(unblock)' \"$@\"", "bash", program] + arguments
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(environment) { $1 }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
  }
}

/// Jobs on a cluster: `--on slurm`.
@Suite(
  "Jobs on Slurm", .serialized,
  .enabled(
    if: SlurmHere.isPossible,
    "needs YOLOS_SLURM=1, root, slurm-wlm and munge from Debian, and ../shared/slurm/slurm-here"))
struct SlurmTests {
  private let folder: TestFolder
  private let slurm: SlurmHere

  init() throws {
    folder = try TestFolder()
    slurm = try SlurmHere(nodes: 2)
  }

  private func run(
    _ arguments: String..., whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Binary.Outcome {
    var problem: (any Error)?
    let outcome = try Binary.run(arguments, in: folder, environment: slurm.environment) { process in
      do { try whileRunning(process) } catch { problem = error }
    }
    if let problem { throw problem }
    return outcome
  }

  /// Waits until so many jobs run.
  private func waitForRunning(_ count: Int = 1) -> Bool {
    TravelingJobs.wait { ((try? slurm.jobs()) ?? []).count { $0.last == "RUNNING" } >= count }
  }

  /// Waits until all jobs have ended, which they do a moment after their results are there.
  ///
  /// - Returns: Their states; nil where some do not end.
  private func waitForEnds() -> Set<String>? {
    var states: Set<String> = []
    let haveEnded = TravelingJobs.wait {
      states = Set(((try? slurm.jobs()) ?? []).compactMap(\.last))
      return !states.isEmpty && states.isDisjoint(with: ["RUNNING", "PENDING", "COMPLETING"])
    }
    return haveEnded ? states : nil
  }

  @Test func `a cluster gives the report of a plain run`() throws {
    try TravelingJobs.prepare(folder)
    let plain = try run("run", "a.yolos", "-o", "plain/a.md", "--fresh")
    #expect(plain.code == 0, "\(plain.errors)")
    try FileManager.default.removeItem(atPath: folder.path + "/runs")
    try FileManager.default.removeItem(atPath: folder.path + "/.yolos")

    let cluster = try run(
      "run", "a.yolos", "-o", "cluster/a.md", "--on", "slurm", "--slurm",
      "--cpus-per-task=1 --job-name='eight small'")
    #expect(cluster.code == 0, "\(cluster.output)\(cluster.errors)")
    #expect(cluster.output.contains("9 jobs submitted"), "one array: \(cluster.output)")
    #expect(TravelingJobs.difference("plain/a.md", "cluster/a.md", in: folder) == "")
    #expect(TravelingJobs.runs(in: folder) == TravelingJobs.folders)
    #expect(waitForEnds() == ["COMPLETED"])
  }

  @Test(.enabled(if: isMPIInstalled, "needs YOLOS_MPI=1 and Open MPI (openmpi-bin)"))
  func `ranks of two nodes share a training and give its weights`() throws {
    try TravelingJobs.prepare(folder)
    let script = """
      data = dataset "toys/toys.yaml"
      nano = load "yolov8n.yaml"
      shared = train nano data=data epochs=2 imgsz=32 batch=4 ranks=2
      alone = train nano data=data epochs=1 imgsz=32 batch=2
      print shared.last alone.last

      """
    try folder.write(script, to: "a.yolos")
    func weights() throws -> [Digest] {
      try ["shared", "alone"].map {
        try Digest(ofFile: "\(folder.path)/runs/\($0)/weights/last.safetensors")
      }
    }
    let plain = try run("run", "a.yolos", "--fresh")
    #expect(plain.code == 0, "\(plain.errors)")
    let whole = try weights()
    try FileManager.default.removeItem(atPath: folder.path + "/runs")
    try FileManager.default.removeItem(atPath: folder.path + "/.yolos")
    let cluster = try run(
      "run", "a.yolos", "--on", "slurm", "--slurm", "--ntasks-per-node=1")
    #expect(cluster.code == 0, "\(cluster.output)\(cluster.errors)")
    #expect(try weights() == whole)
    #expect(try slurm.jobs().count == 2, "an array for each number of ranks")
    // What is there does not depend on how it came about.
    #expect(try run("run", "a.yolos").output.contains("cached"))
    #expect(try slurm.jobs().count == 2)
  }

  @Test(.enabled(if: isMPIInstalled, "needs YOLOS_MPI=1 and Open MPI (openmpi-bin)"))
  func `an interrupt ends ranks of a cluster after their batch`() throws {
    try TravelingJobs.prepare(folder)
    try folder.write(
      """
      data = dataset "toys/toys.yaml"
      nano = load "yolov8n.yaml"
      run = train nano data=data epochs=500 imgsz=32 batch=4 ranks=2

      """, to: "a.yolos")
    let stopped = try run("run", "a.yolos", "--on", "slurm") { process in
      #expect(waitForRunning())
      _ = TravelingJobs.wait { folder.has("runs/run/weights/last.safetensors") }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.code == 130, "\(stopped.output)\(stopped.errors)")
    #expect(folder.has("runs/run/weights/state.yolosrun"))
    #expect(waitForEnds() != nil)
  }

  @Test func `a drained node, a new controller and a killed program lose nothing`() throws {
    try TravelingJobs.prepare(folder)
    _ = try run("run", "a.yolos", "-p", "epochs=4", "--on", "slurm") { process in
      #expect(waitForRunning())
      try slurm.run(
        "/usr/bin/scontrol", "update", "nodename=node2", "state=drain", "reason=test")
      try slurm.restartController()
      kill(process.processIdentifier, SIGKILL)
    }
    let again = try run("run", "a.yolos", "-p", "epochs=4", "--on", "slurm")
    #expect(again.code == 0, "\(again.output)\(again.errors)")
    #expect(TravelingJobs.runs(in: folder) == TravelingJobs.folders)
    // Nine trainings, the one that goes on, three validations, a prediction: each once.
    #expect(try slurm.jobs().count == 14)
    #expect(try run("run", "a.yolos", "-p", "epochs=4").output.contains("cached"))
  }

  @Test func `a cancelled job is an error at its step, and the others are kept`() throws {
    try TravelingJobs.prepare(folder)
    let failed = try run("run", "a.yolos", "-p", "epochs=4", "--on", "slurm") { _ in
      #expect(waitForRunning())
      let job = try #require(try slurm.jobs().first)[0]
      try slurm.run("/usr/bin/scancel", "\(job)_3")
    }
    #expect(failed.code == 1 && failed.errors.contains("was canceled"), "\(failed.errors)")
    #expect(failed.errors.contains("'frozen 1'"))
    #expect(folder.text("reports/a.md").contains("was canceled"))
    let times = try TravelingJobs.times(in: folder)
    let again = try run("run", "a.yolos", "-p", "epochs=4", "--on", "slurm")
    #expect(again.code == 0, "\(again.output)\(again.errors)")
    let later = try TravelingJobs.times(in: folder)
    #expect(later.keys.sorted() == TravelingJobs.folders)
    #expect(times.allSatisfy { $0.key == "frozen-1" || later[$0.key] == $0.value })
  }

  @Test func `interrupts reach the nodes, and what was refused says why`() throws {
    try TravelingJobs.prepare(folder)
    let stopped = try run("run", "a.yolos", "-p", "epochs=500", "--on", "slurm") { process in
      #expect(waitForRunning())
      _ = TravelingJobs.wait { folder.has("runs/runs-1/weights/last.safetensors") }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.code == 130, "\(stopped.errors)")
    #expect(folder.has("runs/runs-1/weights/state.yolosrun"))
    #expect(waitForEnds() != nil)
    let refused = try run("run", "a.yolos", "--on", "slurm", "--slurm", "--partition=none")
    #expect(refused.code == 1 && refused.errors.contains("Slurm rejected the job: "))
    #expect(refused.errors.contains("partition"), "\(refused.errors)")
  }
}
