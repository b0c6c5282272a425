internal import Images
internal import Synchronization

/// How much memory the loader may keep decoded images in.
public enum CachePolicy: Hashable, Sendable {
  /// At most so many bytes, whatever the size of the dataset; the least recently used go first.
  case bounded(bytes: Int)
  /// Everything, once read: `cache="ram"`.
  case ram

  /// A quarter of a gigabyte: more than the images that mosaics are made of at 640 pixels.
  public static let standard = CachePolicy.bounded(bytes: 256 << 20)
}

/// Decoded images by number and size.
///
/// Results never depend on what is in it.
final class ImageCache: Sendable {
  private struct Entry {
    let image: Image
    var lastUse: Int
  }

  /// Which image, and its longer side in pixels.
  struct Key: Hashable {
    let number, side: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var bytes = 0
    var clock = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  init(_ policy: CachePolicy) {
    switch policy {
    case .bounded(let bytes): limit = bytes
    case .ram: limit = .max
    }
  }

  /// The bytes held now.
  var bytes: Int { state.withLock { $0.bytes } }

  /// The image of that number and size, read where it is not there.
  func image(
    _ key: Key, read: () throws(DatasetError) -> Image
  ) throws(DatasetError) -> Image {
    let held = state.withLock { state -> Image? in
      state.clock += 1
      state.entries[key]?.lastUse = state.clock
      return state.entries[key]?.image
    }
    if let held { return held }
    // Reading happens outside the lock: two threads may read the same image, with the same result.
    let image = try read()
    state.withLock { insert(image, key, &$0) }
    return image
  }

  private func insert(_ image: Image, _ key: Key, _ state: inout State) {
    let size = image.pixels.count
    guard state.entries[key] == nil, size <= limit else { return }
    while state.bytes > limit - size,
      let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      state.bytes -= oldest.value.image.pixels.count
      state.entries[oldest.key] = nil
    }
    state.entries[key] = Entry(image: image, lastUse: state.clock)
    state.bytes += size
  }
}
