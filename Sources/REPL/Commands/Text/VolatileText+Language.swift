internal import Foundation
package import Language
package import Report

extension VolatileText {
  /// Text from pieces, of which some may differ from run to run.
  package init(_ pieces: [TextPiece]) {
    self.init(
      pieces.map(\.text).joined(), volatilePieces: pieces.filter(\.isVolatile).map(\.text))
  }

  /// A diagnostic in words; its place is volatile.
  init(_ diagnostic: Diagnostic) {
    self.init(diagnostic, text: DiagnosticPrinter().text(of: diagnostic))
  }

  /// A diagnostic in the words of a warning, which whoever shows it marks as one.
  init(warning diagnostic: Diagnostic) {
    var text = DiagnosticPrinter().text(of: diagnostic)
    if let mark = text.range(of: "\(diagnostic.severity.rawValue): ") { text.removeSubrange(mark) }
    self.init(diagnostic, text: text)
  }

  private init(_ diagnostic: Diagnostic, text: String) {
    var pieces: [String] = []
    if let place = diagnostic.place { pieces.append(place) }
    if let span = diagnostic.span, let source = diagnostic.source {
      pieces.append("\(source.line(at: span.lower)) |")
    }
    self.init(text, volatilePieces: pieces.filter { text.contains($0) })
  }

  /// The text cut at the pieces that may differ.
  package var pieces: [TextPiece] {
    var pieces: [TextPiece] = []
    var rest = text[...]
    for volatile in volatilePieces {
      guard !volatile.isEmpty, let range = rest.range(of: volatile) else { continue }
      if range.lowerBound > rest.startIndex {
        pieces.append(TextPiece(String(rest[..<range.lowerBound])))
      }
      pieces.append(TextPiece(volatile, isVolatile: true))
      rest = rest[range.upperBound...]
    }
    if !rest.isEmpty { pieces.append(TextPiece(String(rest))) }
    return pieces
  }
}
