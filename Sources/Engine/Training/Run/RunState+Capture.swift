public import Files
package import Foundation
public import Layers
package import Tensors

extension RunState {
  /// Writes a run as it stands between two epochs, in one step, so that a crash leaves the old state or
  /// the new one.
  ///
  /// The arrays go to the file from where they lie; none is copied. Gradients are kept only where batches
  /// wait for a step.
  ///
  /// - Parameters:
  ///   - progress: Counters and results; the optimizer's and the EMA's are filled in here.
  ///   - parameters: All parameters of the network.
  ///   - optimizer: Its moments and steps.
  ///   - ema: The EMA, which also names the running statistics.
  ///   - pending: Whether gradients wait.
  ///   - frozen: What lies in a file of its own already; nil for nothing.
  ///   - path: The file.
  /// - Throws: ``FileError`` with the path and the system's reason.
  public static func write(
    _ progress: Progress, parameters: [Parameter], optimizer: Optimizer, ema: WeightEMA,
    pending: Bool, frozen: FrozenArrays? = nil, to path: String
  ) throws(FileError) {
    let (start, buffers) = parts(progress, parameters, optimizer, ema, pending, frozen)
    _ = try write(buffers, after: start, to: path)
  }

  /// The bytes of a state that leaves nothing out, for a rank that has no files of the run.
  ///
  /// - Parameters:
  ///   - progress: As for ``write``, and so are the others.
  ///   - parameters: All parameters of the network.
  ///   - optimizer: Its moments and steps.
  ///   - ema: The EMA.
  ///   - pending: Whether gradients wait.
  /// - Returns: What ``decode(_:file:)`` reads.
  static func bytes(
    _ progress: Progress, parameters: [Parameter], optimizer: Optimizer, ema: WeightEMA,
    pending: Bool
  ) -> Data {
    let (start, buffers) = parts(progress, parameters, optimizer, ema, pending, nil)
    let body = buffers.reduce(into: start) { $0 += $1.buffer.bytes }
    return body + Data(Digest(of: body).bytes)
  }

  /// A state's header and history, and the arrays that follow.
  private static func parts(
    _ progress: Progress, _ parameters: [Parameter], _ optimizer: Optimizer, _ ema: WeightEMA,
    _ pending: Bool, _ frozen: FrozenArrays?
  ) -> (start: Data, buffers: [(name: String, buffer: FloatBuffer)]) {
    var progress = progress
    progress.optimizerSteps = optimizer.steps
    progress.averageUpdates = ema.updates
    progress.method = optimizer.method
    let buffers = inventory(parameters, optimizer, ema, pending: pending).filter {
      !(frozen?.holds($0.name) ?? false)
    }
    let history = progress.results.history
    let header = Header(
      progress: progress,
      arrays: [.init(name: historyName, bytes: history.count)]
        + buffers.map { .init(name: $0.name, bytes: 4 * $0.buffer.count) },
      frozen: frozen?.digest.description)
    return (encoded(header, magic) + history, buffers)
  }

  /// Writes the arrays that no epoch moves, once for all states of a run; ``write`` leaves them out.
  ///
  /// Their averages are no part of the file, since they follow from the values.
  ///
  /// - Parameters:
  ///   - arrays: Frozen parameters and statistics under the checkpoint's names.
  ///   - path: The file.
  /// - Returns: What the states refer to.
  /// - Throws: ``FileError`` with the path and the system's reason.
  package static func writeFrozen(
    _ arrays: [(name: String, values: FloatBuffer)], to path: String
  ) throws(FileError) -> FrozenArrays {
    let buffers = arrays.map { (name: "value/" + $0.name, buffer: $0.values) }
    let header = FrozenHeader(
      arrays: buffers.map { .init(name: $0.name, bytes: 4 * $0.buffer.count) })
    let digest = try write(buffers, after: encoded(header, frozenMagic), to: path)
    return FrozenArrays(names: Set(arrays.map(\.name)), digest: digest)
  }

  /// Writes a file's start, arrays and digest; returns the digest.
  private static func write(
    _ buffers: [(name: String, buffer: FloatBuffer)], after start: Data, to path: String
  ) throws(FileError) -> Digest {
    var digest = Digest(of: Data())
    try AtomicFile.write(to: path) { (append) throws(FileError) in
      var hasher = Digest.Hasher()
      hasher.update(start)
      try append(start)
      for (_, buffer) in buffers {
        let bytes = buffer.borrowedBytes
        hasher.update(bytes)
        try append(bytes)
      }
      digest = hasher.finish()
      try append(Data(digest.bytes))
    }
    return digest
  }

