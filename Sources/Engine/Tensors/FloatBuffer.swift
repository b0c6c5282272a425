internal import Foundation

/// Memory for floats, aligned to 64 bytes and zero at first; freed with the last reference.
@safe public final class FloatBuffer: @unchecked Sendable {
  // `@unchecked`: see FeatureMap; the buffer hands out addresses and nothing else.

  /// The first float.
  @unsafe public let base: UnsafeMutablePointer<Float>
  /// The number of floats.
  public let count: Int

  /// Allocates zeros.
  public init(count: Int) {
    precondition(count >= 0, "a buffer of \(count) floats cannot be")
    self.count = count
    let bytes = max(64, (count * 4 + 63) / 64 * 64)
    let isLarge = bytes >= FloatBuffer.largePage
    var memory: UnsafeMutableRawPointer?
    // Not aligned_alloc, whose size must be a multiple of the alignment.
    // SAFETY: a fresh allocation of at least `count` floats that only this object frees.
    let status = unsafe posix_memalign(&memory, isLarge ? FloatBuffer.largePage : 64, bytes)
    guard status == 0, let memory = unsafe memory else {
      preconditionFailure("no memory for \(bytes) bytes")
    }
    #if os(Linux)
      // Winograd's transforms write to 81 places at once, far apart: more than the processor has
      // addresses of small pages at hand. Advice alone; where it is not taken, nothing is lost.
      if isLarge {
        unsafe madvise(
          memory, bytes / FloatBuffer.largePage * FloatBuffer.largePage, MADV_HUGEPAGE)
      }
    #endif
    unsafe memset(memory, 0, bytes)
    unsafe base = memory.assumingMemoryBound(to: Float.self)
  }

  /// The bytes of a large page of memory.
  package static let largePage = 2 << 20

  deinit { unsafe free(base) }

  /// A map over the start of the buffer.
  public func map(count: Int, height: Int, width: Int, channels: Int) -> FeatureMap {
    precondition(
      count * height * width * channels <= self.count, "the map is larger than its buffer")
    return unsafe FeatureMap(
      base: base, count: count, height: height, width: width, channels: channels)
  }
}
