internal import Tensors

/// Which gradients have memory, and which of their channels have been written.
///
/// The first step that writes a gradient overwrites, later ones add: so nothing is cleared in vain.
struct GradientLedger {
  private var maps: [PlannedMap?]
  private var written: [[Range<Int>]]

  init(bufferCount: Int) {
    maps = [PlannedMap?](repeating: nil, count: bufferCount)
    written = [[Range<Int>]](repeating: [], count: bufferCount)
  }

  /// The gradient of a slice.
  func map(_ slice: Slice) -> PlannedMap {
    guard let map = maps[slice.buffer] else {
      preconditionFailure("buffer \(slice.buffer) has no gradient")
    }
    return map.slice(slice.channels)
  }

  /// Gives a buffer's gradient its memory where it has none yet.
  mutating func open(_ buffer: Int, in planner: inout Planner) {
    if maps[buffer] == nil {
      maps[buffer] = planner.newMap(like: buffer, channels: planner.graph.bufferChannels[buffer])
    }
  }

  /// Whether any channel of a slice has been written.
  func hasAny(of slice: Slice) -> Bool {
    written[slice.buffer].contains { $0.overlaps(slice.channels) }
  }

  /// Notes that all channels of a slice are written.
  mutating func markWritten(_ slice: Slice) { written[slice.buffer].append(slice.channels) }

  /// Gets a slice ready to be written; says whether the writer has to add to what is there.
  mutating func prepare(_ slice: Slice, in planner: inout Planner) -> Bool {
    open(slice.buffer, in: &planner)
    guard hasAny(of: slice) else {
      markWritten(slice)
      return false
    }
    complete(slice, in: &planner)
    return true
  }

  /// Clears those channels of a slice that nothing has written.
  mutating func complete(_ slice: Slice, in planner: inout Planner) {
    var next = slice.channels.lowerBound
    for range in written[slice.buffer].sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound >= slice.channels.upperBound { break }
      if range.lowerBound > next { clear(slice.buffer, next..<range.lowerBound, in: &planner) }
      next = max(next, range.upperBound)
    }
    if next < slice.channels.upperBound {
      clear(slice.buffer, next..<slice.channels.upperBound, in: &planner)
    }
    markWritten(slice)
  }

  private func clear(_ buffer: Int, _ channels: Range<Int>, in planner: inout Planner) {
    planner.emit(.clear(map(Slice(buffer: buffer, channels: channels))))
  }
}
