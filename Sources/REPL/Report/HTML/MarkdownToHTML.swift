/// Turns the Markdown that reports are written in into HTML.
///
/// Known are headings, paragraphs, lists, quotes, fences, tables, rules, pictures, links, emphasis,
/// code and folded parts: what our writer makes, and what people write between steps. Other HTML is
/// shown as text.
struct MarkdownToHTML {
  /// A picture's or link's target, as it is to stand in the page.
  let target: (String) -> String

  func html(_ markdown: String) -> String {
    blocks(MarkdownText.lines(of: markdown)[...]).joined(separator: "\n")
  }

  private func blocks(_ lines: ArraySlice<Substring>) -> [String] {
    var rest = lines, result: [String] = []
    while let line = rest.first {
      if line.allSatisfy({ $0 == " " || $0 == "\t" }) {
        rest = rest.dropFirst()
      } else if let (block, count) = block(rest) {
        result.append(block)
        rest = rest.dropFirst(count)
      } else {
        let count = paragraphLength(rest)
        let text = rest.prefix(count).joined(separator: "\n")
        result.append("<p>\(inline(text))</p>")
        rest = rest.dropFirst(count)
      }
    }
    return result
  }

  /// The block that starts here, and how many lines it has; nil for a paragraph.
  private func block(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    comment(lines) ?? fence(lines) ?? heading(lines) ?? folded(lines) ?? quote(lines)
      ?? table(lines) ?? rule(lines) ?? list(lines)
  }

  private func paragraphLength(_ lines: ArraySlice<Substring>) -> Int {
    var count = 1
    for index in lines.indices.dropFirst() {
      let line = lines[index]
      if line.allSatisfy({ $0 == " " || $0 == "\t" }) || block(lines[index...]) != nil { break }
      count += 1
    }
    return count
  }

  // MARK: Blocks

  private func comment(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    guard let first = lines.first, first.hasPrefix("<!--") else { return nil }
    let count = lines.prefix { !$0.contains("-->") }.count
    return ("", min(lines.count, count + 1))
  }

  private func fence(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    guard let first = lines.first, let fence = Fence(opening: first) else { return nil }
    let body = lines.dropFirst().prefix { !fence.isClosed(by: $0) }
    let text = body.map { fence.content($0) + "\n" }.joined()
    let language = fence.info.prefix { $0 != " " }
    let name = language.isEmpty ? "" : " class=\"language-\(HTMLText.escaped(language))\""
    return (
      "<pre><code\(name)>\(HTMLText.escaped(text))</code></pre>",
      min(lines.count, body.count + 2)
    )
  }

  private func heading(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    guard let line = lines.first else { return nil }
    let level = line.prefix { $0 == "#" }.count
    guard (1...6).contains(level), line.dropFirst(level).first.map({ $0 == " " }) ?? true else {
      return nil
    }
    let text = MarkdownText.oneLine(String(line.dropFirst(level)))
    return ("<h\(level)>\(inline(text))</h\(level)>", 1)
  }

  private func folded(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    guard lines.first == "<details>", let second = lines.dropFirst().first,
      second.hasPrefix("<summary>"), second.hasSuffix("</summary>")
    else { return nil }
    var fence: Fence?
    var count = 2
    for line in lines.dropFirst(2) {
      count += 1
      if let open = fence {
        if open.isClosed(by: line) { fence = nil }
      } else if line == "</details>" {
        break
      } else {
        fence = Fence(opening: line)
      }
    }
    let inner = blocks(lines.dropFirst(2).prefix(count - 3)).joined(separator: "\n")
    return ("<details>\n\(second)\n\(inner)\n</details>", count)
  }

  private func quote(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    let quoted = lines.prefix { $0.hasPrefix(">") }
    guard !quoted.isEmpty else { return nil }
    let inner = quoted.map { $0.hasPrefix("> ") ? $0.dropFirst(2) : $0.dropFirst() }
    let html = blocks(inner[...]).joined(separator: "\n")
    return ("<blockquote>\n\(html)\n</blockquote>", quoted.count)
  }

