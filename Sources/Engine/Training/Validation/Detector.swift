internal import Geometry
internal import Images
public import Layers
public import Tensors
public import YOLO

/// A model ready to look at images: plans for every input size it meets, sharing filters and memory.
public final class Detector {
  /// The model; its weights must not change while the detector lives.
  public let model: Model
  private let compute: Compute
  private let arena: Arena
  private var weights: PackedWeights?
  private var plans: [Size: InferenceNetwork] = [:]
  /// Asked within a network's run: once it says yes the rest is left out, and the output means nothing.
  var isAbandoned: () -> Bool = { false }

  private struct Size: Hashable {
    let count, height, width: Int
  }

  /// Prepares a model as it is now.
  ///
  /// - Parameters:
  ///   - model: Its weights are folded and packed now.
  ///   - arena: The memory; shared with plans that never run at the same time.
  ///   - compute: Threads and backend.
  public init(_ model: Model, in arena: Arena = Arena(), on compute: Compute) {
    (self.model, self.arena, self.compute) = (model, arena, compute)
  }

  /// What the head says about some images of one size.
  ///
  /// The result lies in the arena and is gone when anything else uses it.
  ///
  /// - Throws: ``NetworkError`` where the size is no multiple of the largest stride.
  func output(for images: [Image]) throws(NetworkError) -> HeadOutput {
    guard let first = images.first else { return HeadOutput(levels: []) }
    let size = Size(count: images.count, height: first.height, width: first.width)
    let plan: InferenceNetwork
    if let known = plans[size] {
      plan = known
    } else {
      plan = try InferenceNetwork(
        model.graph, count: size.count, height: size.height, width: size.width, sharing: weights,
        in: arena, on: compute)
      plans[size] = plan
      weights = plan.packedWeights
    }
    plan.isAbandoned = isAbandoned
    plan.input.fill(from: images, on: compute.pool)
    plan.run()
    return model.headOutput(plan.outputs)
  }

  /// The detections on each image, in input pixels.
  ///
  /// - Throws: ``NetworkError`` where the size is no multiple of the largest stride.
  func detections(
    on images: [Image], _ suppression: NonMaximumSuppression
  ) throws(NetworkError) -> [[Detection<InputPixels>]] {
    suppression.run(on: try output(for: images), compute.pool)
  }
}

extension NonMaximumSuppression {
  /// The detections of every image, image by image on the pool's threads.
  func run(on output: HeadOutput, _ pool: ThreadPool) -> [[Detection<InputPixels>]] {
    let found = Slots<[Detection<InputPixels>]>(count: output.count, empty: [])
    pool.run(output.count) { image, _ in
      found[image] = detections(in: output.images(image..<image + 1))[0].map(\.detection)
    }
    return found.values
  }
}

extension HeadOutput {
  /// Some of the images.
  func images(_ range: Range<Int>) -> HeadOutput {
    HeadOutput(
      levels: levels.map {
        Level(
          stride: $0.stride, boxes: $0.boxes.images(range), scores: $0.scores.images(range))
      })
  }
}

extension FeatureMap {
  /// Fills the map with pixel values, one image each, 0...1.
  func fill(from images: [Image], on pool: ThreadPool) {
    precondition(images.count == count, "\(images.count) images for a map of \(count)")
    for (index, image) in images.enumerated() {
      precondition(
        image.width == width && image.height == height,
        "an image of \(image.width) x \(image.height) for a map of \(width) x \(height)")
      unsafe image.pixels.withUnsafeBufferPointer { bytes in
        // SAFETY: the bytes are read only during the call.
        unsafe Elementwise.unitFloats(from: bytes, to: self.images(index..<index + 1), on: pool)
      }
    }
  }
}

/// One result an image, written by whichever thread works on it.
@safe final class Slots<Element: Sendable>: @unchecked Sendable {
  // `@unchecked`: every task writes its own slot, and reading follows after all tasks.
  @unsafe private let base: UnsafeMutablePointer<Element>
  private let count: Int

  init(count: Int, empty: Element) {
    self.count = count
    unsafe base = .allocate(capacity: max(count, 1))
    unsafe base.initialize(repeating: empty, count: count)
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "slot \(index) is not among \(count)")
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < count, "slot \(index) is not among \(count)")
      unsafe base[index] = newValue
    }
  }

  var values: [Element] { (0..<count).map { self[$0] } }
}
