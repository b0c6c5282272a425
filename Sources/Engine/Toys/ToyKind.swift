/// What can stand in a picture of the built-in dataset and is labeled there.
///
/// The first three bear the names of the plush toys that the project began with: a donkey, a sheep
/// and a pig.
public enum ToyKind: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case oslik, ovecka, prasatko
  case bear, rabbit, cat, fox, elephant, frog
  case duck, penguin, owl
  case turtle, whale
  case car, ball

  /// The place among all kinds, which keeps the chances of different portraits apart.
  var kindIndex: Int { ToyKind.allCases.firstIndex(of: self) ?? 0 }

  /// The class name.
  public var description: String { rawValue }
}
