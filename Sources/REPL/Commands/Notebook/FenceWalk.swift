internal import Language

/// Finds, step after step, in which fence of a Markdown text a step stands.
struct FenceWalk {
  /// Where a step stands.
  enum Place: Equatable {
    /// In a fence of which no step came before, with its lines.
    case new(String)
    /// In the fence of the step before it.
    case same
  }

  private let source: SourceText
  private let fences: [Span]
  private let includes: [Span]
  private var current: Span?
  private var lastOffset = -1

  /// The fences of a text.
  init(_ source: SourceText) {
    self.source = source
    fences = Notation.markdown.segments(of: source).compactMap {
      if case .steps(let span) = $0 { span } else { nil }
    }
    includes = Parser.parse(source, notation: .markdown).program.includes.map(\.span)
  }

  /// The place of the next step; nil for prose outside of fences.
  mutating func place(of step: Language.Step) -> Place? {
    let offset: Int
    if step.source === source {
      offset = step.span.lower
    } else {
      // What a file brings stands where it is included.
      offset = includes.first { $0.lower > lastOffset }?.lower ?? lastOffset
      if current.map({ $0.lower <= offset && offset < $0.upper }) == true { return .same }
    }
    guard let fence = fences.first(where: { $0.lower <= offset && offset < $0.upper }) else {
      return nil
    }
    if step.source === source { lastOffset = offset }
    if fence == current { return .same }
    current = fence
    let text = source[fence]
    return .new(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}
