internal import Foundation
internal import Images
internal import Mathematics
internal import Tensors

/// A dataset of very many small images, to measure how fast one opens; `scripts/large-set` makes it.
///
/// Colors of 9 x 8 cells run into each other behind one to four plain rectangles, which are labeled. Ten of
/// twelve images are for training. Every 5000th image to validate is a copy of one to train on.
struct LargeSet {
  private let folder: String
  private let images, threads: Int
  private static let width = 128, height = 96, classes = 10

  init(_ arguments: Arguments) throws {
    guard let folder = arguments.optional("--to") else {
      throw BenchError(description: "large-set needs a folder: --to FOLDER")
    }
    self.folder = folder
    images = arguments.number("--images", 120_000)
    threads = arguments.number("--threads", ProcessInfo.processInfo.activeProcessorCount)
  }

  func write() throws {
    for split in ["train", "val", "test"] {
      for kind in ["images", "labels"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(kind)/\(split)", withIntermediateDirectories: true)
      }
    }
    ThreadPool(threads: threads).run(images) { number, _ in write(number) }
    let names = (0..<Self.classes).map { "thing\($0)" }.joined(separator: ", ")
    let splits = ["train", "val", "test"].map { "\($0): images/\($0)\n" }.joined()
    try Data("\(splits)names: [\(names)]\n".utf8).write(to: URL(filePath: "\(folder)/data.yaml"))
  }

  private func write(_ number: Int) {
    let split = number % 12 == 10 ? "val" : number % 12 == 11 ? "test" : "train"
    let isCopy = split == "val" && number / 12 % 5000 == 0
    let (image, rows) = Self.drawn(isCopy ? number - 1 : number)
    let digits = String(number), name = String(repeating: "0", count: 6 - digits.count) + digits
    for (path, content) in [
      ("images/\(split)/\(name).jpg", image.jpeg(quality: 85)),
      ("labels/\(split)/\(name).txt", Data(rows.utf8)),
    ] {
      let isWritten = FileManager.default.createFile(atPath: "\(folder)/\(path)", contents: content)
      precondition(isWritten, "cannot write \(folder)/\(path)")
    }
  }

  private static func drawn(_ number: Int) -> (image: Image, rows: String) {
    var random = RandomSource(seed: 1, purpose: 0, index: number)
    let cells = (0..<3 * 9 * 8).map { _ in UInt8(random.below(256)) }
    var image = Image(width: 9, height: 8, pixels: cells).resized(width: width, height: height)
    var rows = ""
    for _ in 0...random.below(4) {
      let w = 10 + random.below(40), h = 10 + random.below(40)
      let left = random.below(width - w), top = random.below(height - h)
      let color = (0..<3).map { _ in UInt8(random.below(256)) }
      for y in top..<top + h {
        for x in left..<left + w {
          for c in 0..<3 { image.pixels[3 * (y * width + x) + c] = color[c] }
        }
      }
      let box = [
        (Double(left) + Double(w) / 2) / Double(width),
        (Double(top) + Double(h) / 2) / Double(height), Double(w) / Double(width),
        Double(h) / Double(height),
      ]
      let numbers = box.map { String(format: "%.6f", $0) }.joined(separator: " ")
      rows += "\(random.below(classes)) \(numbers)\n"
    }
    return (image, rows)
  }
}
