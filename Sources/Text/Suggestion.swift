/// Finds the name that a misspelt one was meant to be.
public enum Suggestion {
  /// The candidate nearest to a word, at most two edits away (one for words of up to three
  /// letters), or nil.
  ///
  /// Of equally near ones the first in the list wins.
  public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = word.count <= 3 ? 1 : 2
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != word {
      let distance = distance(word, candidate, limit: limit)
      guard distance <= limit, distance < min(word.count, candidate.count) else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The hint "did you mean '…'?" for the nearest candidate, or nil.
  public static func hint(for word: String, among candidates: some Sequence<String>) -> String? {
    nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
  }

  /// The edits (insert, delete, replace, swap neighbors) between two words, in lower case;
  /// anything above `limit` is given as `limit + 1`.
  static func distance(_ first: String, _ second: String, limit: Int) -> Int {
    let (a, b) = (Array(first.lowercased()), Array(second.lowercased()))
    guard abs(a.count - b.count) <= limit, a.count <= 64, b.count <= 64 else { return limit + 1 }
    var twoBack = [Int](repeating: 0, count: b.count + 1)
    var back = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(back[j + 1] + 1, row[j] + 1, back[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, twoBack[j - 1] + 1) }
        row.append(cost)
      }
      (twoBack, back) = (back, row)
    }
    return min(back[b.count], limit + 1)
  }
}
