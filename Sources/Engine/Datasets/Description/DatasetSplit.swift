/// The three parts of a dataset.
public enum DatasetSplit: String, Codable, CaseIterable, Hashable, Sendable, CustomStringConvertible
{
  /// What training learns from.
  case train
  /// What decides between epochs and runs.
  case val
  /// What is kept for the end; it may lack labels.
  case test

  /// The word used in dataset files.
  public var description: String { rawValue }
}
