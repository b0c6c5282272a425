internal import Commands
internal import Language

/// What the checker found in a document, as the client is told.
struct Findings {
  private let inspection: Inspection
  private let document: Document
  private let workspace: Workspace

  init(_ inspection: Inspection, _ document: Document, _ workspace: Workspace) {
    (self.inspection, self.document, self.workspace) = (inspection, document, workspace)
  }

  private var query: Query {
    Query(document: document, inspection: inspection, workspace: workspace, offset: 0)
  }

  /// All findings, those of included files at the `include`.
  var published: [PublishedDiagnostic] { inspection.findings.map(published) }

  private func published(_ finding: Diagnostic) -> PublishedDiagnostic {
    let (span, isOwn) = place(of: finding)
    var message = finding.message + (finding.hint.map { "\n\($0)" } ?? "")
    var related = finding.labels.map { label in
      PublishedDiagnostic.Related(
        location: query.location(
          of: label.span, in: label.source ?? finding.source ?? inspection.source),
        message: label.message)
    }
    if !isOwn, let inner = finding.span, let source = finding.source {
      message = "in '\(source.name)': \(message)"
      related.insert(
        .init(location: query.location(of: inner, in: source), message: finding.message), at: 0)
    }
    return PublishedDiagnostic(
      range: query.range(span), severity: Self.number(finding.severity), message: message,
      relatedInformation: related.isEmpty ? nil : related)
  }

  private static func number(_ severity: Diagnostic.Severity) -> Int {
    switch severity {
    case .error: 1
    case .warning: 2
    case .note: 3
    }
  }

  /// Where a finding is shown, and whether it is one of this document's own text.
  private func place(of finding: Diagnostic) -> (span: Span, isOwn: Bool) {
    let source = inspection.source
    guard let span = finding.span else {
      // Remarks on the whole stand at its end.
      return (Span(source.utf8.count, source.utf8.count), true)
    }
    guard let other = finding.source, other !== source else {
      let lower = min(span.lower, source.utf8.count)
      return (Span(lower, min(max(span.upper, lower), source.utf8.count)), true)
    }
    let path = inspection.path(of: other)
    let include = inspection.includes.first { $0.path == path } ?? inspection.includes.first
    return (include?.span ?? Span(0, 0), false)
  }

  // MARK: Repairs

  /// Repairs of what was found in a stretch.
  ///
  /// - Parameters:
  ///   - span: The stretch.
  ///   - only: Kinds of action that the client wants; nil for all.
  /// - Returns: The repairs in the order of the findings.
  func actions(in span: Span, only: [String]?) -> [CodeAction] {
    guard only.map({ $0.contains { "quickfix".hasPrefix($0) } }) ?? true else { return [] }
    return inspection.findings.flatMap { finding -> [CodeAction] in
      let (place, isOwn) = place(of: finding)
      guard isOwn, place.lower <= span.upper, span.lower <= place.upper else { return [] }
      let fixes = QuickFix.fixes(for: finding, in: inspection.source)
      return fixes.map { fix in
        CodeAction(
          title: fix.title, diagnostics: [published(finding)], isPreferred: fixes.count == 1,
          edit: WorkspaceEdit(
            changes: [
              document.uri: fix.edits.map {
                TextEdit(range: query.range($0.span), newText: $0.text)
              }
            ]))
      }
    }
  }
}
