/// What a command takes: arguments by position, then options by name.
package struct Signature: Sendable {
  /// One thing a command takes.
  package struct Parameter: Sendable {
    /// Its name: the option's key, or what help calls the argument.
    package let name: String
    /// What fits.
    package let type: ValueType
    /// What it is when it is not given; nil if there is nothing to show (the command decides).
    package var defaultValue: Constant?
    /// Whether it must be given.
    package var isRequired: Bool
    /// Whether the last positional argument takes all that follow, as a list; one list of the type
    /// may be given instead (unless it takes anything at all).
    package var isVariadic: Bool
    /// Whether a bare word is meant as its own text (`help train`, `forget first`).
    package var takesWord: Bool
    /// Whether a value that differs between runs may be given; else it is refused, because the
    /// step could not come out the same again.
    package var takesVolatile: Bool
    /// The unit, for help: "epochs", "pixels", "degrees".
    package var unit: String?
    /// Which numbers are allowed, or how long a list may be counted: each number in a list.
    package var range: Range?
    /// Which texts are allowed; empty means any.
    package var choices: [String]
    /// Other names it answers to, such as those of older tools.
    package var aliases: [String]
    /// Whether a text names a file or folder, for completion.
    package var isPath: Bool
    /// Texts that completion offers although others are allowed, too.
    package var completions: [String]
    /// One line for help.
    package let summary: String

    /// Whether one list given for all that follow stands for its elements.
    var spreadsList: Bool {
      if case .list(.any) = type { false } else { true }
    }

    /// Describes an argument or option.
    package init(
      _ name: String, _ type: ValueType, _ summary: String, default defaultValue: Constant? = nil,
      isRequired: Bool = false, isVariadic: Bool = false, takesWord: Bool = false,
      takesVolatile: Bool = false, unit: String? = nil, range: Range? = nil,
      choices: [String] = [], aliases: [String] = [], isPath: Bool = false,
      completions: [String] = []
    ) {
      (self.name, self.type, self.summary, self.defaultValue) = (name, type, summary, defaultValue)
      (self.isRequired, self.isVariadic, self.takesWord) = (isRequired, isVariadic, takesWord)
      (self.takesVolatile, self.unit, self.range) = (takesVolatile, unit, range)
      (self.choices, self.aliases, self.isPath) = (choices, aliases, isPath)
      self.completions = completions
    }
  }

  /// The numbers that a parameter allows.
  package struct Range: Sendable, Hashable, CustomStringConvertible {
    /// The lower bound; `-infinity` for none.
    package let lower: Double
    /// The upper bound; `infinity` for none.
    package let upper: Double
    /// Whether the lower bound itself is refused.
    package let excludesLower: Bool

    /// `lower...upper`.
    package static func between(_ lower: Double, _ upper: Double) -> Range {
      Range(lower: lower, upper: upper, excludesLower: false)
    }
    /// `lower` and more.
    package static func atLeast(_ lower: Double) -> Range {
      Range(lower: lower, upper: .infinity, excludesLower: false)
    }
    /// More than `lower`, up to `upper`.
    package static func above(_ lower: Double, upTo upper: Double = .infinity) -> Range {
      Range(lower: lower, upper: upper, excludesLower: true)
    }

    /// Whether a number is allowed.
    package func contains(_ number: Double) -> Bool {
      number <= upper && (excludesLower ? number > lower : number >= lower)
    }

    /// "from 0 to 1", "1 or more", "above 0".
    package var description: String {
      let low = NumberFormat.shortest(lower)
      if upper == .infinity { return excludesLower ? "above \(low)" : "\(low) or more" }
      let high = NumberFormat.shortest(upper)
      if lower == -.infinity { return "\(high) or less" }
      return excludesLower ? "above \(low), up to \(high)" : "from \(low) to \(high)"
    }
  }

  /// The positional arguments, in order; those that are not required come last.
  package let positional: [Parameter]
  /// The options, in the order in which help lists them.
  package let options: [Parameter]
  /// All parameters, positional ones first.
  package let parameters: [Parameter]
  /// Those that must be given.
  let required: [Parameter]
  /// Where in `parameters` each name and alias stands.
  private let places: [String: Int]

  /// Puts a signature together.
  ///
  /// Positional arguments can also be given by name.
  package init(_ positional: [Parameter] = [], options: [Parameter] = []) {
    (self.positional, self.options) = (positional, options)
    parameters = positional + options
    required = parameters.filter(\.isRequired)
    let named = parameters.enumerated().flatMap { place, parameter in
      ([parameter.name] + parameter.aliases).map { ($0, place) }
    }
    places = Dictionary(named, uniquingKeysWith: { first, _ in first })
  }

  /// The parameter that a written name or alias means.
  package func parameter(_ name: String) -> Parameter? { places[name].map { parameters[$0] } }
}
