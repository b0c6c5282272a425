/// What yolos finds on this machine, and what to do about what is missing: `yolos doctor`.
package struct Checkup {
  /// How grave a finding is.
  package enum State: String, Sendable {
    /// As it should be.
    case fine = "ok"
    /// Not there, and not needed by everybody.
    case absent = "-"
    /// Works, but worse than it could.
    case doubtful = "note"
    /// Something will fail.
    case wrong = "error"
  }

  /// One thing that was looked at.
  package struct Finding: Equatable, Sendable {
    /// What was looked at, in one or two words.
    package let name: String
    /// How grave it is.
    package let state: State
    /// What was found.
    package let value: String
    /// What to do about it.
    package let advice: String?

    /// A finding that is as it should be.
    package init(_ name: String, _ value: String) { self.init(name, .fine, value) }

    /// A finding.
    package init(_ name: String, _ state: State, _ value: String, do advice: String? = nil) {
      (self.name, self.state, self.value, self.advice) = (name, state, value, advice)
    }
  }

  /// What was found, in order.
  package let findings: [Finding]

  /// Findings that somebody made.
  package init(_ findings: [Finding]) { self.findings = findings }

  /// Looks at everything that this room knows of.
  ///
  /// - Parameters:
  ///   - configuration: Folders, threads and backend.
  ///   - programs: What else was found, by rooms that this one does not know.
  package init(_ configuration: Workplace.Configuration, programs: [Finding] = []) {
    findings =
      Self.machine(configuration) + Self.libraries + Self.places(configuration)
      + Self.weights(configuration) + Self.programs + programs
  }

  /// Whether nothing will fail for want of something.
  package var isSound: Bool { !findings.contains { $0.state == .wrong } }

  /// The findings in lines, advice beneath what it is for; to be pasted into a bug report.
  package var text: String {
    let names = findings.map(\.name.count).max() ?? 0
    let indent = String(repeating: " ", count: 9 + names + 2)
    var lines = ["yolos \(Release.version)"]
    for finding in findings {
      lines.append(
        "  \(Self.padded(finding.state.rawValue, 7))\(Self.padded(finding.name, names + 2))"
          + Paths.unnamed(finding.value))
      if let advice = finding.advice { lines.append("\(indent)-> \(Paths.unnamed(advice))") }
    }
    let errors = findings.count { $0.state == .wrong }
    lines.append(
      errors == 0
        ? "Nothing that yolos needs is missing."
        : "\(Wording.number(errors, "problem")): each arrow shows what to do.")
    lines.append("For a bug report, paste all of this.")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension Paths {
  /// A text without the name of the user's home, which a bug report should not tell.
  fileprivate static func unnamed(_ text: String) -> String {
    let home = home
    guard home.count > 1 else { return text }
    return text.replacing(home + "/", with: "~/")
  }
}
