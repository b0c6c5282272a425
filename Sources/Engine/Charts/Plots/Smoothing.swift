/// A centerd moving mean, for the eye: the raw values are always drawn with it.
struct Smoothing: Hashable, Sendable {
  /// Values in each mean, odd; 1 leaves all as it is.
  let window: Int

  /// The window for a curve of so many values: a fifteenth of it, between 3 and 15; none below 12.
  init(count: Int) { window = count < 12 ? 1 : min(15, max(3, count / 15 / 2 * 2 + 1)) }

  /// The means.
  ///
  /// At the steep beginning the window shrinks on both sides, so that nothing is shifted;
  /// at the flat end only what is missing is left out, so that no single value sticks out.
  func smoothed(_ values: [Double]) -> [Double] {
    values.indices.map { index in
      guard values[index].isFinite else { return values[index] }
      let back = min(window / 2, index), ahead = min(back, values.count - 1 - index)
      let near = values[(index - back)...(index + ahead)].filter(\.isFinite)
      return near.reduce(0, +) / Double(near.count)
    }
  }
}
