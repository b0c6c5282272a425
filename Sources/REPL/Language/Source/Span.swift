/// A stretch of a source text, as UTF-8 offsets from its start.
package struct Span: Hashable, Sendable {
  /// The offset of the first byte.
  package let lower: Int
  /// The offset behind the last byte; never below `lower`.
  package let upper: Int

  /// Names the bytes `lower..<upper`.
  package init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = max(lower, upper)
  }

  /// How many bytes it covers.
  package var count: Int { upper - lower }

  /// The smallest span that covers both.
  package func joined(with other: Span) -> Span {
    Span(min(lower, other.lower), max(upper, other.upper))
  }
}
