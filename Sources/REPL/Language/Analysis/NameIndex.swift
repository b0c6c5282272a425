/// Where each name of a program stands, and which of them mean the same: what an editor needs to go to a
/// definition, to list references and to rename.
package struct NameIndex: Sendable {
  /// What a name stands for: two places with equal symbols mean the same thing.
  package struct Symbol: Hashable, Sendable {
    /// The kinds of things that bear a name.
    package enum Kind: Hashable, Sendable {
      /// A variable or a parameter.
      case variable
      /// A `def`.
      case function
      /// A command of the table.
      case command
      /// A function of the language.
      case builtin
    }

    /// What kind of thing it is.
    package let kind: Kind
    /// Its name.
    package let name: String
    /// The `def` that it belongs to; nil for the script itself.
    package let scope: String?
  }

  /// What stands at a place.
  package enum Role: Hashable, Sendable {
    /// A name.
    case name(Symbol)
    /// The key of an option, of a command or a def.
    case option(of: String)
    /// A member behind a dot.
    case member
  }

  /// One place.
  package struct Occurrence: Sendable {
    /// The word that stands there.
    package let text: String
    /// Where it stands.
    package let span: Span
    /// The text it stands in.
    package let source: SourceText
    /// What it is.
    package let role: Role
    /// Whether a name gets its value here.
    package let isBinding: Bool
    /// Whether it is bound as a parameter of the script.
    package let isParameter: Bool
    /// The place of the step among those of the program.
    package let step: Int

    /// What the name stands for, if it is one.
    package var symbol: Symbol? {
      if case .name(let symbol) = role { symbol } else { nil }
    }
  }

  /// All places in the order of the program.
  package let occurrences: [Occurrence]

  /// Indexes a program whose includes are resolved.
  package init(_ program: Program, table: CommandTable) {
    var reader = NameReader(program, table: table)
    reader.readAll()
    occurrences = reader.occurrences
  }

  /// The place that an offset of a text lies in, or right behind; the innermost of several.
  package func occurrence(at offset: Int, in source: SourceText) -> Occurrence? {
    occurrences.filter {
      $0.source === source && $0.span.lower <= offset && offset <= $0.span.upper
    }.min { ($0.span.count, -$0.span.lower) < ($1.span.count, -$1.span.lower) }
  }

  /// All places that mean a symbol.
  package func occurrences(of symbol: Symbol) -> [Occurrence] {
    occurrences.filter { $0.symbol == symbol }
  }

  /// Where the name that stands at a place got its value: by the last step before it, or else by the first
  /// of all.
  package func definition(of occurrence: Occurrence) -> Occurrence? {
    guard let symbol = occurrence.symbol else { return nil }
    let all = occurrences(of: symbol).filter(\.isBinding)
    if occurrence.isBinding { return occurrence }
    let before = all.last { binding in
      binding.step < occurrence.step
        || (binding.step == occurrence.step && binding.source === occurrence.source
          && binding.span.upper <= occurrence.span.lower)
    }
    return before ?? all.first
  }

  /// Why a symbol cannot get another name, or nil.
  package func problem(
    renaming symbol: Symbol, to name: String, table: CommandTable
  ) -> String? {
    guard symbol.kind == .variable || symbol.kind == .function else {
      return "'\(symbol.name)' is part of the language"
    }
    var lexer = Lexer(SourceText(name: "", name), span: Span(0, name.utf8.count))
    lexer.run()
    let isName = lexer.diagnostics.isEmpty && lexer.tokens.first?.span.count == name.utf8.count
    guard isName, [.name, .keyword].contains(lexer.tokens[0].kind) else {
      return "'\(name)' is not a valid name: use letters, digits and _, and no digit first"
    }
    if let problem = NameRules.problem(with: name, table: table) { return problem }
    if Builtin.named(name) != nil, symbol.kind == .function {
      return "'\(name)' is a built-in function"
    }
    let taken = occurrences.first { occurrence in
      guard let other = occurrence.symbol, other.name == name, other != symbol else { return false }
      // A def sees the script's parameters, and the script sees all defs.
      return other.scope == symbol.scope || other.scope == nil || symbol.scope == nil
    }
    guard let taken else { return nil }
    let line = taken.source.line(at: taken.span.lower)
    return "'\(name)' is used already, in line \(line) of \(taken.source.name)"
  }
}
