internal import Commands
internal import Language
internal import Report

/// The steps and the prose of a script as a notebook in Markdown, and back.
enum ScriptConversion {
  /// Prose as prose; steps that no blank line parts as one fence each.
  static func markdown(of script: String) -> String {
    let source = SourceText(name: "", script)
    let kinds = lineKinds(of: source)
    var document = Report.Document()
    var index = 0
    while index < kinds.count {
      let start = index
      switch kinds[index] {
      case .blank: index += 1
      case .prose:
        while index < kinds.count, kinds[index] == .prose { index += 1 }
        let lines = (start..<index).map { unmarked(source[source.span(ofLine: $0 + 1)]) }
        let prose = lines.joined(separator: "\n")
        for block in Transcript.blocks(of: prose, rendered: nil) { document.append(block) }
      case .code:
        while index < kinds.count, kinds[index] == .code { index += 1 }
        let lines = (start..<index).map { source[source.span(ofLine: $0 + 1)] }
        document.append(.step(Report.Step(lines.joined(separator: "\n"))))
      }
    }
    return MarkdownWriter.text(document)
  }

  /// The script of a notebook in Markdown, without its outputs.
  static func script(of markdown: String) -> String {
    ScriptText.text(of: MarkdownReader.document(markdown).document)
  }

  private enum LineKind { case blank, prose, code }

  /// What each line holds; blank lines inside of a statement belong to it.
  private static func lineKinds(of source: SourceText) -> [LineKind] {
    var kinds = (1...source.lineCount).map { number -> LineKind in
      let line = source[source.span(ofLine: number)]
      if number == 1, line.hasPrefix("#!") { return .blank }
      return line.allSatisfy(\.isWhitespace) ? .blank : .code
    }
    for step in Parser.parse(source).program.steps {
      let last = source.line(at: max(step.span.lower, step.span.upper - 1))
      for number in step.line...max(step.line, last) {
        kinds[number - 1] = step.prose == nil ? .code : .prose
      }
    }
    return kinds
  }

  /// A line of prose without its sign.
  private static func unmarked(_ line: String) -> String {
    let rest = line.drop { $0 == " " }.dropFirst()
    return String(rest.first == " " ? rest.dropFirst() : rest)
  }
}
