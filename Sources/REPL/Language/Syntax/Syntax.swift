/// One expression of a program.
package struct Expression: Sendable {
  /// What kind of expression it is.
  indirect enum Kind: Sendable {
    case number(Double)
    case string(Template)
    case bool(Bool)
    case none
    case list([Expression])
    /// A variable.
    case name(String)
    /// A name where a command may stand: a variable, or a command without arguments.
    case word(String)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression, at: Span)
    case member(Expression, String, at: Span)
    case index(Expression, Expression)
    case function(String, [Expression], at: Span)
    case call(Call)
  }

  let kind: Kind
  /// Where it stands.
  package let span: Span
  /// How many expressions stand in one another; bounded, so that walking cannot overflow.
  let height: Int

  init(_ kind: Kind, at span: Span, height: Int = 1) {
    (self.kind, self.span, self.height) = (kind, span, height)
  }
}

/// What stands before one operand.
enum UnaryOperator: String, Sendable {
  case minus = "-"
  case not
}

/// What stands between two operands.
enum BinaryOperator: String, Sendable {
  case or, and
  case equal = "=="
  case unequal = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divided = "/"
  case modulo = "%"
  case power = "**"

  /// How strongly it binds; more binds first.
  var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn, .isNotIn: 4
    case .plus, .minus: 5
    case .times, .divided, .modulo: 6
    case .power: 8
    }
  }

  var isComparison: Bool { precedence == 4 }
}

/// A command or a `def` with its arguments.
package struct Call: Sendable {
  struct Argument: Sendable {
    /// The key of `key=value`; nil for a positional argument.
    let name: String?
    let nameSpan: Span
    let value: Expression
  }

  /// The verb.
  package let name: String
  let nameSpan: Span
  let arguments: [Argument]
  /// Where the whole call stands.
  package let span: Span
}

/// Text with expressions in braces: a string or a stretch of prose.
struct Template: Sendable {
  enum Piece: Sendable {
    case text(String)
    case value(Expression, FormatSpecification?, span: Span)
  }

  let pieces: [Piece]

  /// The text, if there are no expressions in it.
  var constant: String? {
    var result = ""
    for piece in pieces {
      guard case .text(let text) = piece else { return nil }
      result += text
    }
    return result
  }
}

/// One statement, or a stretch of prose.
package struct Statement: Sendable {
  indirect enum Kind: Sendable {
    case prose(Template, text: String)
    case expression(Expression)
    case assign(Name, Expression)
    case append(Name, Expression)
    case param(Name, Expression, summary: String?)
    case condition([Branch], otherwise: [Statement]?)
    case loop(Name, Expression, [Statement])
    case define(Function)
    case leave(Expression?)
    case assert(Expression, message: Expression?)
    case include(String, at: Span)
  }

  /// `if condition { … }` or an `else if` of it.
  struct Branch: Sendable {
    let condition: Expression
    let body: [Statement]
  }

  let kind: Kind
  /// Where it stands.
  package let span: Span
}

/// A name that a statement binds.
struct Name: Sendable {
  let text: String
  let span: Span
}

/// A `def`.
final class Function: Sendable {
  struct Parameter: Sendable {
    let name: Name
    let defaultValue: Expression?
  }

  let name: Name
  let parameters: [Parameter]
  let body: [Statement]
  /// The text that it stands in.
  let source: SourceText
  let span: Span

  init(
    name: Name, parameters: [Parameter], body: [Statement], source: SourceText, span: Span
  ) {
    (self.name, self.parameters, self.body) = (name, parameters, body)
    (self.source, self.span) = (source, span)
  }
}

extension Function {
  /// Its parameters as a signature: all of them positional, those with a default optional.
  var signature: Signature {
    Signature(
      parameters.map {
        Signature.Parameter(
          $0.name.text, .any, "", isRequired: $0.defaultValue == nil, takesVolatile: true)
      })
  }
}
