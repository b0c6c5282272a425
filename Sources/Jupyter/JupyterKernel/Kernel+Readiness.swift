internal import CSockets
internal import Foundation

extension Kernel {
  /// Whether Jupyter could start the kernel for this user.
  package enum Readiness: Equatable, Sendable {
    /// It could; the specification lies in this folder.
    case installed(folder: String)
    /// Nobody has told Jupyter of it.
    case notInstalled
    /// ZeroMQ cannot be opened, for this reason.
    case noSockets(reason: String)
  }

  /// Looks where Jupyter looks: the user's folder, the active Python environment, the system's.
  package static var readiness: Readiness {
    // SAFETY: the text is the library's own and stays valid.
    if let problem = unsafe yolos_sockets_open() {
      return .noSockets(reason: unsafe String(cString: problem))
    }
    let environment = ProcessInfo.processInfo.environment
    let places: [KernelSpecification.Place] = [
      .user, .environment, .prefix("/usr/local"), .prefix("/usr"),
    ]
    for place in places {
      let specification = try? KernelSpecification(in: place, environment: environment)
      if let specification, specification.isInstalled {
        return .installed(folder: specification.folder)
      }
    }
    return .notInstalled
  }
}
