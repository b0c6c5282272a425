internal import CKernels
internal import Tensors

/// The memory that plans are laid out in.
///
/// Plans that never run at the same time, such as those of a full and a partial batch or of training
/// and validation, share one arena; it is as large as the largest of them.
public final class Arena {
  private(set) var buffer = FloatBuffer(count: 0)

  /// An arena without memory; plans ask for it.
  public init() {}

  /// The size in floats.
  public var count: Int { buffer.count }

  /// Makes room; what was in the arena is lost where it grows.
  func reserve(_ count: Int) {
    if buffer.count < count { buffer = FloatBuffer(count: count) }
  }
}

/// A map with a place in an arena that is not yet laid out.
struct PlannedMap: Hashable {
  /// The number of the memory request.
  let request: Int
  /// N, H, W and C.
  let count, height, width, channels: Int
  /// Floats from one pixel to the next.
  let pixel: Int
  /// Floats from the request's start to the first channel.
  let offset: Int

  /// Some of the channels.
  func slice(_ range: Range<Int>) -> PlannedMap {
    PlannedMap(
      request: request, count: count, height: height, width: width, channels: range.count,
      pixel: pixel, offset: offset + range.lowerBound)
  }
}

/// An arena together with the places that a plan gave to its maps.
struct Layout {
  let arena: Arena
  private let offsets: [Int]
  /// Whether a request's map holds some images after others.
  private let isPassing: [Bool]

  init(_ plan: MemoryPlan, in arena: Arena) {
    let (offsets, total) = plan.pack()
    self.offsets = offsets
    isPassing = plan.requests.map(\.isPassing)
    self.arena = arena
    arena.reserve(total)
  }

  /// The map in memory.
  func map(_ planned: PlannedMap) -> FeatureMap {
    // SAFETY: the request was packed inside the arena, and the arena never shrinks.
    unsafe FeatureMap(
      base: arena.buffer.base + offsets[planned.request] + planned.offset, count: planned.count,
      height: planned.height, width: planned.width, channels: planned.channels,
      pixel: planned.pixel)
  }

  /// Where the numbers of a request lie.
  @unsafe func floats(of request: Int) -> UnsafeMutablePointer<Float> {
    unsafe arena.buffer.base + offsets[request]
  }

  /// Some images of a map, where they lie now.
  func map(_ planned: PlannedMap, images: Range<Int>) -> FeatureMap {
    map(planned).images(isPassing[planned.request] ? 0..<images.count : images)
  }
}
