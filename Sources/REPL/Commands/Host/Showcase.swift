/// Shows the work to people elsewhere while it goes on, such as on a page in their browser.
package protocol Showcase: AnyObject, Sendable {
  /// Opens it; where it is open, nothing changes.
  ///
  /// - Parameter port: The port at which it is to be found; nil for any.
  /// - Returns: Its address.
  /// - Throws: What is wrong, in words.
  func open(port: Int?) throws -> String
}