  private func rule(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    let marks = (lines.first ?? "").filter { $0 != " " }
    guard marks.count >= 3, let mark = marks.first, "-*_".contains(mark),
      marks.allSatisfy({ $0 == mark })
    else { return nil }
    return ("<hr>", 1)
  }

  private func table(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    guard let head = lines.first, head.contains("|"), let second = lines.dropFirst().first else {
      return nil
    }
    let rules = Self.cells(second)
    guard !rules.isEmpty, second.contains("-"), rules.count == Self.cells(head).count,
      rules.allSatisfy({ rule in
        !rule.isEmpty && rule.contains("-") && rule.allSatisfy { "-: ".contains($0) }
      })
    else { return nil }
    let body = lines.dropFirst(2).prefix { $0.contains("|") }
    let row = { (line: Substring, tag: String) in
      "<tr>"
        + zip(Self.cells(line), rules).map { cell, rule in
          let side = rule.hasSuffix(":") ? (rule.hasPrefix(":") ? "center" : "right") : "left"
          return "<\(tag) style=\"text-align:\(side)\">\(inline(cell))</\(tag)>"
        }.joined() + "</tr>"
    }
    let html =
      ["<table>", "<thead>\(row(head, "th"))</thead>", "<tbody>"] + body.map { row($0, "td") }
      + ["</tbody>", "</table>"]
    return (html.joined(separator: "\n"), body.count + 2)
  }

  /// The cells of a row; a pipe behind a backslash belongs to its cell.
  private static func cells(_ line: Substring) -> [String] {
    var cells: [String] = [], current = "", isEscaped = false
    for scalar in MarkdownText.oneLine(String(line)).unicodeScalars {
      if scalar == "|", !isEscaped {
        cells.append(MarkdownText.oneLine(current))
        current = ""
      } else {
        if scalar == "|" { current.unicodeScalars.removeLast() }
        current.unicodeScalars.append(scalar)
      }
      isEscaped = scalar == "\\" && !isEscaped
    }
    cells.append(MarkdownText.oneLine(current))
    if cells.first == "" { cells.removeFirst() }
    if cells.last == "" { cells.removeLast() }
    return cells
  }

  private func list(_ lines: ArraySlice<Substring>) -> (String, Int)? {
    guard let first = lines.first, let kind = Self.bullet(first) else { return nil }
    var items: [[Substring]] = [], count = 0
    for line in lines {
      if let bullet = Self.bullet(line), bullet.isNumbered == kind.isNumbered {
        items.append([line.dropFirst(bullet.width)])
      } else if line.isEmpty || line.hasPrefix("  ") {
        // A blank line ends the list, unless it goes on behind it.
        let next = lines.dropFirst(count + 1).first { !$0.isEmpty }
        if line.isEmpty, !(next.map { $0.hasPrefix("  ") || Self.bullet($0) != nil } ?? false) {
          break
        }
        let blanks = min(kind.width, line.prefix { $0 == " " }.count)
        items[items.count - 1].append(line.dropFirst(blanks))
      } else if block(lines.dropFirst(count)) != nil {
        break
      } else {
        items[items.count - 1].append(line)
      }
      count += 1
    }
    let tag = kind.isNumbered ? "ol" : "ul"
    let html = items.map { item -> String in
      let inner = blocks(item[...])
      // A lone paragraph stands without its tags.
      let text =
        inner.count == 1 && inner[0].hasPrefix("<p>")
        ? String(inner[0].dropFirst(3).dropLast(4)) : inner.joined(separator: "\n")
      return "<li>\(text)</li>"
    }
    return ("<\(tag)>\n\(html.joined(separator: "\n"))\n</\(tag)>", count)
  }

  private static func bullet(_ line: Substring) -> (isNumbered: Bool, width: Int)? {
    if let mark = line.first, "-*+".contains(mark), line.dropFirst().first == " " {
      return (false, 2)
    }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(digits.count)
    guard (1...9).contains(digits.count), let mark = rest.first, mark == "." || mark == ")",
      rest.dropFirst().first == " "
    else { return nil }
    return (true, digits.count + 2)
  }

  private func inline(_ text: String) -> String { InlineHTML(target: target).html(text) }
}
