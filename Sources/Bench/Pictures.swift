internal import Datasets
internal import Foundation
internal import Toys

/// The images that loaders and whole epochs are timed on.
enum Pictures {
  /// Writes a dataset that every contender reads: drawn toys, or a copy of another one.
  ///
  /// - Parameters:
  ///   - folder: Where to.
  ///   - count: How many toys are drawn.
  ///   - source: The YAML of the dataset to copy; nil for toys.
  /// - Returns: The YAML.
  /// - Throws: What the drawing, or the reader of the other dataset, throws.
  static func write(to folder: String, count: Int, from source: String?) throws -> String {
    if let source { return try Dataset(contentsOf: source).writeYOLO(to: folder) }
    return try ToySet(train: count, val: 1, test: 0, width: 640, height: 640).write(to: folder)
  }
}

/// One epoch of training images, again and again.
final class LoadingWorkload {
  private let loader: BatchLoader
  /// Images of an epoch.
  let images: Int

  init(data: String, batch: Int, threads: Int) throws {
    let samples = try Dataset(contentsOf: data).train
    images = samples.count
    loader = BatchLoader(
      pipeline: TrainingPipeline(samples: samples, imageSize: 640, seed: 0), epochs: 0..<1_000_000,
      batchSize: batch, threads: threads
    ) { _ in true }
  }

  func run() throws {
    for _ in 0..<loader.batchesPerEpoch {
      guard try loader.next() != nil else { throw BenchError(description: "the loader ran dry") }
    }
  }
}
