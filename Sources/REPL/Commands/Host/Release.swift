/// Which yolos this is.
package enum Release {
  /// The version, part of every cache key: another version may give other numbers.
  package static let version = "0.2.0"

  /// Part of every cache key, too: goes up with each change that gives other numbers under the same version.
  static let numbers = 5
}
