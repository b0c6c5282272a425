/// Comparing and cutting by Unicode scalars: a combining mark at the edge of somebody's text must
/// not fuse with the markup beside it.
extension StringProtocol {
  func starts(withScalars prefix: String) -> Bool {
    unicodeScalars.starts(with: prefix.unicodeScalars)
  }

  func ends(withScalars suffix: String) -> Bool {
    unicodeScalars.reversed().starts(with: suffix.unicodeScalars.reversed())
  }

  /// The text without so many scalars at both ends.
  func withoutScalars(first: Int, last: Int = 0) -> String {
    String(String.UnicodeScalarView(unicodeScalars.dropFirst(first).dropLast(last)))
  }

  /// The text between two others, where it starts and ends so.
  func between(_ prefix: String, _ suffix: String) -> String? {
    let first = prefix.unicodeScalars.count, last = suffix.unicodeScalars.count
    guard unicodeScalars.count >= first + last, starts(withScalars: prefix),
      ends(withScalars: suffix)
    else { return nil }
    return withoutScalars(first: first, last: last)
  }

  /// The pieces between the places where a text stands, scalar by scalar.
  func split(atScalars separator: String) -> [String] {
    let scalars = Array(unicodeScalars), mark = Array(separator.unicodeScalars)
    var pieces: [String] = [], current = String.UnicodeScalarView(), index = 0
    while index < scalars.count {
      if scalars[index...].starts(with: mark) {
        pieces.append(String(current))
        current = String.UnicodeScalarView()
        index += mark.count
      } else {
        current.append(scalars[index])
        index += 1
      }
    }
    return pieces + [String(current)]
  }
}
