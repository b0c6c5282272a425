/// The few colors that stand for all of an image's, for files of drawings.
///
/// Where the image has no more colors than are allowed, they are kept exactly. Otherwise colors
/// equal in their upper six bits are one, and the box of colors with the largest squared error is
/// cut at its mean until there are enough boxes (Heckbert's cut, SIGGRAPH 1982, steered by variance
/// as Wu does it, Graphics Gems II, 1991). All sums are whole numbers: the result has the same bits
/// everywhere.
struct ColorTable {
  /// Red, green and blue of each color.
  private(set) var colors: [UInt8] = []
  /// The index of every color that the image has, by ``bin(_:)``, where ``exact`` is nil.
  private var indexOfBin: [UInt8] = []
  private var exact: [UInt32: UInt8]?

  /// The table of an image.
  init(of image: Image, limit: Int) {
    precondition((1...256).contains(limit), "a palette holds 1 to 256 colors, not \(limit)")
    if let few = Self.distinct(image, limit) {
      exact = Dictionary(uniqueKeysWithValues: few.enumerated().map { ($1, UInt8($0)) })
      colors = few.flatMap { [UInt8($0 >> 16), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
      return
    }
    indexOfBin = [UInt8](repeating: 0, count: 1 << 18)
    var boxes = [Box(bins: Self.bins(of: image))]
    while boxes.count < limit,
      let worst = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }),
      let (low, high) = boxes[worst].halves
    {
      boxes[worst] = low
      boxes.append(high)
    }
    for (index, box) in boxes.enumerated() {
      for bin in box.bins { indexOfBin[bin.place] = UInt8(index) }
      colors += box.mean
    }
  }

  /// One index a pixel.
  func indices(of image: Image) -> [UInt8] {
    var last: UInt32 = .max, index: UInt8 = 0
    return (0..<image.width * image.height).map { pixel in
      let color = Self.color(image, pixel)
      guard color != last else { return index }
      last = color
      index = exact?[color] ?? (exact == nil ? indexOfBin[Self.bin(color)] : 0)
      return index
    }
  }

  private static func color(_ image: Image, _ pixel: Int) -> UInt32 {
    UInt32(image.pixels[3 * pixel]) << 16 | UInt32(image.pixels[3 * pixel + 1]) << 8
      | UInt32(image.pixels[3 * pixel + 2])
  }

  /// The upper six bits of each component.
  private static func bin(_ color: UInt32) -> Int {
    Int(color >> 18 & 63) << 12 | Int(color >> 10 & 63) << 6 | Int(color >> 2 & 63)
  }

  /// All colors in the order of their first pixels, nil where there are more than `limit`.
  private static func distinct(_ image: Image, _ limit: Int) -> [UInt32]? {
    var seen = Set<UInt32>(), all: [UInt32] = []
    var last: UInt32 = .max
    for pixel in 0..<image.width * image.height {
      let color = color(image, pixel)
      guard color != last else { continue }
      last = color
      guard seen.insert(color).inserted else { continue }
      all.append(color)
      if all.count > limit { return nil }
    }
    return all
  }

  /// Colors that are one, with how often they occur and the sums of their components.
  private struct Bin {
    let place: Int
    var count = 0
    var sums = [0, 0, 0]

    func level(_ channel: Int) -> Int { sums[channel] / count }
  }

  private static func bins(of image: Image) -> [Bin] {
    var counts = [Int](repeating: 0, count: 4 << 18)
    for pixel in 0..<image.width * image.height {
      let color = color(image, pixel), at = 4 * bin(color)
      counts[at] += 1
      counts[at + 1] += Int(color >> 16)
      counts[at + 2] += Int(color >> 8 & 255)
      counts[at + 3] += Int(color & 255)
    }
    return (0..<1 << 18).compactMap { place in
      let at = 4 * place
      return counts[at] == 0
        ? nil : Bin(place: place, count: counts[at], sums: Array(counts[at + 1...at + 3]))
    }
  }

  /// Colors that one is to stand for.
  private struct Box {
    let bins: [Bin]
    let mean: [UInt8]
    /// The sum of squared distances from the mean, all channels together.
    let error: Int
    private let widest: Int

    init(bins: [Bin]) {
      self.bins = bins
      let count = max(1, bins.reduce(0) { $0 + $1.count })
      let means = (0..<3).map { channel in
        (bins.reduce(0) { $0 + $1.sums[channel] } + count / 2) / count
      }
      mean = means.map { UInt8($0) }
      let errors = (0..<3).map { channel in
        guard bins.contains(where: { $0.level(channel) != bins[0].level(channel) }) else {
          return 0
        }
        return bins.reduce(0) { sum, bin in
          let far = bin.level(channel) - means[channel]
          return sum + bin.count * far * far
        }
      }
      error = errors.reduce(0, +)
      widest = errors.indices.max { errors[$0] < errors[$1] } ?? 0
    }

    /// What lies up to the mean of the channel that varies most, and what lies above.
    var halves: (Box, Box)? {
      let levels = bins.map { $0.level(widest) }
      guard error > 0, let least = levels.min(), let largest = levels.max() else { return nil }
      // A rounded mean may reach the largest level; something has to lie above.
      let cut = max(least, min(Int(mean[widest]), largest - 1))
      return (
        Box(bins: bins.filter { $0.level(widest) <= cut }),
        Box(bins: bins.filter { $0.level(widest) > cut })
      )
    }
  }
}
