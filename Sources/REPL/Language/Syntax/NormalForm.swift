/// Writes a program in normal form: one blank where any number may stand, one kind of line break,
/// no comments, no brackets that change nothing.
///
/// Programs with equal normal forms mean the same.
enum NormalForm {
  /// A statement, its blocks indented by two columns a level.
  static func text(of statement: Statement, indent: Int = 0) -> String {
    let margin = String(repeating: "  ", count: indent)
    func block(_ body: [Statement]) -> String {
      let lines = body.map { text(of: $0, indent: indent + 1) + "\n" }.joined()
      return body.isEmpty ? "{ }" : "{\n\(lines)\(margin)}"
    }
    switch statement.kind {
    case .prose(_, let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      return lines.map { $0.isEmpty ? "\(margin)#" : "\(margin)# \($0)" }.joined(separator: "\n")
    case .expression(let value): return margin + outer(value)
    case .assign(let name, let value): return "\(margin)\(name.text) = \(outer(value))"
    case .append(let name, let value): return "\(margin)\(name.text) += \(outer(value))"
    case .param(let name, let value, _): return "\(margin)param \(name.text) = \(outer(value))"
    case .loop(let name, let list, let body):
      return "\(margin)for \(name.text) in \(text(of: list)) \(block(body))"
    case .condition(let branches, let otherwise):
      let parts = branches.map { "if \(text(of: $0.condition)) \(block($0.body))" }
      let end = otherwise.map { " else \(block($0))" } ?? ""
      return margin + parts.joined(separator: " else ") + end
    case .define(let function):
      let parameters = function.parameters.map { parameter in
        parameter.name.text + (parameter.defaultValue.map { "=\(text(of: $0))" } ?? "")
      }
      let list = parameters.joined(separator: ", ")
      return "\(margin)def \(function.name.text)(\(list)) \(block(function.body))"
    case .leave(let value): return margin + "return" + (value.map { " \(outer($0))" } ?? "")
    case .assert(let condition, let message):
      return "\(margin)assert \(text(of: condition))" + (message.map { ", \(text(of: $0))" } ?? "")
    case .include(let path, _): return "\(margin)include \(StringLiteral.quoted(path))"
    }
  }

  /// An expression where a command may stand without parentheses.
  private static func outer(_ expression: Expression) -> String {
    if case .call(let call) = expression.kind { return text(of: call) }
    return text(of: expression)
  }

  private static func text(of call: Call) -> String {
    let arguments = call.arguments.map { argument in
      let value = text(of: argument.value)
      let isPlain = !needsBrackets(argument.value)
      return (argument.name.map { "\($0)=" } ?? "") + (isPlain ? value : "(\(value))")
    }
    return ([call.name] + arguments).joined(separator: " ")
  }

  private static func needsBrackets(_ expression: Expression) -> Bool {
    if case .binary = expression.kind { return true }
    if case .unary(.not, _) = expression.kind { return true }
    return false
  }

  /// An expression; operators get brackets where their order needs them.
  static func text(of expression: Expression, above floor: Int = 0) -> String {
    switch expression.kind {
    case .number(let number): return NumberFormat.shortest(number)
    case .bool(let bool): return bool ? "true" : "false"
    case .none: return "none"
    case .name(let name), .word(let name): return name
    case .string(let template): return "\"\(text(of: template))\""
    case .list(let elements): return "[\(elements.map { text(of: $0) }.joined(separator: ", "))]"
    case .call(let call): return "(\(text(of: call)))"
    case .function(let name, let arguments, _):
      return "\(name)(\(arguments.map { text(of: $0) }.joined(separator: ", ")))"
    case .member(let base, let name, _): return "\(text(of: base, above: 10)).\(name)"
    case .index(let base, let index): return "\(text(of: base, above: 10))[\(text(of: index))]"
    case .unary(.minus, let operand): return brackets("-" + text(of: operand, above: 7), 7 < floor)
    case .unary(.not, let operand):
      return brackets("not " + text(of: operand, above: 4), 3 < floor)
    case .binary(let symbol, let left, let right, _):
      let level = symbol.precedence
      let isRightBound = symbol == .power || symbol.isComparison
      let inner = text(of: left, above: isRightBound ? level + 1 : level)
      let rightText = text(of: right, above: symbol == .power ? level : level + 1)
      return brackets("\(inner) \(symbol.rawValue) \(rightText)", level < floor)
    }
  }

  private static func brackets(_ text: String, _ areNeeded: Bool) -> String {
    areNeeded ? "(\(text))" : text
  }

  private static func text(of template: Template) -> String {
    template.pieces.map { piece in
      switch piece {
      case .text(let text): StringLiteral.escaped(text)
      case .value(let value, let format, _):
        "{\(text(of: value))\(format.map { ":\($0.text)" } ?? "")}"
      }
    }.joined()
  }
}
