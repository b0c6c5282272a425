/// Reads the bitmaps of Windows and OS/2 (Microsoft, "Bitmap Storage").
///
/// The one decoder of our own: the format is a table and rows of plain numbers, and Debian has no small
/// library for it. Gives what Pillow gives: components of fewer than eight bits scale to 0...255, the
/// fourth byte of a pixel is left out.
struct BMPReader {
  /// How pixels are stored: `biCompression`.
  private enum Storage: Int { case plain = 0, runs8, runs4, masks, jpeg, png, masksWithAlpha }

  private let bytes: [UInt8]
  let width, height: Int
  private let isTopDown: Bool
  private let bits: Int
  private let storage: Storage
  /// Red, green and blue of each index, four bytes each.
  private let palette: [[UInt8]]
  private let masks: [Int]
  private let pixelsBegin: Int

  /// Reads the headers, the palette and the masks.
  init(_ bytes: [UInt8]) throws(ImageError.Problem) {
    self.bytes = bytes
    var reader = ByteReader(bytes, at: 10)
    reader.isLittle = true
    pixelsBegin = try reader.integer32()
    let size = try reader.integer32()
    // The first header of OS/2 has 12 bytes and sides of 16 bits.
    let isShort = size == 12
    guard isShort || (40...1 << 16).contains(size) else {
      throw .damaged("a bitmap header of \(size) bytes is unknown")
    }
    width = isShort ? try reader.integer16() : try reader.signed32()
    let rows = isShort ? try reader.integer16() : try reader.signed32()
    (height, isTopDown) = (abs(rows), rows < 0)
    try reader.skip(2)
    let bits = try reader.integer16()
    let code = isShort ? 0 : try reader.integer32()
    guard let storage = Storage(rawValue: code), Self.fits(storage, bits) else {
      throw .damaged("\(bits) bits a pixel with compression \(code) cannot be")
    }
    (self.bits, self.storage) = (bits, storage)
    var colors = 0
    if !isShort {
      try reader.skip(12)
      colors = try reader.integer32()
    }
    let afterHeader = 14 + size
    if bits <= 8 {
      if colors == 0 || colors > 1 << bits { colors = 1 << bits }
      try reader.move(to: afterHeader)
      palette = try Self.palette(&reader, count: colors, entry: isShort ? 3 : 4)
      masks = []
    } else {
      palette = []
      // They stand at byte 54, within the longer headers or behind the header of 40 bytes.
      masks =
        storage == .plain
        ? (bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF])
        : try Self.masks(&reader)
    }
  }

  private static func fits(_ storage: Storage, _ bits: Int) -> Bool {
    switch storage {
    case .plain: [1, 2, 4, 8, 16, 24, 32].contains(bits)
    case .runs8: bits == 8
    case .runs4: bits == 4
    case .masks, .masksWithAlpha: bits == 16 || bits == 32
    case .jpeg, .png: false
    }
  }

  private static func palette(
    _ reader: inout ByteReader, count: Int, entry: Int
  ) throws(ImageError.Problem) -> [[UInt8]] {
    var colors: [[UInt8]] = []
    for _ in 0..<count {
      let blue = try reader.byte(), green = try reader.byte(), red = try reader.byte()
      try reader.skip(entry - 3)
      colors.append([UInt8(red), UInt8(green), UInt8(blue)])
    }
    return colors
  }

  private static func masks(_ reader: inout ByteReader) throws(ImageError.Problem) -> [Int] {
    try reader.move(to: 54)
    let masks = [try reader.integer32(), try reader.integer32(), try reader.integer32()]
    guard masks.allSatisfy({ $0 > 0 && ($0 >> $0.trailingZeroBitCount + 1).nonzeroBitCount == 1 })
    else { throw .damaged("its masks of color are not runs of bits") }
    return masks
  }

  /// Decodes the pixels.
  func image() throws(ImageError.Problem) -> Image {
    storage == .runs8 || storage == .runs4 ? try runs() : try rows()
  }

  /// Rows of plain numbers, each padded to four bytes.
  private func rows() throws(ImageError.Problem) -> Image {
    let stride = (width * bits + 31) / 32 * 4
    guard pixelsBegin >= 0,
      pixelsBegin + stride * (height - 1) + (width * bits + 7) / 8 <= bytes.count
    else { throw .truncated }
    var image = Image(width: width, height: height, gray: 0)
    for y in 0..<height {
      let row = pixelsBegin + stride * (isTopDown ? y : height - 1 - y)
      if bits <= 8 {
        try unpackIndices(at: row, into: &image, y)
      } else {
        unpackColors(at: row, into: &image, y)
      }
    }
    return image
  }

  private func unpackIndices(
    at row: Int, into image: inout Image, _ y: Int
  ) throws(ImageError.Problem) {
    let perByte = 8 / bits, mask = UInt8(1 << bits - 1)
    for x in 0..<width {
      let shift = 8 - bits * (x % perByte + 1)
      try put(bytes[row + x / perByte] >> UInt8(shift) & mask, x, y, into: &image)
    }
  }

  private func put(
    _ index: UInt8, _ x: Int, _ y: Int, into image: inout Image
  ) throws(ImageError.Problem) {
    guard index < palette.count else {
      throw .damaged("a pixel has color \(index) of a palette of \(palette.count)")
    }
    for c in 0..<3 { image.pixels[3 * (y * width + x) + c] = palette[Int(index)][c] }
  }

  private func unpackColors(at row: Int, into image: inout Image, _ y: Int) {
    let step = bits / 8
    let scales = masks.map { (shift: $0.trailingZeroBitCount, top: $0 >> $0.trailingZeroBitCount) }
    var target = 3 * y * width
    for start in Swift.stride(from: row, to: row + width * step, by: step) {
      var pixel = 0
      for byte in 0..<step { pixel |= Int(bytes[start + byte]) << (8 * byte) }
      for (mask, scale) in zip(masks, scales) {
        image.pixels[target] = UInt8((pixel & mask) >> scale.shift * 255 / scale.top)
        target += 1
      }
    }
  }

  /// Runs of one index or of two that alternate, literal ones, and jumps.
  ///
  /// What is jumped over has index 0 (Microsoft, "Bitmap Compression").
  private func runs() throws(ImageError.Problem) -> Image {
    guard let ground = palette.first else { throw .damaged("its palette is empty") }
    var image = Image(width: width, height: height, gray: 0)
    for i in image.pixels.indices { image.pixels[i] = ground[i % 3] }
    var reader = ByteReader(bytes, at: pixelsBegin)
    var x = 0, y = 0
    func index(_ byte: Int, _ i: Int) -> UInt8 {
      UInt8(bits == 8 ? byte : (i % 2 == 0 ? byte >> 4 : byte & 15))
    }
    func put(_ index: UInt8) throws(ImageError.Problem) {
      // Encoders pad the last run of a row: what lies outside is dropped.
      if x < width && y < height {
        try self.put(index, x, isTopDown ? y : height - 1 - y, into: &image)
      }
      x += 1
    }
    while true {
      let count = try reader.byte(), value = try reader.byte()
      if count > 0 {
        for i in 0..<count { try put(index(value, i)) }
        continue
      }
      switch value {
      case 0: (x, y) = (0, y + 1)
      case 1: return image
      case 2:
        x += try reader.byte()
        y += try reader.byte()
      default:
        let length = bits == 8 ? value : (value + 1) / 2
        let start = reader.position
        for i in 0..<value {
          if bits == 8 || i % 2 == 0 { try reader.move(to: start + (bits == 8 ? i : i / 2)) }
          let at = reader
          var copy = at
          try put(index(try copy.byte(), i))
        }
        try reader.move(to: start + length + length & 1)
      }
    }
  }
}

extension ImageHeader {
  /// Reads the sides of a bitmap.
  init(bmp bytes: [UInt8]) throws(ImageError.Problem) {
    let reader = try BMPReader(bytes)
    try self.init(.bmp, width: reader.width, height: reader.height)
  }
}
