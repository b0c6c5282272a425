/// Reads what stands between two markers.
///
/// Every reading is proved by writing: where that would give other lines, the region is kept as it
/// is.
enum OutputReader {
  static func block(_ marker: Marker, _ lines: [Substring]) -> Document.Block {
    let whole = lines.map(String.init)
    let unknown = Document.Block.output(.unknown(Region(kind: marker.kind, lines: whole)))
    guard lines.count >= 4, lines[1].isEmpty, lines[lines.count - 2].isEmpty,
      let attributes = marker.decoded(MarkerAttributes.self),
      let block = block(marker.kind, attributes, lines[2..<(lines.count - 2)]),
      MarkdownWriter.lines(block) == whole
    else { return unknown }
    return block
  }

  private static func block(
    _ kind: String, _ attributes: MarkerAttributes, _ body: ArraySlice<Substring>
  ) -> Document.Block? {
    let volatile = attributes.volatile ?? []
    let joined = body.joined(separator: "\n")
    switch kind {
    case "prose":
      return attributes.source.map {
        .prose(Prose($0, rendered: VolatileText(joined, volatilePieces: volatile)))
      }
    case "emitted": return .output(.emitted(VolatileText(joined, volatilePieces: volatile)))
    case "text":
      let text = MarkdownText.unescaped(joined)
      return .output(.text(VolatileText(text, volatilePieces: volatile)))
    case "warning":
      return warning(body).map { .output(.warning(VolatileText($0, volatilePieces: volatile))) }
    case "error":
      return error(body).map { .output(.error(VolatileText($0, volatilePieces: volatile))) }
    case "table": return table(body, attributes).map { .output(.table($0)) }
    case "figure": return figure(body, attributes).map { .output(.figure($0)) }
    case "code":
      return Fence.text(in: body).map {
        .output(
          .code(Listing($0.text, language: $0.info, isVolatile: attributes.isVolatile ?? false)))
      }
    case "console": return console(body, attributes).map { .output(.console($0)) }
    case "parameters": return attributes.parameters.map { .output(.parameters($0)) }
    case "kept":
      guard let name = attributes.name, let content = attributes.content else { return nil }
      return .output(.kept(KeptData(name: name, content: content)))
    case "provenance": return provenance(body, volatile).map { .output(.provenance($0)) }
    default: return nil
    }
  }

  private static func unquoted(_ body: ArraySlice<Substring>) -> [Substring]? {
    guard body.allSatisfy({ $0 == ">" || $0.starts(withScalars: "> ") }) else { return nil }
    return body.map { Substring($0.withoutScalars(first: 2)) }
  }

  private static func warning(_ body: ArraySlice<Substring>) -> String? {
    let text = unquoted(body)?.joined(separator: "\n")
    return text?.between("**Warning:** ", "").map { MarkdownText.unescaped($0) }
  }

  private static func error(_ body: ArraySlice<Substring>) -> String? {
    guard let lines = unquoted(body), lines.count > 2, lines[0] == "**Error**" else { return nil }
    return Fence.text(in: lines.dropFirst(2))?.text
  }

  private static func console(
    _ body: ArraySlice<Substring>, _ attributes: MarkerAttributes
  ) -> Console? {
    let lines = Array(body)
    guard lines.count > 6, let title = lines[1].between("<summary>", "</summary>"),
      let text = Fence.text(in: lines[3..<(lines.count - 2)])?.text
    else { return nil }
    return Console(
      title: HTMLText.unescaped(title), text: text,
      isVolatile: attributes.isVolatile ?? false)
  }

  private static func figure(
    _ body: ArraySlice<Substring>, _ attributes: MarkerAttributes
  ) -> Figure? {
    guard let digest = attributes.digest, let picture = body.first?.between("![", ")") else {
      return nil
    }
    // The last such place is the one: the encoded path holds no bracket.
    let parts = picture.split(atScalars: "](")
    guard parts.count > 1, let path = parts.last else { return nil }
    let description = parts.dropLast().joined(separator: "](")
    return Figure(
      path: Link.decoded(path), alternativeText: MarkdownText.unescaped(description),
      digest: digest, numbers: body.count == 3 ? body.last?.between("Numbers: `", "`") : nil,
      numbersDigest: attributes.numbersDigest, isVolatile: attributes.isVolatile ?? false)
  }

  private static func provenance(
    _ body: ArraySlice<Substring>, _ volatile: [String]
  ) -> [ProvenanceEntry]? {
    guard let table = table(body.dropFirst(2), MarkerAttributes()), table.columns.count == 2 else {
      return nil
    }
    return table.rows.map {
      ProvenanceEntry($0[0].text, $0[1].text, isVolatile: volatile.contains($0[0].text))
    }
  }
}
