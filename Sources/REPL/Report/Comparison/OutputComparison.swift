/// Finds what differs between the outputs of a step, then and now.
struct OutputComparison {
  let comparesFigures: Bool
  /// The digest of a file beside the recorded report, nil where there is none; nil altogether where
  /// files are not looked at.
  let digestOfFile: ((String) -> String?)?

  typealias Difference = ReportCheck.Difference

  func differences(_ old: ReportCheck.Unit?, _ new: ReportCheck.Unit?) -> [Difference] {
    guard let old, let new else {
      return [Difference(place: "block", recorded: old?.source, fresh: new?.source)]
    }
    guard old.source == new.source, old.isStep == new.isStep else {
      return [Difference(place: "source", recorded: old.source, fresh: new.source)]
    }
    return (0..<max(old.outputs.count, new.outputs.count)).flatMap { index -> [Difference] in
      let before = index < old.outputs.count ? old.outputs[index] : nil
      let after = index < new.outputs.count ? new.outputs[index] : nil
      guard let before, let after else {
        let place = (before ?? after).map(Self.name) ?? ""
        return [
          Difference(place: place, recorded: before.map(Self.shown), fresh: after.map(Self.shown))
        ]
      }
      return differences(before, after)
    }
  }

  private func differences(_ old: Output, _ new: Output) -> [Difference] {
    let place = Self.name(old)
    switch (old, new) {
    case (.text(let a), .text(let b)), (.emitted(let a), .emitted(let b)),
      (.warning(let a), .warning(let b)), (.error(let a), .error(let b)):
      return differences(place, a.masked, b.masked)
    case (.code(let a), .code(let b)):
      return a.isVolatile && b.isVolatile ? [] : lineDifferences(place, a.text, b.text)
    case (.console(let a), .console(let b)):
      return a.isVolatile && b.isVolatile ? [] : lineDifferences(place, a.text, b.text)
    case (.table(let a), .table(let b)):
      return TableComparison(place: place, old: a, new: b).differences
    case (.figure(let a), .figure(let b)): return differences(place, a, b)
    case (.parameters(let a), .parameters(let b)):
      return differences(place, a.map { ($0.name, $0.value) }, b.map { ($0.name, $0.value) })
    case (.provenance(let a), .provenance(let b)):
      return differences(
        place, a.map { ($0.name, $0.isVolatile ? "…" : $0.value) },
        b.map { ($0.name, $0.isVolatile ? "…" : $0.value) })
    default: return differences(place, Self.shown(old), Self.shown(new))
    }
  }

  private func differences(_ place: String, _ old: String?, _ new: String?) -> [Difference] {
    old == new ? [] : [Difference(place: place, recorded: old, fresh: new)]
  }

  /// Each run of lines that changed, with the number of its first line in the record.
  private func lineDifferences(_ place: String, _ old: String, _ new: String) -> [Difference] {
    let before = old.split(separator: "\n", omittingEmptySubsequences: false)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false)
    // The search takes the product of the two in the worst case.
    guard before.count * after.count <= 4_000_000 else { return differences(place, old, new) }
    var removed: Set<Int> = [], inserted: Set<Int> = []
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var found: [Difference] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      let (from, to) = (i, j)
      while removed.contains(i) { i += 1 }
      while inserted.contains(j) { j += 1 }
      if (i, j) == (from, to) {
        (i, j) = (i + 1, j + 1)
        continue
      }
      found.append(
        Difference(
          place: "\(place), line \(from + 1)",
          recorded: i > from ? before[from..<i].joined(separator: "\n") : nil,
          fresh: j > to ? after[to..<j].joined(separator: "\n") : nil))
    }
    return found
  }

  private func differences(
    _ place: String, _ old: [(String, String)], _ new: [(String, String)]
  ) -> [Difference] {
    let names = old.map(\.0) + new.map(\.0).filter { name in !old.contains { $0.0 == name } }
    return names.flatMap { name in
      differences(
        "\(place), \(name)", old.first { $0.0 == name }?.1, new.first { $0.0 == name }?.1)
    }
  }

  private func differences(_ place: String, _ old: Figure, _ new: Figure) -> [Difference] {
    // Where the files lie does not matter; what is in them does.
    let beside =
      differences("\(place), description", old.alternativeText, new.alternativeText)
      + filesDiffering(old)
    if old.isVolatile && new.isVolatile { return beside }
    return beside
      + differences("\(place), SHA-256 of its numbers", old.numbersDigest, new.numbersDigest)
      + (comparesFigures
        ? differences("\(place), SHA-256 of the image", old.digest, new.digest) : [])
  }

  /// Where what lies beside the report is not what the report was written with: somebody replaced a
  /// picture, edited its numbers or left a file behind.
  private func filesDiffering(_ figure: Figure) -> [Difference] {
    guard let digestOfFile else { return [] }
    let files =
      [(figure.path, figure.digest)]
      + [(figure.numbers, figure.numbersDigest)].compactMap { path, digest in
        path.flatMap { path in digest.map { (path, $0) } }
      }
    return files.compactMap { path, digest in
      let found = digestOfFile(path)
      guard found != digest else { return nil }
      return Difference(
        place: "file \(path)", recorded: "SHA-256 \(digest)",
        fresh: found.map { "SHA-256 \($0)" } ?? "no such file beside the report")
    }
  }

  /// Whether an output belongs to the whole report, not to the step before it.
  static func concernsTheReport(_ output: Output) -> Bool {
    switch output {
    case .parameters, .provenance: true
    default: false
    }
  }

  /// What people call an output.
  static func name(_ output: Output) -> String {
    switch output {
    case .text: "text"
    case .emitted: "prose"
    case .table(let table): table.title.isEmpty ? "table" : "table '\(table.title)'"
    case .figure(let figure):
      "figure \(figure.path.split(separator: "/").last.map(String.init) ?? figure.path)"
    case .warning: "warning"
    case .error: "error"
    case .code: "text"
    case .console: "console output"
    case .parameters: "parameters"
    case .provenance: "provenance"
    case .kept(let data): "data '\(data.name)'"
    case .unknown(let region): "output '\(region.kind)'"
    }
  }

  private static func shown(_ output: Output) -> String {
    switch output {
    case .text(let text), .emitted(let text), .warning(let text), .error(let text): text.masked
    case .code(let listing): listing.text
    case .console(let console): console.text
    case .table(let table):
      ([table.columns.map(\.name).joined(separator: " | ")] + table.rows.map(TableComparison.shown))
        .joined(separator: "\n")
    case .figure(let figure): figure.alternativeText
    case .parameters, .provenance: MarkdownWriter.body(output).joined(separator: "\n")
    case .kept(let data): data.content
    case .unknown(let region): region.lines.joined(separator: "\n")
    }
  }
}
