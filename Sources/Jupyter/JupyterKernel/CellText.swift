/// Places in a cell's text as the protocol counts them: in code points.
struct CellText {
  private let scalars: [Unicode.Scalar]
  /// The cursor, cut to the text.
  let cursor: Int

  init(_ code: String, cursor: Int?) {
    scalars = Array(code.unicodeScalars)
    self.cursor = min(max(0, cursor ?? scalars.count), scalars.count)
  }

  private func text(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(scalars[range]))
  }

  /// What stands before the cursor.
  var before: String { text(0..<cursor) }

  // MARK: The word at the cursor

  private static func isNameSign(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
  }

  /// The name that the cursor stands in or behind.
  var word: Range<Int> {
    var (lower, upper) = (cursor, cursor)
    // Behind "train(" or "train " the word before is meant.
    if !(cursor < scalars.count && Self.isNameSign(scalars[cursor])) {
      while lower > 0, scalars[lower - 1] == " " || scalars[lower - 1] == "(" { lower -= 1 }
      upper = lower
    }
    while lower > 0, Self.isNameSign(scalars[lower - 1]) { lower -= 1 }
    while upper < scalars.count, Self.isNameSign(scalars[upper]) { upper += 1 }
    return lower..<upper
  }

  /// Its letters.
  var name: String { text(word) }

  /// What stands before the word.
  var head: String { text(0..<word.lowerBound) }

  /// Whether the word is the key of an option.
  var isKey: Bool {
    let place = word.upperBound
    return place < scalars.count && scalars[place] == "="
      && !(place + 1 < scalars.count && scalars[place + 1] == "=")
  }

  /// The expression before the dot that the word follows: `first.best` of `first.best.map50`; nil where it
  /// follows none.
  var owner: String? {
    var lower = word.lowerBound
    guard lower > 0, scalars[lower - 1] == "." else { return nil }
    let upper = lower - 1
    lower = upper
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      Self.isNameSign(scalar) || [".", "[", "]"].contains(scalar)
    }
    while lower > 0, isPart(scalars[lower - 1]) { lower -= 1 }
    return lower < upper ? text(lower..<upper) : nil
  }
}
