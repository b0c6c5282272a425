import Commands
import Foundation
import Testing

@Suite("The doctor")
struct DoctorTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func doctor(_ environment: [String: String] = [:]) throws -> Binary.Outcome {
    try Binary.run(["doctor"], in: folder, environment: environment)
  }

  /// The line of a finding, and the advice beneath it.
  private func finding(_ name: String, in output: String) -> (line: String, advice: String) {
    let lines = output.components(separatedBy: "\n")
    guard
      let index = lines.firstIndex(where: {
        $0.split(separator: " ").dropFirst().first.map(String.init) == name
      })
    else { return ("", "") }
    let next = lines.dropFirst(index + 1).first ?? ""
    return (lines[index], next.contains("-> ") ? next : "")
  }

  @Test func `it looks at everything it promises`() throws {
    let outcome = try doctor()
    #expect(outcome.code == 0, "\(outcome.output)")
    for name in [
      "system", "processor", "cores", "memory", "libraries", "font", "folder", "disk", "home",
      "cache", "notebooks", "weights", "Slurm", "MPI", "Jupyter",
    ] {
      #expect(!finding(name, in: outcome.output).line.isEmpty, "\(name): \(outcome.output)")
    }
    #expect(finding("libraries", in: outcome.output).line.contains("cairo "))
    #expect(finding("cores", in: outcome.output).line.contains("yolos uses "))
    #expect(outcome.output.hasSuffix("For a bug report, paste all of this.\n"))
  }

  @Test func `a report does not tell the name of the home`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/share/notebooks", withIntermediateDirectories: true)
    let outcome = try doctor(["YOLOS_SHARE": folder.path + "/share"])
    #expect(outcome.output.contains("~/share"))
    #expect(!outcome.output.contains(folder.path + "/"))
  }

  @Test func `what is missing is said with what to do`() throws {
    let outcome = try doctor(["PATH": "/nowhere", "HOME": ""])
    #expect(outcome.code == 0, "nobody needs these")
    let slurm = finding("Slurm", in: outcome.output)
    #expect(slurm.line.hasPrefix("  - ") && slurm.advice.contains("apt install slurm-client"))
    #expect(finding("home", in: outcome.output).advice.contains("XDG_DATA_HOME"))
    #expect(finding("weights", in: outcome.output).advice.contains("yolos fetch yolov8n.pt"))
  }

  @Test func `a program that is there is named with its version`() throws {
    try folder.write("#!/bin/sh\necho slurm 99.1\n", to: "sbatch")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/sbatch")
    let outcome = try doctor(["PATH": folder.path])
    #expect(finding("Slurm", in: outcome.output).line.hasSuffix("~/sbatch: slurm 99.1"))
  }

  @Test func `damaged weights are an error`() throws {
    let place = folder.path + "/.local/share/yolos/weights"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try folder.write("no weights", to: ".local/share/yolos/weights/yolov8n.pt")
    let outcome = try doctor()
    #expect(outcome.code == 1 && outcome.output.contains("1 problem: "))
    #expect(outcome.output.contains("  error  weights"), "\(outcome.output)")
  }

  @Test func `a folder that cannot be written to is an error`() throws {
    let place = folder.path + "/closed"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: place)
    // Permissions do not bind root, unless it gives that up.
    let bound = geteuid() == 0 ? "exec setpriv --bounding-set=-dac_override \"$@\"" : "exec \"$@\""
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", bound, "sh", Binary.path, "doctor"]
    process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
    process.currentDirectoryURL = URL(fileURLWithPath: place)
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(text.contains("  error  folder"), "\(text)")
    #expect(text.contains("go to another one"))
  }

  @Test func `limits of memory are found in all groups around a process`() {
    let files = [
      "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/memory.max": "max\n",
      "/sys/fs/cgroup/a/memory.max": "1048576\n", "/sys/fs/cgroup/a/b/memory.max": "2097152\n",
    ]
    #expect(Checkup.memoryLimit { files[$0] } == 1_048_576)
    #expect(Checkup.memoryLimit { $0 == "/proc/self/cgroup" ? "0::/\n" : nil } == nil)
  }

  @Test func `libraries are named by their files`() {
    let maps = """
      7f00-7f01 r--p 00000000 fe:00 1 /usr/lib/x86_64-linux-gnu/libcairo.so.2.11600.0
      7f01-7f02 r-xp 00001000 fe:00 1 /usr/lib/x86_64-linux-gnu/libcairo.so.2.11600.0
      7f02-7f03 r--p 00000000 fe:00 2 /usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblasp-r0.3.21.so
      7f03-7f04 rw-p 00000000 00:00 0 [heap]
      """
    #expect(
      Checkup.libraries(in: maps, named: ["openblas", "cairo", "gif"])
        == "openblas r0.3.21, cairo 2.11600.0")
  }
}
