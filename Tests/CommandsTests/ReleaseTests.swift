import Commands
import Foundation
import TestSupport
import Testing

@Suite("The release")
struct ReleaseTests {
  @Test func `version and date are those of the changelog, unless that is still open`() throws {
    let file = Shared.root.appendingPathComponent("CHANGELOG.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let first = try #require(text.split(separator: "\n").first { $0.hasPrefix("## [") })
    let heading = "## [\(Release.version)] – "
    #expect(["\(heading)\(Release.date)", "\(heading)unreleased"].contains(String(first)))
  }
}