  /// The file's first bytes, up to the arrays.
  private static func encoded(_ header: some Encodable, _ magic: Data) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let json = try? encoder.encode(header) else {
      preconditionFailure("a run's progress holds nothing that JSON cannot")
    }
    var content = magic
    for byte in 0..<8 { content.append(UInt8(truncatingIfNeeded: json.count >> (8 * byte))) }
    return content + json
  }

  /// Puts a run back to where the image was taken.
  ///
  /// The optimizer and the EMA must be fresh ones of the same network and options.
  ///
  /// - Throws: ``RunStateError`` where an array is missing or has another size; the run must then not
  ///   go on.
  public func restore(
    parameters: [Parameter], optimizer: Optimizer, ema: WeightEMA, file: String
  ) throws(RunStateError) {
    guard progress.method == optimizer.method else {
      throw RunStateError(file: file, problem: .otherRun)
    }
    let pending = arrays.contains { $0.name.hasPrefix("gradient/") }
    let inventory = Self.inventory(parameters, optimizer, ema, pending: pending)
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
    ema.restore(updates: progress.averageUpdates)
  }

  /// Every array of a run under the name it is saved by.
  private static func inventory(
    _ parameters: [Parameter], _ optimizer: Optimizer, _ ema: WeightEMA, pending: Bool
  ) -> [(name: String, buffer: FloatBuffer)] {
    var all = ema.sources.map { (name: "value/" + $0.name, buffer: $0.values) }
    let emaSources = Set(ema.sources.map(\.name))
    all += parameters.filter { !emaSources.contains($0.name) }.map {
      ("value/" + $0.name, $0.value)
    }
    all += zip(ema.sources, ema.averages).map { ("average/" + $0.name, $1) }
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

extension [EpochResult] {
  /// The results as 64-bit floats: of every epoch its number, seconds and losses; how many scores it has
  /// and these; how many validation losses and these; how many rates and these.
  var history: Data {
    var numbers: [Double] = []
    for result in self {
      let scores = result.scores.map { [$0.precision, $0.recall, $0.map50, $0.map50_95] } ?? []
      let validation = result.validation.map { [$0.box, $0.cls, $0.dfl] } ?? []
      numbers += [Double(result.epoch), result.seconds]
      numbers += [result.train.box, result.train.cls, result.train.dfl]
      for list in [scores, validation, result.rates] { numbers += [Double(list.count)] + list }
    }
    // SAFETY: the bytes of an array's own elements are copied.
    return unsafe numbers.withUnsafeBytes { unsafe Data($0) }
  }

  /// Reads ``history``; nil where the bytes are something else.
  init?(history: Data) {
    var numbers = Numbers(rest: history)
    self = []
    while !numbers.rest.isEmpty {
      guard let head = numbers.next(5), let epoch = Int(exactly: head[0]),
        let scores = numbers.list(), let losses = numbers.list(), let rates = numbers.list(),
        [0, 4].contains(scores.count), [0, 3].contains(losses.count)
      else { return nil }
      append(
        EpochResult(
          epoch: epoch, seconds: head[1], train: Losses(box: head[2], cls: head[3], dfl: head[4]),
          scores: scores.isEmpty
            ? nil
            : EpochScores(
              precision: scores[0], recall: scores[1], map50: scores[2], map50_95: scores[3]),
          validation: losses.isEmpty
            ? nil : Losses(box: losses[0], cls: losses[1], dfl: losses[2]),
          rates: rates))
    }
  }

  /// Takes 64-bit floats from some bytes.
  private struct Numbers {
    var rest: Data

    mutating func next(_ count: Int) -> [Double]? {
      guard count <= rest.count / 8 else { return nil }
      let bytes = rest.prefix(8 * count)
      rest = rest.dropFirst(8 * count)
      return stride(from: bytes.startIndex, to: bytes.endIndex, by: 8).map { start in
        Double(
          bitPattern: bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
      }
    }

    mutating func list() -> [Double]? {
      guard let count = next(1).flatMap({ Int(exactly: $0[0]) }), count >= 0 else { return nil }
      return next(count)
    }
  }
}

extension FloatBuffer {
  /// The floats as little-endian bytes that stay where they are: good while the buffer lives unchanged.
  fileprivate var borrowedBytes: Data {
    guard count > 0 else { return Data() }
    // SAFETY: the buffer holds `count` floats and outlives the only use, which writes them to a file.
    return unsafe Data(bytesNoCopy: base, count: 4 * count, deallocator: .none)
  }

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
