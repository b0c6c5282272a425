/// A `def` of a program, as editors show it.
package struct ProgramDefinition: Sendable {
  /// A parameter of it.
  package struct Parameter: Sendable {
    /// Its name.
    package let name: String
    /// Its default as it is written; nil where it must be given.
    package let defaultText: String?
  }

  /// Its name.
  package let name: String
  /// Where the name stands.
  package let nameSpan: Span
  /// Where all of it stands.
  package let span: Span
  /// The text that it stands in.
  package let source: SourceText
  /// Its parameters in order.
  package let parameters: [Parameter]

  /// As in `reach run [target=0.5]`.
  package var usage: String {
    let words = parameters.map { parameter in
      parameter.defaultText.map { "[\(parameter.name)=\($0)]" } ?? parameter.name
    }
    return ([name] + words).joined(separator: " ")
  }
}

extension Program {
  /// The defs in the order in which they stand.
  package var definitions: [ProgramDefinition] {
    steps.compactMap { step in
      guard case .define(let function) = step.statement.kind else { return nil }
      return ProgramDefinition(
        name: function.name.text, nameSpan: function.name.span, span: function.span,
        source: step.source,
        parameters: function.parameters.map { parameter in
          ProgramDefinition.Parameter(
            name: parameter.name.text,
            defaultText: parameter.defaultValue.map { step.source[$0.span] })
        })
    }
  }

  /// The files that it includes, each with the place of its name; none once they are in their places.
  package var includes: [(path: String, span: Span)] {
    steps.compactMap { step in
      if case .include(let path, let span) = step.statement.kind { (path, span) } else { nil }
    }
  }
}
