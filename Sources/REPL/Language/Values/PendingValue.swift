/// A value that is being worked out somewhere while the program goes on.
///
/// It may be bound, put into lists, handed to a `def` and returned. Whatever looks into it (a member, an
/// operator, a command, a text) waits for it first: see ``Value/settled()``.
package protocol PendingValue: AnyObject {
  /// The type of the object that it will be.
  var objectType: ObjectType { get }
  /// The value, if it is there already.
  var known: Value? { get }
  /// Waits for the value.
  ///
  /// - Returns: The value; it is not pending.
  /// - Throws: A diagnostic at the place of the call that asked for it.
  func wait() throws(Diagnostic) -> Value
}

extension Value {
  /// A value that is being worked out.
  package static func pending(_ value: any PendingValue) -> Value { Value(.pending(value)) }

  /// The value with everything in it that was pending, once all of that is there.
  ///
  /// - Throws: What kept one of them from being worked out.
  package func settled() throws(Diagnostic) -> Value {
    guard holdsPending else { return self }
    switch content {
    case .pending(let pending): return try pending.wait().volatile(if: isVolatile)
    case .list(let elements):
      var settled: [Value] = []
      settled.reserveCapacity(elements.count)
      for element in elements { settled.append(try element.settled()) }
      return Value(.list(settled), isVolatile: isVolatile)
    default: return self
    }
  }

  /// The value itself, waited for where it is pending; what a list holds may go on being worked out.
  func opened() throws(Diagnostic) -> Value {
    if case .pending = content { try settled() } else { self }
  }

  /// What can be seen of it without waiting: a pending value that is there already, else the value itself.
  var seen: Value {
    if case .pending(let pending) = content { pending.known ?? self } else { self }
  }
}
