internal import Foundation

/// Shell patterns.
enum FilePattern {
  /// Whether a text fits a pattern with `*`, `?` and `[…]`.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    // SAFETY: fnmatch reads two strings that live for the call.
    unsafe fnmatch(pattern, text, 0) == 0
  }
}
