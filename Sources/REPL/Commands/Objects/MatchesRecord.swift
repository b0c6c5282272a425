internal import Evaluation
internal import Foundation

/// Which detections of a validation are right, image by image, in few bytes: what a comparison of runs draws
/// samples of.
///
/// For each image the number of its objects, their classes, the number of its detections, and for each the
/// confidence, the class and a bit for each IoU threshold at which it is right; whole numbers of 32 bits and
/// the bits of a Float, little-endian.
struct MatchesRecord: Codable, Equatable, Sendable {
  private let content: Data

  /// The images of a validation in their order.
  init(_ images: [MatchedImage]) {
    var content = Data()
    func append(_ number: UInt32) {
      content.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    }
    for image in images {
      append(UInt32(image.truths.count))
      for truth in image.truths { append(UInt32(truth)) }
      append(UInt32(image.rows.count))
      for row in image.rows {
        append(row.confidence.bitPattern)
        append(UInt32(row.classIndex))
        append(UInt32(row.isTrue))
      }
    }
    self.content = content
  }

  /// The images; nil where the bytes are not what ``init(_:)`` wrote.
  var images: [MatchedImage]? {
    var numbers = Numbers(content: content), images: [MatchedImage] = []
    while !numbers.isAtEnd {
      guard let truths = numbers.list(of: 1), let rows = numbers.list(of: 3) else { return nil }
      images.append(
        MatchedImage(
          rows: stride(from: 0, to: rows.count, by: 3).map {
            MatchedImage.Row(
              confidence: Float(bitPattern: rows[$0]), classIndex: Int(rows[$0 + 1]),
              isTrue: UInt16(truncatingIfNeeded: rows[$0 + 2]))
          }, truths: truths.map { Int($0) }))
    }
    return images
  }

  /// Reads numbers one after another.
  private struct Numbers {
    let content: Data
    private var place: Int

    init(content: Data) { (self.content, place) = (content, content.startIndex) }

    var isAtEnd: Bool { place == content.endIndex }

    private mutating func next() -> UInt32? {
      guard place + 4 <= content.endIndex else { return nil }
      defer { place += 4 }
      return (0..<4).reduce(0) { $0 | UInt32(content[place + $1]) << UInt32(8 * $1) }
    }

    /// A count and so many times some numbers.
    mutating func list(of size: Int) -> [UInt32]? {
      guard let count = next(), Int(count) <= (content.endIndex - place) / (4 * size) else {
        return nil
      }
      return (0..<Int(count) * size).compactMap { _ in next() }
    }
  }
}
