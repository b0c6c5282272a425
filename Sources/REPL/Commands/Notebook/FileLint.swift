internal import Language

/// What the checker may ask of the world: which files are there, or will be once earlier steps have
/// run, and which settings will be in force.
final class FileLint: LintHost {
  /// Folders, and what may be downloaded.
  let configuration: Workplace.Configuration
  private var declared: Set<String> = []
  private var settings: [String: [Constant]]

  /// Prepares a check.
  ///
  /// - Parameters:
  ///   - configuration: Where relative paths start, where fetched weights lie, and whether more are fetched.
  ///   - settings: What is in force before the first step; the standard ones where left out.
  init(_ configuration: Workplace.Configuration, settings: [String: Constant] = [:]) {
    self.configuration = configuration
    let standard = Setting.all.map { ($0.name, [settings[$0.name] ?? $0.standard]) }
    self.settings = Dictionary(uniqueKeysWithValues: standard)
  }

  private var baseFolder: String { configuration.baseFolder }

  func exists(_ path: String) -> Bool {
    let path = Paths.resolve(path, from: baseFolder)
    return Paths.exists(path) || isDeclared(path)
  }

  func filesBeside(_ path: String) -> [String] {
    Paths.filesBeside(Paths.resolve(path, from: baseFolder))
  }

  func rewritten(_ path: String) -> String? { Paths.rewritten(path, from: baseFolder) }

  /// Whether the path or a folder above it will be written.
  private func isDeclared(_ path: String) -> Bool {
    var rest = path[...]
    while !declared.isEmpty, !rest.isEmpty {
      if declared.contains(String(rest)) { return true }
      guard let slash = rest.lastIndex(of: "/") else { return false }
      rest = rest[..<slash]
    }
    return false
  }

  func declare(_ path: String) { declared.insert(Paths.resolve(path, from: baseFolder)) }

  func setting(_ name: String) -> [Constant] { settings[name] ?? [] }

  func set(_ name: String, to values: [Constant], isCertain: Bool) {
    let before = setting(name)
    if isCertain || values.isEmpty {
      settings[name] = values
    } else if !before.isEmpty {
      settings[name] = before + values.filter { !before.contains($0) }
    }
  }
}
