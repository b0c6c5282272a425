internal import Images
internal import Synchronization

/// How much memory the loader may keep decoded pictures in.
public enum CachePolicy: Hashable, Sendable {
  /// At most so many bytes, whatever the size of the data set; the least recently used go first.
  case bounded(bytes: Int)
  /// Everything, once read: `cache="ram"`.
  case ram

  /// A quarter of a gigabyte: more than the pictures that mosaics are made of at 640 pixels.
  public static let standard = CachePolicy.bounded(bytes: 256 << 20)
}

/// Decoded pictures by number.
///
/// Results never depend on what is in it.
final class PhotoCache: Sendable {
  private struct Entry {
    let photo: Photo
    var lastUse: Int
  }

  private struct State {
    var entries: [Int: Entry] = [:]
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

  /// The picture of that number, read where it is not there.
  func photo(
    _ number: Int, read: () throws(DatasetError) -> Photo
  ) throws(DatasetError) -> Photo {
    let held = state.withLock { state -> Photo? in
      state.clock += 1
      state.entries[number]?.lastUse = state.clock
      return state.entries[number]?.photo
    }
    if let held { return held }
    // Reading happens outside the lock: two threads may read the same picture, with the same result.
    let photo = try read()
    state.withLock { insert(photo, number, &$0) }
    return photo
  }

  private func insert(_ photo: Photo, _ number: Int, _ state: inout State) {
    let size = photo.pixels.count
    guard state.entries[number] == nil, size <= limit else { return }
    while state.bytes > limit - size,
      let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      state.bytes -= oldest.value.photo.pixels.count
      state.entries[oldest.key] = nil
    }
    state.entries[number] = Entry(photo: photo, lastUse: state.clock)
    state.bytes += size
  }
}
