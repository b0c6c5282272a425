/// Prints diagnostics for people: place, message, the source line, an underline with the hint.
///
/// ```
/// toys.yolos:14:31: error: 'train' has no option 'epoch'
///    14 | first = train nano data=plush epoch=100
///       |                               ^~~~~ did you mean 'epochs'?
/// ```
package struct DiagnosticPrinter: Sendable {
  /// Whether to color the output with ANSI sequences.
  package let usesColor: Bool
  /// Columns of the source line that are shown; longer lines are cut to the stretch that matters.
  package let width: Int

  /// Bytes on both sides of a place that are looked at; more than fit a line.
  private static let nearby = 4096

  /// Prepares a printer; `width` is at least 20 columns.
  package init(usesColor: Bool = false, width: Int = 100) {
    (self.usesColor, self.width) = (usesColor, max(20, width))
  }

  /// All diagnostics, one behind the other, each ending in a newline.
  package func text(of diagnostics: [Diagnostic]) -> String {
    diagnostics.map(text(of:)).joined()
  }

  /// One diagnostic with its labels; ends in a newline.
  package func text(of diagnostic: Diagnostic) -> String {
    let color =
      diagnostic.severity == .error ? "31" : diagnostic.severity == .warning ? "35" : "36"
    let place = diagnostic.place.map { paint("\($0): ", "1") } ?? ""
    let severity = paint("\(diagnostic.severity.rawValue): ", "1;\(color)")
    var result = "\(place)\(severity)\(paint(diagnostic.message, "1"))\n"
    if let span = diagnostic.span, let source = diagnostic.source {
      result += excerpt(of: source, at: span, hint: diagnostic.hint, color: color)
    } else if let hint = diagnostic.hint {
      result += "      = \(hint)\n"
    }
    for label in diagnostic.labels {
      guard let source = label.source ?? diagnostic.source else { continue }
      let line = source.line(at: label.span.lower)
      let place = "\(source.name):\(line):\(source.column(at: label.span.lower))"
      result += "\(paint("\(place): ", "1"))\(paint("note: ", "1;36"))\(label.message)\n"
      result += excerpt(of: source, at: label.span, hint: nil, color: "36")
    }
    return result
  }

  private func excerpt(of source: SourceText, at span: Span, hint: String?, color: String)
    -> String
  {
    let number = source.line(at: span.lower)
    let line = source.span(ofLine: number)
    let (lower, upper) = (min(span.lower, line.upper), min(span.upper, line.upper))
    // Of a long line only what is near can be shown: a line may have a megabyte and fifty errors.
    let cut = Excerpt(
      before: source[source.whole(Span(max(line.lower, lower - Self.nearby), lower))],
      marked: source[source.whole(Span(lower, min(upper, lower + Self.nearby)))],
      after: source[source.whole(Span(upper, min(line.upper, upper + Self.nearby)))], width: width)
    let digits = String(number)
    let gutter = String(repeating: " ", count: max(0, 5 - digits.count)) + digits
    let empty = String(repeating: " ", count: max(5, digits.count))
    let bar = paint("|", "2")
    var underline = cut.underline
    let indent = underline.prefix { $0 == " " }
    underline = "\(indent)\(paint(String(underline.dropFirst(indent.count)), "1;\(color)"))"
    var result = "\(paint(gutter, "2")) \(bar) \(cut.line)\n\(empty) \(bar) \(underline)"
    guard let hint else { return result + "\n" }
    if cut.underline.count + DisplayWidth.of(hint) < width + 20 {
      result += " \(hint)\n"
    } else {
      result += "\n\(empty) = \(hint)\n"
    }
    return result
  }

  private func paint(_ text: String, _ code: String) -> String {
    usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// One source line cut to a width, and the underline that fits below it.
struct Excerpt {
  let line: String
  let underline: String

  init(before: String, marked: String, after: String, width: Int) {
    var (before, marked, after) = (Self.plain(before), Self.plain(marked), Self.plain(after))
    if DisplayWidth.of(marked) > width / 2 { marked = "\(marked.prefix(width / 2))…" }
    if DisplayWidth.of(before) + DisplayWidth.of(marked) > width * 3 / 4 {
      before = "…\(before.suffix(max(4, width * 3 / 4 - DisplayWidth.of(marked))))"
    }
    let room = max(4, width - DisplayWidth.of(before) - DisplayWidth.of(marked))
    if after.count > room { after = "\(after.prefix(room))…" }
    while after.last == " " { after.removeLast() }
    line = "\(before)\(marked)\(after)"
    let tildes = String(repeating: "~", count: max(0, DisplayWidth.of(marked) - 1))
    underline = String(repeating: " ", count: DisplayWidth.of(before)) + "^" + tildes
  }

  /// Tabs become two blanks, what a terminal would obey becomes a visible sign.
  private static func plain(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9: result += "  "
      case 0..<32, 127..<160, 0x202A...0x202E, 0x2066...0x2069: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
