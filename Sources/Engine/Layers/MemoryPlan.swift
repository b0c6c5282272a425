internal import Tensors

/// Which maps a network needs when, packed into one arena.
///
/// Maps whose lifetimes do not meet share memory. The packing is greedy: the largest map first, each at
/// the lowest place where nothing that lives at the same time is in the way.
struct MemoryPlan {
  /// One map to be placed.
  struct Request {
    /// Floats of an image.
    let image: Int
    /// Images that have a place at once.
    var images: Int
    /// The first step that writes the map; -1 where the caller does, before the first step.
    var first: Int
    /// The last step that reads it.
    var last: Int
    /// Whether the map holds some images of the batch after others, rather than all of them.
    var isPassing = false

    /// Floats.
    var count: Int { (image * images + 15) / 16 * 16 }
  }

  private(set) var requests: [Request] = []

  /// Asks for a map; returns its number.
  mutating func request(image: Int, images: Int, at step: Int) -> Int {
    requests.append(Request(image: image, images: images, first: step, last: step))
    return requests.count - 1
  }

  /// Holds so many images of a map at a time.
  mutating func pass(_ request: Int, images: Int) {
    requests[request].images = images
    requests[request].isPassing = true
  }

  /// Keeps a map until a step.
  mutating func extend(_ request: Int, to step: Int) {
    requests[request].last = max(requests[request].last, step)
  }

  /// Keeps a map from the first to the last of some steps, if not for longer.
  mutating func extend(_ request: Int, over steps: Range<Int>) {
    requests[request].first = min(requests[request].first, steps.lowerBound)
    extend(request, to: steps.upperBound - 1)
  }

  /// The offset of every map, and the size of the arena, in floats.
  func pack() -> (offsets: [Int], total: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Int] = []
    var total = 0
    let bySize = requests.indices.sorted {
      (requests[$1].count, $0) < (requests[$0].count, $1)
    }
    for index in bySize {
      let request = requests[index]
      let neighbors = placed.filter {
        requests[$0].first <= request.last && request.first <= requests[$0].last
      }.sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in neighbors {
        if offset + request.count <= offsets[other] { break }
        offset = max(offset, offsets[other] + requests[other].count)
      }
      offsets[index] = offset
      placed.append(index)
      total = max(total, offset + request.count)
    }
    return (offsets, total)
  }
}
