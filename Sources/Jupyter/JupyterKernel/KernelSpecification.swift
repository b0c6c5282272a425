package import Files
internal import Foundation
internal import Images
internal import JSON
internal import JupyterMessages
internal import Toys

/// What Jupyter has to know to start the kernel: `kernel.json` and a picture, in a folder where it looks.
package struct KernelSpecification {
  /// Where Jupyter looks.
  package enum Place: Equatable, Sendable {
    /// The user's own folder.
    case user
    /// The Python environment that is active.
    case environment
    /// A folder that has, or gets, `share/jupyter`.
    case prefix(String)
  }

  /// The folder of the specification.
  package let folder: String

  /// The specification in a place.
  ///
  /// - Parameters:
  ///   - place: Where Jupyter looks.
  ///   - environment: The variables of the environment.
  /// - Throws: ``KernelError`` where no Python environment is active, or nobody has a home.
  package init(in place: Place, environment: [String: String]) throws(KernelError) {
    func named(_ variable: String) -> String? {
      environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
    let data: String
    switch place {
    case .user:
      let shared = named("XDG_DATA_HOME") ?? named("HOME").map { $0 + "/.local/share" }
      guard let own = named("JUPYTER_DATA_DIR") ?? shared.map({ $0 + "/jupyter" }) else {
        throw KernelError("no home folder: set HOME or pass --prefix")
      }
      data = own
    case .environment:
      guard let prefix = named("VIRTUAL_ENV") ?? named("CONDA_PREFIX") else {
        throw KernelError(
          "no Python environment is active (VIRTUAL_ENV, CONDA_PREFIX): activate one, or pass --prefix"
        )
      }
      data = prefix + "/share/jupyter"
    case .prefix(let prefix): data = prefix + "/share/jupyter"
    }
    folder = data + "/kernels/yolos"
  }

  /// Writes it.
  ///
  /// - Parameter program: The path of yolos.
  /// - Throws: ``FileError`` where it cannot be written.
  package func install(program: String) throws(FileError) {
    let specification: JSONValue = [
      "argv": .strings([program, "kernel", "-f", "{connection_file}"]), "display_name": "yolos",
      "language": "yolos", "interrupt_mode": "message",
      "kernel_protocol_version": .string(KernelProtocol.version), "metadata": ["debugger": false],
    ]
    let text = JSONWriter.indented(specification) + [UInt8(ascii: "\n")]
    try AtomicFile.write(Data(text), to: folder + "/kernel.json")
    for size in [32, 64] {
      let picture = ToyKind.oslik.portrait(size: size, seed: 5)
      try AtomicFile.write(picture.png(), to: folder + "/logo-\(size)x\(size).png")
    }
  }

  /// Whether one of ours is there.
  package var isInstalled: Bool {
    guard let content = try? AtomicFile.read(folder + "/kernel.json"),
      let value = try? JSONReader.value([UInt8](content))
    else { return false }
    return value["language"] == "yolos"
  }

  /// Removes it.
  ///
  /// - Throws: ``KernelError`` where it is not there or cannot be removed.
  package func uninstall() throws(KernelError) {
    guard isInstalled else { throw KernelError("no yolos kernel installed in \(folder)") }
    do { try FileManager.default.removeItem(atPath: folder) } catch {
      throw KernelError("\(folder): \(error.localizedDescription)")
    }
  }
}
