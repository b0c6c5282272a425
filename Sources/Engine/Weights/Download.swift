internal import Files

/// How far a download has come.
public struct DownloadProgress: Equatable, Sendable {
  /// Bytes that are there, those of earlier attempts too.
  public let received: Int
  /// The size of the whole file in bytes.
  public let size: Int
  /// Bytes a second in this attempt.
  public let speed: Double

  /// Seconds to the end at this speed; nil while none is known.
  public var secondsLeft: Double? { speed > 0 ? Double(size - received) / speed : nil }
}

/// One file on its way into its part file.
struct Download {
  let weights: PublishedWeights
  let address: String
  /// Where the file will lie.
  let path: String
  let isCancelled: () -> Bool
  let progress: (DownloadProgress) -> Void
  /// How often a connection that broke off is made again, each time only if the one before brought
  /// something.
  private static let reconnections = 5
  /// How long the network is waited for before somebody looks whether the user wants to stop.
  private static let patience = 100

  /// How one connection ended.
  private enum Ending {
    case complete
    case brokeOff(WeightsError)
    /// The server does not give the rest that was asked for.
    case restRefused
  }

  /// Completes the part file, and proves that it is the published file.
  ///
  /// - Throws: ``WeightsError``; what has come is kept, unless it is of another file.
  func complete(_ part: inout PartFile) throws(WeightsError) {
    if part.count > weights.size { try clear(&part) }
    // What came by several connections may be of several files.
    var isPatched = part.count > 0
    var reconnections = 0
    while true {
      let before = part.count
      if before < weights.size {
        switch try receive(into: &part) {
        case .complete: break
        case .restRefused:
          try clear(&part)
          continue
        case .brokeOff(let error):
          guard part.count > before, reconnections < Self.reconnections else { throw error }
          reconnections += 1
          isPatched = true
          continue
        }
      }
      let found = try attempt { () throws(FileError) in try Digest(ofFile: part.path) }
      if found == weights.digest { return }
      try clear(&part)
      guard isPatched else {
        throw error(.wrongDigest(address: address, expected: weights.digest, found: found))
      }
      isPatched = false
    }
  }

  /// Receives what is missing, by one connection.
  private func receive(into part: inout PartFile) throws(WeightsError) -> Ending {
    let offset = part.count
    guard var transfer = Transfer(of: address, from: offset) else {
      throw error(.unreachable(address: address, reason: "out of memory", path: path))
    }
    var meter = Meter(offset: offset, size: weights.size), isAccepted = false
    while true {
      if isCancelled() { throw error(.cancelled(received: part.count, size: weights.size)) }
      let step = transfer.advance(milliseconds: Self.patience)
      if !step.bytes.isEmpty {
        if !isAccepted {
          guard try accept(step.answer, offset: offset) else { return .restRefused }
          // A server that knows no ranges sends the whole file.
          if step.answer.start == 0, part.count > 0 { try clear(&part) }
          meter.begin(at: part.count)
          isAccepted = true
        }
        guard part.count + step.bytes.count <= weights.size else {
          let found = part.count + step.bytes.count
          try clear(&part)
          throw error(.wrongSize(address: address, expected: weights.size, found: found))
        }
        do { try part.append(step.bytes) } catch { throw self.error(.file(error)) }
      }
      // Silence is news, too: the speed falls.
      if isAccepted, let news = meter.news(part.count) { progress(news) }
      guard let end = step.end else { continue }
      return try ending(end, step.answer, offset: offset, isAccepted: isAccepted, part.count)
    }
  }

  /// Looks at an answer before anything of it is kept.
  ///
  /// - Returns: Whether it is what was asked for, or the whole file.
  private func accept(_ answer: Transfer.Answer, offset: Int) throws(WeightsError) -> Bool {
    guard [200, 206].contains(answer.status) else {
      throw error(.status(address: address, code: answer.status))
    }
    if let total = answer.total, total != weights.size {
      throw error(.wrongSize(address: address, expected: weights.size, found: total))
    }
    return answer.status == 200 || answer.start == offset
  }

  private func ending(
    _ end: Transfer.End, _ answer: Transfer.Answer, offset: Int, isAccepted: Bool, _ received: Int
  ) throws(WeightsError) -> Ending {
    if received == weights.size { return .complete }
    // 416: the rest lies beyond the end of what the server has.
    if answer.status == 416, offset > 0 { return .restRefused }
    // Of a redirect that leads nowhere libcurl's reason says more than the status.
    let isRefused =
      answer.status >= 400 || end == .complete && ![200, 206].contains(answer.status)
    if isRefused, !isAccepted { throw error(.status(address: address, code: answer.status)) }
    let reason =
      switch end {
      case .complete: "the server closed the connection"
      case .failed(let reason): reason
      }
    return .brokeOff(
      error(
        isAccepted
          ? .brokeOff(address: address, received: received, size: weights.size, reason: reason)
          : .unreachable(address: address, reason: reason, path: path)))
  }

  private func clear(_ part: inout PartFile) throws(WeightsError) {
    do { try part.clear() } catch { throw self.error(.file(error)) }
  }

  private func attempt<Result>(_ work: () throws(FileError) -> Result) throws(WeightsError)
    -> Result
  {
    do { return try work() } catch { throw self.error(.file(error)) }
  }

  private func error(_ problem: WeightsError.Problem) -> WeightsError {
    WeightsError(weights.name, problem)
  }
}

/// Says how fast a download is, and not too often.
private struct Meter {
  private let size: Int
  private var offset: Int
  private var start = ContinuousClock.now
  private var last: ContinuousClock.Instant?
  private static let pause = Duration.milliseconds(100)

  init(offset: Int, size: Int) { (self.offset, self.size) = (offset, size) }

  /// The first bytes are there, and go behind so many.
  mutating func begin(at offset: Int) {
    self.offset = offset
    start = ContinuousClock.now
  }

  /// How far the download has come, if it is time to say so.
  mutating func news(_ received: Int) -> DownloadProgress? {
    let now = ContinuousClock.now
    if let last, now - last < Self.pause, received < size { return nil }
    last = now
    let seconds = (now - start) / Duration.seconds(1)
    let speed = seconds > 0.05 ? Double(received - offset) / seconds : 0
    return DownloadProgress(received: received, size: size, speed: speed)
  }
}
