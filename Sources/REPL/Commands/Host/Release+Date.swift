extension Release {
  /// When this version was released, as its manual page and CHANGELOG.md have it.
  package static let date = "2026-11-29"
}
