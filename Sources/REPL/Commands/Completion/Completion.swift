/// What could stand where the cursor is.
package struct Completion: Sendable, Equatable {
  /// What kind of words fit.
  package enum Place: Sendable, Equatable {
    /// A statement, or a command's place on the right of `=` and in parentheses.
    case statement
    /// An argument or an option of a command; nil for one of the user's own.
    case arguments(of: String?)
    /// The value of an option.
    case value
    /// A member of a type; nil where the type is not known.
    case member(of: String?)
    /// Text in quotes.
    case text
  }

  /// Words that begin with what is there.
  package var words: [String] = []
  /// What of a word is there already.
  package var start = ""
  /// What kind of words they are.
  package var place = Place.statement
  /// What goes behind a single match; nil for nothing.
  package var append: Character?
  /// Whether file names are tried where no word fits.
  package var triesFiles = false
  /// Whether a quote is closed behind a single match.
  package var closesQuote = false

  /// Words that begin with `start`, in order.
  init(_ words: [String], from start: String, at place: Place, append: Character? = nil) {
    self.words = Set(words.filter { $0.hasPrefix(start) }).sorted()
    (self.start, self.place, self.append) = (start, place, append)
  }

  /// File names that begin with `start`.
  static func files(from start: String) -> Completion {
    var completion = Completion([], from: start, at: .text)
    completion.triesFiles = true
    completion.closesQuote = true
    return completion
  }
}
