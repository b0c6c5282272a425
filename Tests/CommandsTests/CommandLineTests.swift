import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Binary.Outcome {
    try Binary.run(arguments, in: folder, input: input, environment: environment)
  }

  @Test func `a script is run and its report written`() throws {
    try folder.write("# # Title\n\nx = 1 + 1\nprint \"x is {x}\"\n", to: "a.yolos")
    let outcome = try run("run", "a.yolos")
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    #expect(outcome.output == "\n# Title\n\nx is 2\n\nreport: reports/a.md\n")
    #expect(folder.text("reports/a.md").hasPrefix("# Title\n"))
  }

  @Test func `a file alone is run, as a first line with #! needs it`() throws {
    try folder.write("#!/usr/bin/env yolos\nparam n = 1\nprint n\n", to: "a.yolos")
    #expect(try run("./a.yolos", "-p", "n=5").output.hasPrefix("5\n"))
  }

  @Test func `steps come from standard input and from -c`() throws {
    #expect(try run(input: "print 1 + 1\n").code == 2, "a single + is no argument")
    #expect(try run(input: "print 1+1\n").output.hasPrefix("2\n"))
    #expect(try run("run", "-", input: "print 1+2\n").output.hasPrefix("3\n"))
    #expect(try run("-c", "print 1+3").output.hasPrefix("4\n"))
  }

  @Test func `what is known of a dataset's files lies in the cache, and changes no result`() throws
  {
    let script = "data = dataset \"set\"\nprint data.digest\naudit data"
    #expect(try run("-c", "toys \"set\" train=6 val=3 test=0 size=32").code == 0)
    // What is younger than two seconds is not remembered.
    Thread.sleep(forTimeInterval: 2.5)
    let first = try run("-c", script)
    #expect(first.code == 0 && folder.has(".yolos/files"))
    #expect(try run("-c", script).output == first.output)
    #expect(try run("-c", script, "--fresh", "--threads", "1").output == first.output)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/.yolos/files") {
      try folder.write("damaged", to: ".yolos/files/" + name)
    }
    #expect(try run("-c", script).output == first.output)
  }

  @Test(
    arguments: [
      ("x = 1", 0), ("load \"a\" + \"b\"", 2), ("x = (1", 2),
      ("for i in [1, 2] { x = [1][i + 3] }", 1),
      ("assert 1 > 2, \"no\"", 3),
    ])
  func `the exit code says how it ended`(script: String, code: Int32) throws {
    let outcome = try run("-c", script)
    #expect(outcome.code == code)
    #expect(outcome.errors.isEmpty == (code == 0))
  }

  @Test(arguments: [
    ["run"], ["run", "absent.yolos"], ["run", "a.yolos", "-p", "novalue"], ["bogus"],
  ])
  func `a wrong command line is refused`(arguments: [String]) throws {
    try folder.write("x = 1\n", to: "a.yolos")
    let outcome = try Binary.run(arguments, in: folder)
    #expect(outcome.code == 2)
    #expect(outcome.errors.lowercased().hasPrefix("error: "))
  }

  @Test(arguments: [
    ("chekc", "unknown subcommand 'chekc'; did you mean 'check'?"),
    ("frob", "unknown subcommand 'frob'"),
    ("train", "'train' is a command of the language, not a subcommand"),
  ])
  func `a word that is no subcommand is named`(word: String, message: String) throws {
    let outcome = try run(word, "x")
    #expect(outcome.code == 2 && outcome.errors.hasPrefix("Error: \(message)"))
  }

  @Test func `help follows a subcommand to its parts, as its own last line says`() throws {
    #expect(try run("help", "cache").output.contains("'yolos help cache <subcommand>'"))
    #expect(try run("help", "cache", "prune").output.contains("USAGE: yolos cache prune"))
    #expect(try run("help", "cache", "bogus").code == 2)
  }

  @Test func `what is opened as something else says what it is`() throws {
    try folder.write("train: images\nval: images\nnames: [toy]\n", to: "toys.yaml")
    let model = try run("-c", "load \"toys.yaml\"")
    #expect(model.errors.contains("open it with: dataset \"toys.yaml\""))
    // The first bytes of an archive, and no more of it.
    try folder.write("PK\u{3}\u{4}" + String(repeating: "x", count: 100), to: "cut.pt")
    let cut = try run("-c", "load \"cut.pt\"")
    #expect(cut.errors.contains("was the file copied completely?"))
  }

  @Test func `a path seen from the working directory is said as seen from the script`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/notebooks", withIntermediateDirectories: true)
    try folder.write("param data = \"\"\nplush = dataset data\n", to: "notebooks/a.yolos")
    try folder.write("", to: "toys.yaml")
    let outcome = try run("run", "notebooks/a.yolos", "-p", "data=toys.yaml")
    #expect(outcome.errors.contains("paths are relative to the script's folder: \"../toys.yaml\""))
  }

  @Test func `letters that pictures cannot show are named once`() throws {
    let steps = """
      plush = toys "plush" kinds=["oslik"] train=1 val=1 test=0 size=32
      show (merge plush name="豚の写真") count=1
      show (merge plush name="豚") count=1
      """
    let ours = try run("-c", steps.replacing("豚の写真", with: "prasátko").replacing("豚", with: "ł"))
    #expect(ours.code == 0 && !ours.output.contains("DejaVu"))
    let outcome = try run("-c", steps.replacing("merge plush", with: "merge [plush, plush]"))
    #expect(outcome.code == 0)
    let all = outcome.output + outcome.errors
    #expect(all.components(separatedBy: "has no '豚'").count == 2)
    #expect(all.contains("train: 1 image is there more than once, such as 000000.jpg"))
  }

  @Test func `parameters are overridden, and unknown ones named`() throws {
    try folder.write("param epochs = 3 ## how many\nprint epochs\n", to: "a.yolos")
    #expect(try run("run", "a.yolos", "-p", "epochs=7").output.hasPrefix("7\n"))
    let outcome = try run("run", "a.yolos", "-p", "epoch=7")
    #expect(outcome.code == 2 && outcome.errors.contains("did you mean 'epochs'?"))
  }

  @Test func `errors have their place, and annotations if asked`() throws {
    try folder.write("x = 1\ntrain x epoch=5\n", to: "a.yolos")
    let outcome = try run("lint", "a.yolos", "--annotations")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("a.yolos:2:9: error: 'train' has no option 'epoch'"))
    #expect(
      outcome.output.contains(
        "::error file=a.yolos,line=2,col=9::'train' has no option 'epoch' (did you mean 'epochs'?)")
    )
  }

  @Test(arguments: [
    ("train n data=small/toys.yaml", "write data=(dataset \"small/toys.yaml\")"),
    ("train n data=data optimizer=sgd", "text needs quotes: optimizer=\"SGD\""),
    ("train n data=dta", "did you mean 'data'?"),
    ("train (freeze n layers=10) data=data freeze=5", "leave out freeze="),
    ("f = freeze n layers=10\ntrain f data=data freeze=5", "leave out freeze="),
    ("f = freeze n layers=10\ntrain f data=data freeze=10", nil),
    ("f = freeze n layers=10\nf = n\ntrain f data=data freeze=5", nil),
  ])
  func `what is meant is said before anything runs`(line: String, hint: String?) throws {
    let head = "data = toys \"small\"\nn = load \"yolov8n.yaml\"\n"
    try folder.write(head + line + "\n", to: "a.yolos")
    let outcome = try run("lint", "a.yolos")
    #expect(outcome.code == (hint == nil ? 0 : 2), "\(outcome.errors)")
    #expect(outcome.errors.components(separatedBy: "error: ").count == (hint == nil ? 1 : 2))
    if let hint { #expect(outcome.errors.contains(hint), "\(outcome.errors)") }
  }

  @Test func `a report is checked, and what differs is said`() throws {
    try folder.write(
      "# # Title\n#\n# Sum: {1 + 1}.\n\n# Then more.\n\nparam n = 2\nprint (n * n)\nprint n\n",
      to: "a.yolos")
    #expect(try run("run", "a.yolos", "-o", "r.md").code == 0)
    let same = try run("check", "r.md")
    #expect(same.code == 0, "\(same.output)\(same.errors)")
    let report = folder.text("r.md")
    try folder.write(report.replacing("\n4\n", with: "\n5\n"), to: "r.md")
    let other = try run("check", "r.md")
    #expect(other.code == 4 && other.output.contains("recorded: 5"))
    #expect(try run("check", "--json", "r.md").output.hasPrefix("["))
  }

  @Test func `a report of trainings passes on a machine that takes other times`() throws {
    try folder.write(
      """
      plush = toys "plush" kinds=["oslik", "ovecka"] train=4 val=2 test=1 size=64
      show plush
      nano = load "yolov8n.yaml"
      first = train nano data=plush epochs=1 imgsz=64 batch=4 name="first"
      show first
      second = train nano data=plush epochs=1 imgsz=64 batch=4 freeze=10 name="second"
      compare [first, second]
      cost [first, second]
      show (val first.best data=plush imgsz=64)
      show (predict first source=plush.test imgsz=64)
      """, to: "a.yolos")
    #expect(try run("run", "a.yolos", "-o", "r.md").code == 0)
    let same = try run("check", "r.md", "--threads", "1")
    #expect(same.code == 0, "\(same.output)\(same.errors)")
    // Drawn by other libraries: images are not compared, numbers are. Two images change places, as
    // if each were another drawing of what it shows.
    let original = folder.text("r.md")
    let digests = original.matches(of: /"digest":"([0-9a-f]{64})"/).map { String($0.1) }
    let files = original.matches(of: /\]\((r_files\/[^)]+)\)/).map { "\(folder.path)/\($0.1)" }
    try #require(digests.count == files.count && files.count > 2)
    let drawings = files.indices.filter { files[$0].hasSuffix(".png") }.prefix(2)
    let contents = try drawings.map { try Data(contentsOf: URL(fileURLWithPath: files[$0])) }
    for (place, content) in zip(drawings, contents.reversed()) {
      try content.write(to: URL(fileURLWithPath: files[place]))
    }
    let swapped = try run("check", "r.md")
    #expect(swapped.code == 4 && swapped.output.contains("file r_files/"), "\(swapped.output)")
    let report = original.replacing("Cairo 1.", with: "Cairo 2.")
      .replacing(digests[drawings[0]], with: "(first digest)")
      .replacing(digests[drawings[1]], with: digests[drawings[0]])
      .replacing("(first digest)", with: digests[drawings[1]])
    try folder.write(report, to: "r.md")
    let other = try run("check", "r.md")
    #expect(other.code == 0, "\(other.output)\(other.errors)")
    #expect(other.output.contains("for charts only the numbers were compared"))
    try folder.write(
      report.replacing("\"numbersDigest\":\"", with: "\"numbersDigest\":\"0"), to: "r.md")
    #expect(try run("check", "r.md").code == 4)
  }

  @Test func `a report is never overwritten unawares`() throws {
    try folder.write("print 1\n", to: "a.yolos")
    #expect(try run("run", "a.yolos", "-o", "r.md").code == 0)
    #expect(try run("run", "r.md", "-o", "r.md").code == 2)
    #expect(try run("run", "r.md", "--in-place").code == 0)
    #expect(try run("run", "r.md").output.contains("report: reports/r.md"))
  }

  @Test func `a page and a brief report are written beside the report`() throws {
    try folder.write("# # Title\n\nprint 1\n", to: "a.yolos")
    let outcome = try run("run", "a.yolos", "--html", "a.html", "--brief", "b.md")
    #expect(outcome.code == 0)
    #expect(folder.text("a.html").contains("<title>Title</title>"))
    #expect(folder.text("b.md").hasPrefix("# Title\n"))
  }

  @Test func `an interrupted run has written its report and exits with 130`() throws {
    try folder.write(
      "print \"begun\"\nfor i in range(100000) { x = sorted(range(1000)) }\n", to: "a.yolos")
    let outcome = try Binary.run(["run", "a.yolos"], in: folder) { process in
      for _ in 0..<200 where !folder.text(".out").contains("begun") { usleep(50_000) }
      process.interrupt()
    }
    #expect(outcome.code == 130)
    #expect(outcome.output.hasSuffix("report: reports/a.md\n"))
    #expect(folder.text("reports/a.md").contains("interrupted"))
  }

  @Test(arguments: [[], ["--jobs", "2"]])
  func `an interrupt during the last step is one, too`(options: [String]) throws {
    try TravelingJobs.prepare(folder)
    try folder.write(
      "run = train (load \"yolov8n.yaml\") data=(dataset \"toys/toys.yaml\") epochs=500 imgsz=32 batch=4\n",
      to: "a.yolos")
    let outcome = try Binary.run(["run", "a.yolos"] + options, in: folder) { process in
      #expect(TravelingJobs.wait { folder.has("runs/run/weights/last.safetensors") })
      process.interrupt()
    }
    #expect(outcome.code == 130, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains("error: interrupted"))
    #expect(folder.text("reports/a.md").contains("interrupted"))
  }

  @Test func `tables fit the width`() throws {
    for width in [40, 60, 100] {
      let outcome = try run("-c", "set", environment: ["COLUMNS": "\(width)"])
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width }, "\(outcome.output)")
      #expect(outcome.output.contains("currency"))
    }
  }

  @Test func `names from files cannot give orders to a terminal`() throws {
    let outcome = try run("-c", "print \"a\\u{1b}[31mb\"")
    #expect(outcome.output.hasPrefix("a\u{FFFD}[31mb\n"))
  }

  @Test func `help, version, manual and completion scripts come from the same data`() throws {
    #expect(try run("help", "train").output.contains("epochs"))
    #expect(try run("help", "run").output.contains("--in-place"))
    #expect(try run("help", "Run").output.contains(".best"))
    #expect(try run("help", "trian").errors.contains("did you mean 'train'?"))
    #expect(try run("--version").output == "0.2.0\n")
    let manual = try run("man").output
    #expect(manual.hasPrefix(".TH YOLOS 1") && manual.contains(".SS train"))
    let isPlain = manual.utf8.allSatisfy { $0 < 128 }
    #expect(isPlain, "any roff reads it")
    for shell in ["bash", "zsh", "fish"] {
      #expect(try run("--generate-completion-script", shell).output.contains("in-place"))
    }
  }

  private static func program(_ name: String) -> String? {
    ["/usr/bin/\(name)", "/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @Test(
    arguments: [
      ("man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "page.1"]),
      ("mandoc", ["-T", "lint", "-W", "warning", "page.1"]),
    ].filter { program($0.0) != nil })
  func `nobody who knows manual pages warns of ours`(name: String, arguments: [String]) throws {
    try folder.write(run("man").output, to: "page.1")
    let process = Process(), found = folder.path + "/found.txt"
    _ = FileManager.default.createFile(atPath: found, contents: nil)
    process.executableURL = URL(fileURLWithPath: Self.program(name) ?? "")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    process.standardError = FileHandle(forWritingAtPath: found)
    // What man prints there is the page itself; mandoc its findings.
    process.standardOutput = name == "man" ? FileHandle.nullDevice : process.standardError
    try process.run()
    process.waitUntilExit()
    #expect(folder.text("found.txt").isEmpty, "\(folder.text("found.txt"))")
  }

  @Test func `bash completes subcommands, options, files and topics of help`() throws {
    try folder.write("", to: "mine.yolos")
    try folder.write("", to: "other.txt")
    try folder.write(
      """
      eval "$("$1" --generate-completion-script bash)"
      shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
      _yolos yolos "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      echo "${COMPREPLY[@]}"
      """, to: "complete.bash")
    for (words, found) in [
      (["ru"], "run"), (["hel"], "help"), (["run", "--back"], "--backend"),
      (["run", "m"], "mine.yolos"),
      (["run", "--backend", "o"], "openblas"), (["help", "fre"], "freeze"),
      (["help", "Ru"], "Run"),
    ] {
      let process = Process(), pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["complete.bash", Binary.path, "yolos"] + words
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.standardOutput = pipe
      try process.run()
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      #expect(String(decoding: output, as: UTF8.self) == found + "\n", "\(words)")
    }
  }

  @Test func `a report of thousands of quick steps holds all of them`() throws {
    let lines = (0..<3000).map { "v\($0) = \($0)\n" }.joined()
    let failing = "for i in [1, 2] { x = [1][i + 3] }"
    try folder.write(lines + "print v2999\n\(failing)\n", to: "many.yolos")
    #expect(try run("run", "many.yolos", "-o", "many.md").code == 1)
    let report = folder.text("many.md")
    #expect(report.contains("\nv0 = 0\n") && report.contains("\nv2999 = 2999\n"))
    #expect(report.contains(failing) && report.contains("there is no element 4"))
  }

  @Test func `what a killed run has left of the cache goes when it is pruned`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/.yolos/cache", withIntermediateDirectories: true)
    try folder.write("{", to: ".yolos/cache/damaged.json")
    try folder.write("{", to: ".yolos/cache/young.json.abcdef")
    try folder.write("{", to: ".yolos/cache/old.json.abcdef")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -100_000)],
      ofItemAtPath: folder.path + "/.yolos/cache/old.json.abcdef")
    #expect(try run("cache").output == "the cache is empty\n")
    #expect(try run("cache", "prune", "5").output == "removed 2 results\n")
    #expect(folder.has(".yolos/cache/young.json.abcdef"), "another run may be writing it")
    #expect(!folder.has(".yolos/cache/old.json.abcdef"))
    #expect(!folder.has(".yolos/cache/damaged.json"))
  }

  @Test func `the cache is listed and pruned`() throws {
    #expect(try run("cache").output == "the cache is empty\n")
    #expect(try run("cache", "prune", "0").output == "removed 0 results\n")
    #expect(try run("cache", "prune", "--", "-1").code == 2)
  }
}
