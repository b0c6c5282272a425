package import Language

/// The names that somebody at the prompt has bound so far.
package struct Vocabulary: Sendable {
  /// Variables with their types.
  package var variables: [String: ValueType] = [:]
  /// Commands of the user's own.
  package var functions: [String] = []
  /// The classes of models and datasets at hand.
  package var classNames: [String] = []

  /// Nothing is bound.
  package init() {}
}
