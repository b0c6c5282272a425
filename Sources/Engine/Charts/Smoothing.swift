/// A centred moving mean, for the eye: the raw values are always drawn with it.
struct Smoothing: Hashable, Sendable {
  /// Values in each mean, odd; 1 leaves all as it is.
  let window: Int

  /// The window for a curve of so many values: a fifteenth of it, between 3 and 15; none below 12.
  init(count: Int) { window = count < 12 ? 1 : min(15, max(3, count / 15 / 2 * 2 + 1)) }

  /// The means; near an end the window shrinks on both sides, so that nothing is shifted.
  func smoothed(_ values: [Double]) -> [Double] {
    values.indices.map { index in
      guard values[index].isFinite else { return values[index] }
      let reach = min(window / 2, index, values.count - 1 - index)
      let near = values[(index - reach)...(index + reach)].filter(\.isFinite)
      return near.reduce(0, +) / Double(near.count)
    }
  }
}
