internal import Commands
internal import Language

extension Query {
  /// What can be folded away.
  var foldings: [FoldingRange] {
    document.outline(of: inspection).folds.map { fold in
      FoldingRange(
        startLine: fold.first - 1, endLine: fold.last - 1, kind: fold.isGenerated ? "region" : nil)
    }
  }

  /// The edit that formats the document; none where it is formatted, nil where it has errors.
  var formatting: [TextEdit]? {
    let source = inspection.source
    let result = ScriptFormatter.format(source, notation: inspection.notation)
    guard result.diagnostics.isEmpty else { return nil }
    let old = source.utf8, new = Array(result.text.utf8)
    guard old != new else { return [] }
    // Whole lines, so that no character is cut in two.
    var first = 0, lineStart = 0
    while first < min(old.count, new.count), old[first] == new[first] {
      first += 1
      if old[first - 1] == UInt8(ascii: "\n") { lineStart = first }
    }
    var last = 0, lineEnd = 0
    while last < min(old.count, new.count) - lineStart,
      old[old.count - 1 - last] == new[new.count - 1 - last]
    {
      if old[old.count - 1 - last] == UInt8(ascii: "\n") { lineEnd = last }
      last += 1
    }
    let replaced = Span(lineStart, old.count - lineEnd)
    return [
      TextEdit(
        range: range(replaced),
        newText: String(decoding: new[lineStart..<(new.count - lineEnd)], as: UTF8.self))
    ]
  }

  /// A line above the document that runs it, and above each step that calls something one that runs up to it.
  var lenses: [CodeLens] {
    let source = inspection.source
    let steps = inspection.program.steps.filter {
      $0.source === source && $0.prose == nil && $0.parameter == nil && !$0.names.calls.isEmpty
    }
    guard !steps.isEmpty else { return [] }
    let top = range(Span(0, 0))
    var lenses = [
      CodeLens(
        range: top,
        command: .init(title: "Run", command: "yolos.runFile", arguments: [.text(document.uri)]))
    ]
    for step in steps {
      lenses.append(
        CodeLens(
          range: range(Span(step.span.lower, step.span.lower)),
          command: .init(
            title: "Run to here", command: "yolos.runTo",
            arguments: [.text(document.uri), .number(step.line)])))
    }
    return lenses
  }
}

/// The headings of a document, with the names that are bound below each.
struct Symbols {
  private let query: Query
  private var inspection: Inspection { query.inspection }

  init(_ query: Query) { self.query = query }

  /// All of them, in one another as headings are.
  var all: [DocumentSymbol] {
    var open: [(level: Int, symbol: DocumentSymbol)] = []
    var top: [DocumentSymbol] = []
    func close(_ end: Position) {
      guard var (_, symbol) = open.popLast() else { return }
      symbol.range.end = end
      if open.isEmpty {
        top.append(symbol)
      } else {
        open[open.count - 1].symbol.children =
          (open[open.count - 1].symbol.children ?? []) + [symbol]
      }
    }
    for entry in entries {
      guard let level = entry.level else {
        if open.isEmpty {
          top.append(entry.symbol)
        } else {
          open[open.count - 1].symbol.children =
            (open[open.count - 1].symbol.children ?? []) + [entry.symbol]
        }
        continue
      }
      while let last = open.last, last.level >= level { close(entry.symbol.range.start) }
      open.append((level, entry.symbol))
    }
    let end = query.document.lines.position(of: inspection.source.utf8.count)
    while !open.isEmpty { close(end) }
    return top
  }

  private typealias Entry = (offset: Int, level: Int?, symbol: DocumentSymbol)

  private var entries: [Entry] {
    let headings = query.document.outline(of: inspection).headings.map { heading -> Entry in
      var range = query.range(heading.span)
      // In a script `# ` stands before it.
      range.start.character = 0
      let name = heading.title.isEmpty ? "…" : heading.title
      return (
        heading.span.lower, heading.level,
        DocumentSymbol(
          name: name, kind: SymbolKind.heading, range: range,
          selectionRange: query.range(heading.span))
      )
    }
    return (headings + bindings).sorted { $0.offset < $1.offset }
  }

  /// Each name of the script where it is bound first.
  private var bindings: [Entry] {
    var seen: Set<NameIndex.Symbol> = []
    return query.names.occurrences.compactMap { occurrence in
      guard occurrence.isBinding, occurrence.source === inspection.source,
        let symbol = occurrence.symbol, symbol.scope == nil, seen.insert(symbol).inserted
      else { return nil }
      let step = inspection.program.steps[occurrence.step].span
      let type = inspection.knowledge.fact(at: occurrence.span)?.type ?? .any
      let kind =
        symbol.kind == .function
        ? SymbolKind.function
        : occurrence.isParameter ? SymbolKind.constant : SymbolKind.variable
      return (
        occurrence.span.lower, nil,
        DocumentSymbol(
          name: symbol.name, detail: type == .any ? nil : "\(type)", kind: kind,
          range: query.range(step.joined(with: occurrence.span)),
          selectionRange: query.range(occurrence.span))
      )
    }
  }
}
