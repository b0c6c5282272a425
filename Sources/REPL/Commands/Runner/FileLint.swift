internal import Language

/// Tells the checker which files are there, or will be once earlier steps have run.
final class FileLint: LintHost {
  private let baseFolder: String
  private var declared: Set<String> = []

  init(baseFolder: String) { self.baseFolder = baseFolder }

  func exists(_ path: String) -> Bool {
    let path = Paths.resolve(path, from: baseFolder)
    return Paths.exists(path) || declared.contains { path == $0 || path.hasPrefix($0 + "/") }
  }

  func declare(_ path: String) { declared.insert(Paths.resolve(path, from: baseFolder)) }
}
