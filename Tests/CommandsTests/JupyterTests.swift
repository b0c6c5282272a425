import Files
import Foundation
import TestSupport
import Testing

/// `yolos kernel` and `yolos convert-notebook` as they are started, the former by clients that others wrote.
@Suite("Jupyter")
struct JupyterTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private static let clients = Shared.root.appendingPathComponent("Tests/CommandsTests/Jupyter")

  // MARK: Installation

  @Test func `the kernel is installed where Jupyter looks, and removed again`() throws {
    let kernel = "share/jupyter/kernels/yolos"
    let outcome = try Binary.run(["kernel", "install"], in: folder)
    #expect(outcome.code == 0 && folder.has(".local/\(kernel)/kernel.json"))
    let specification = folder.text(".local/\(kernel)/kernel.json")
    #expect(specification.contains("{connection_file}"))
    #expect(specification.contains("\"interrupt_mode\": \"message\""))
    for size in [32, 64] { #expect(folder.has(".local/\(kernel)/logo-\(size)x\(size).png")) }
    #expect(try Binary.run(["kernel", "install", "--prefix", folder.path], in: folder).code == 0)
    #expect(folder.has("\(kernel)/kernel.json"))
    #expect(
      try Binary.run(["kernel", "uninstall", "--prefix", folder.path], in: folder).code == 0)
    #expect(!folder.has(kernel) && folder.has(".local/\(kernel)/kernel.json"))
    let again = try Binary.run(["kernel", "uninstall", "--prefix", folder.path], in: folder)
    #expect(again.code == 1 && again.errors.contains("no yolos kernel installed in"))
  }

  @Test func `an environment is the one that is active`() throws {
    let without = try Binary.run(["kernel", "install", "--sys-prefix"], in: folder)
    #expect(without.code == 2 && without.errors.contains("no Python environment is active"))
    let with = try Binary.run(
      ["kernel", "install", "--sys-prefix"], in: folder,
      environment: ["VIRTUAL_ENV": folder.path + "/venv"])
    #expect(with.code == 0 && folder.has("venv/share/jupyter/kernels/yolos/kernel.json"))
    #expect(
      try Binary.run(["kernel", "install", "--user", "--sys-prefix"], in: folder).code == 2)
  }

  @Test func `a kernel without a connection file says what is missing`() throws {
    #expect(try Binary.run(["kernel"], in: folder).code == 2)
    try folder.write("{\"shell_port\": 0}", to: "c.json")
    let outcome = try Binary.run(["kernel", "-f", "c.json"], in: folder)
    #expect(outcome.code == 2 && outcome.errors.contains("'shell_port' is a number from 1 to"))
  }

  // MARK: Clients

  @Test(.python("jupyter_kernel_test"), arguments: ["test_kernel", "test_robustness"])
  func `clients of others are served`(client: String) throws {
    let outcome = try run([Self.clients.appendingPathComponent("\(client).py").path])
    #expect(outcome.code == 0, "\(outcome.text.suffix(3000))")
  }

  @Test(.python("nbclient"), arguments: ["01-first-look", "06-reproduce"])
  func `a quick notebook runs in a client, and comes out the same when it is checked`(
    name: String
  ) throws {
    let notebooks = folder.path + "/notebooks", files = FileManager.default
    try files.createDirectory(atPath: notebooks, withIntermediateDirectories: true)
    try files.createSymbolicLink(
      atPath: folder.path + "/models",
      withDestinationPath: Shared.root.appendingPathComponent("models").path)
    let script = Shared.root.appendingPathComponent("notebooks/\(name).yolos").path
    let made = try Binary.run(["convert-notebook", script, "notebooks/n.ipynb"], in: folder)
    #expect(made.code == 0, "\(made.errors)")
    let client = Self.clients.appendingPathComponent("run_notebooks.py").path
    let outcome = try run([client, "n.ipynb"], in: notebooks)
    #expect(outcome.code == 0, "\(outcome.text.suffix(3000))")
    let check = try Binary.run(["check", "notebooks/n.ipynb"], in: folder)
    #expect(check.code == 0, "\(check.output.suffix(3000))\(check.errors.suffix(1000))")
    #expect(check.output.contains("came out the same") && check.output.contains("(cell "))
  }

  /// Runs a client to its end.
  private func run(
    _ arguments: [String], in place: String? = nil
  ) throws -> (code: Int32, text: String) {
    #expect(try Binary.run(["kernel", "install", "--prefix", folder.path], in: folder).code == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Python.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: place ?? folder.path)
    process.environment = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1",
      "JUPYTER_PATH": folder.path + "/share/jupyter",
      "JUPYTER_RUNTIME_DIR": folder.path + "/runtime",
    ]
    let output = folder.path + "/client.txt"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = process.standardOutput
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, folder.text("client.txt"))
  }

  // MARK: Conversions

  @Test func `a report becomes a notebook and comes back with its pictures`() throws {
    let script = "data = toys \"small\" train=4 val=2 test=0 size=32\nshow data\nprint 1\n"
    try folder.write(script, to: "a.yolos")
    #expect(try Binary.run(["run", "a.yolos", "-o", "a.md"], in: folder).code == 0)
    #expect(try Binary.run(["convert-notebook", "a.md", "a.ipynb"], in: folder).code == 0)
    let notebook = folder.text("a.ipynb")
    #expect(notebook.contains("\"image/png\"") && notebook.contains("\"nbformat_minor\": 5"))
    #expect(
      try Binary.run(["convert-notebook", "a.ipynb", "other/a.md"], in: folder).code == 0)
    #expect(folder.text("other/a.md") == folder.text("a.md"))
    #expect(folder.has("other/a_files/01-labels.png") && folder.has("other/a_files/01-labels.csv"))
    #expect(try Binary.run(["convert-notebook", "a.ipynb", "b.yolos"], in: folder).code == 0)
    #expect(folder.text("b.yolos").contains("show data\n"))
    #expect(try Binary.run(["convert-notebook", "a.txt", "b.yolos"], in: folder).code == 2)
  }

  @Test func `a notebook is checked like a report, and what differs has its cell`() throws {
    let cells = ["x = 1\nprint x\n\nprint 2", "# x is {x}", "print \"a\\nb\""]
    let outputs = [
      #"{"output_type": "stream", "name": "stdout", "text": "1\n2\n"}"#,
      #"{"output_type": "display_data", "metadata": {}, "data": {"text/markdown": "x is 1"}}"#,
      """
      {"output_type": "display_data", "metadata": {"yolos": {"kind": "text"}}, \
      "data": {"text/plain": "a\\nb"}}
      """,
    ]
    let json = zip(cells, outputs).map { source, output in
      """
      {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [\(output)],
       "source": \(JSONText.quoted(source))}
      """
    }
    let notebook =
      "{\"nbformat\": 4, \"nbformat_minor\": 4, \"metadata\": {}, \"cells\": ["
      + json.joined(separator: ",") + "]}"
    try folder.write(notebook, to: "n.ipynb")
    let same = try Binary.run(["check", "n.ipynb"], in: folder)
    #expect(same.code == 0, "\(same.output)\(same.errors)")
    try folder.write(notebook.replacing("x is 1", with: "x is 2"), to: "n.ipynb")
    let other = try Binary.run(["check", "n.ipynb"], in: folder)
    #expect(other.code == 4, "\(other.output)")
    #expect(other.output.contains("DIFFERENT  x is {x}  (cell 2)"), "\(other.output)")
    try folder.write("{}", to: "n.ipynb")
    let broken = try Binary.run(["check", "n.ipynb"], in: folder)
    #expect(broken.code == 2 && broken.errors.contains("n.ipynb: this is not a notebook"))
  }
}
