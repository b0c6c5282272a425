package import Foundation
public import Layers
package import Tensors

extension RunState {
  /// Takes a picture of a run between two epochs.
  ///
  /// Gradients are kept only where batches wait for a step.
  ///
  /// - Parameters:
  ///   - progress: Counters and results; the optimizer's and the average's are filled in here.
  ///   - parameters: All parameters of the network.
  ///   - optimizer: Its moments and steps.
  ///   - average: The average, which also names the running statistics.
  ///   - pending: Whether gradients wait.
  public init(
    progress: Progress, parameters: [Parameter], optimizer: Optimizer, average: WeightAverage,
    pending: Bool
  ) {
    self.init(progress: progress)
    self.progress.optimizerSteps = optimizer.steps
    self.progress.averageUpdates = average.updates
    self.progress.method = optimizer.method
    arrays = Self.inventory(parameters, optimizer, average, pending: pending)
      .map { ($0.name, $0.buffer.bytes) }
  }

  /// Puts a run back to where the picture was taken.
  ///
  /// The optimizer and the average must be fresh ones of the same network and options.
  ///
  /// - Throws: ``RunStateError`` where an array is missing or has another size; the run must then not
  ///   go on.
  public func restore(
    parameters: [Parameter], optimizer: Optimizer, average: WeightAverage, file: String
  ) throws(RunStateError) {
    guard progress.method == optimizer.method else {
      throw RunStateError(file: file, problem: .otherRun)
    }
    let pending = arrays.contains { $0.name.hasPrefix("gradient/") }
    let inventory = Self.inventory(parameters, optimizer, average, pending: pending)
    let saved = Dictionary(arrays.map { ($0.name, $0.bytes) }, uniquingKeysWith: { one, _ in one })
    for (name, buffer) in inventory {
      guard let bytes = saved[name], bytes.count == 4 * buffer.count else {
        throw RunStateError(
          file: file,
          problem: .mismatch(
            array: name, expected: buffer.count, found: saved[name].map { $0.count / 4 }))
      }
      buffer.fill(bytes)
    }
    optimizer.restore(steps: progress.optimizerSteps)
    average.restore(updates: progress.averageUpdates)
  }

  /// Every array of a run under the name it is saved by.
  private static func inventory(
    _ parameters: [Parameter], _ optimizer: Optimizer, _ average: WeightAverage, pending: Bool
  ) -> [(name: String, buffer: FloatBuffer)] {
    var all = average.sources.map { (name: "value/" + $0.name, buffer: $0.values) }
    let averaged = Set(average.sources.map(\.name))
    all += parameters.filter { !averaged.contains($0.name) }.map { ("value/" + $0.name, $0.value) }
    all += zip(average.sources, average.averages).map { ("average/" + $0.name, $1) }
    for (parameter, moments) in zip(optimizer.parameters, optimizer.moments) {
      for (order, moment) in moments.enumerated() {
        all.append(("moment\(order + 1)/" + parameter.name, moment))
      }
    }
    if pending {
      all += optimizer.parameters.map { ("gradient/" + $0.name, $0.gradient) }
    }
    return all
  }
}

extension FloatBuffer {
  /// The floats as little-endian bytes.
  package var bytes: Data {
    // SAFETY: the buffer holds `count` floats; the bytes are copied. All supported CPUs are
    // little-endian.
    unsafe Data(bytes: base, count: 4 * count)
  }

  /// Fills the buffer from little-endian bytes of the same length.
  func fill(_ bytes: Data) {
    precondition(bytes.count == 4 * count, "\(bytes.count) bytes cannot fill \(count) floats")
    // SAFETY: the destination holds exactly as many bytes.
    unsafe bytes.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(start: base, count: 4 * count).copyMemory(from: source)
    }
  }
}
