internal import Files
internal import Language
package import Report

/// What a report shows of the values that a script computed, by the expressions that it shows.
package struct RecordedValues: Sendable {
  private var values: [String: String] = [:]

  /// Reads what a report shows: its parameters, values in prose, and what steps that are but an expression gave.
  package init(_ document: Document) {
    for parameter in document.parameters { values[parameter.name] = parameter.value }
    var step: String?
    for block in document.blocks {
      switch block {
      case .step(let shown):
        let line = shown.source.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        step = Self.isExpression(line) ? line : nil
      case .prose(let prose):
        step = nil
        if let rendered = prose.rendered { add(prose.source, rendered.text) }
      case .output(.text(let text)):
        if let step { values[Self.key(step)] = text.text }
        step = nil
      case .output: break
      }
    }
  }

  /// Reads a report's file; nil where it cannot be read.
  package init?(contentsOf path: String) {
    guard let content = try? AtomicFile.read(path) else { return nil }
    self.init(MarkdownReader.document(String(decoding: content, as: UTF8.self)).document)
  }

  /// Whether a name stands in prose that a run filled in.
  package static func prose(of document: Document, mentions name: String) -> Bool {
    document.blocks.contains { block in
      guard case .prose(let prose) = block, prose.rendered != nil else { return false }
      return (ProsePart.parts(of: prose.source) ?? []).contains { part in
        guard case .value(let expression) = part else { return false }
        return expression.split { !($0.isLetter || $0.isNumber || $0 == "_") }
          .contains { $0 == name }
      }
    }
  }

  /// What the report shows for an expression, or nil.
  package subscript(expression: String) -> String? { values[Self.key(expression)] }

  private static func key(_ expression: String) -> String {
    expression.filter { !$0.isWhitespace }
  }

  /// Whether a line is but a name with members, so that what it shows is its value.
  private static func isExpression(_ line: String) -> Bool {
    line.first?.isLetter == true
      && line.allSatisfy { $0.isLetter || $0.isNumber || "_.[]".contains($0) }
  }

  /// Finds values between the words around them.
  private mutating func add(_ source: String, _ rendered: String) {
    guard let parts = ProsePart.parts(of: source) else { return }
    var rest = rendered[...]
    var open: String?
    for (index, part) in parts.enumerated() {
      switch part {
      case .value(let expression):
        // Between two values without a word nothing says where one ends.
        guard open == nil else { return }
        open = expression
      case .text(let text):
        let isLast = index == parts.count - 1
        let found =
          isLast && rest.hasSuffix(text)
          ? rest.index(rest.endIndex, offsetBy: -text.count)..<rest.endIndex
          : rest.firstRange(of: text)
        guard let found else { return }
        if let expression = open {
          values[Self.key(expression)] = String(rest[..<found.lowerBound])
        } else if found.lowerBound != rest.startIndex {
          return
        }
        rest = rest[found.upperBound...]
        open = nil
      }
    }
    if let open, !rest.isEmpty { values[Self.key(open)] = String(rest) }
  }
}
