internal import Foundation

/// What a run cost: time, memory, and money where a price is known.
///
/// All figures depend on the machine and the hour; they are no part of a result.
public struct Cost: Equatable, Codable, Sendable {
  /// What an hour of the machine costs.
  public struct Rate: Equatable, Codable, Sendable {
    /// Money an hour.
    public let perHour: Double
    /// The currency's name or sign, as it is to be shown.
    public let currency: String

    /// A price.
    public init(perHour: Double, currency: String) {
      (self.perHour, self.currency) = (perHour, currency)
    }
  }

  /// Wall time in seconds.
  public var wallSeconds: Double
  /// Time of all threads together in seconds.
  public var cpuSeconds: Double
  /// The process's largest resident memory in bytes while it was measured; since the process was
  /// started where the system cannot say.
  public var peakBytes: Int

  /// What something cost.
  public init(wallSeconds: Double, cpuSeconds: Double, peakBytes: Int) {
    (self.wallSeconds, self.cpuSeconds, self.peakBytes) = (wallSeconds, cpuSeconds, peakBytes)
  }

  /// The price at a rate: wall time times money an hour.
  public func money(at rate: Rate) -> Double { wallSeconds / 3600 * rate.perHour }

  /// Wall time and processor time of two parts of one run together.
  public static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      wallSeconds: a.wallSeconds + b.wallSeconds, cpuSeconds: a.cpuSeconds + b.cpuSeconds,
      peakBytes: max(a.peakBytes, b.peakBytes))
  }
}

/// Measures what a stretch of work costs.
public struct CostMeter: Sendable {
  private let start: ContinuousClock.Instant
  private let startCPU: Double

  /// Starts measuring; of memory, too, so that a small run after a large one is not given its peak.
  public init() {
    Self.forgetPeak()
    (start, startCPU) = (.now, Self.processorSeconds())
  }

  /// Has the kernel measure the process's largest resident memory from here on.
  private static func forgetPeak() {
    // proc(5): 5 sets VmHWM to what is resident now. Where /proc may not be written, the mark stays
    // that of the process, as `peakBytes` says.
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
    try? file.close()
  }

  /// The cost since the start.
  public func cost() -> Cost {
    let elapsed = start.duration(to: .now).components
    return Cost(
      wallSeconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18,
      cpuSeconds: Self.processorSeconds() - startCPU, peakBytes: Self.peakBytes())
  }

  /// The process's largest resident memory in bytes since a meter was last started, or since the
  /// process was.
  public static func peakBytes() -> Int {
    // Linux carries `ru_maxrss` over from the parent; the high-water mark is the process's own.
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let mark = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = mark?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
      Int($0)
    }
    return (kibibytes ?? Int(usage().ru_maxrss)) * 1024
  }

  private static func processorSeconds() -> Double {
    let usage = usage()
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }

  private static func usage() -> rusage {
    var usage = rusage()
    // SAFETY: getrusage fills the structure it is given and keeps no pointer.
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
  }
}

/// Foretells how long a run will take from its first batches.
///
/// The median of the batches measured so far stands for those to come, so that a slow first batch does
/// not count; validation counts as the mean of the validations measured so far.
public struct Projection: Sendable {
  private let batches: Int
  private let epochs: Int
  private var batchSeconds: [Double] = []
  private var batchesDone = 0
  private var validationSeconds = 0.0
  private var validations = 0

  /// Before the first batch.
  ///
  /// - Parameters:
  ///   - batches: Batches of an epoch.
  ///   - epochs: Epochs still to be trained.
  public init(batches: Int, epochs: Int) { (self.batches, self.epochs) = (batches, epochs) }

  /// Takes the wall time of a batch; the latest hundred count.
  public mutating func batch(seconds: Double) {
    batchesDone += 1
    if batchSeconds.count == 100 { batchSeconds.removeFirst() }
    batchSeconds.append(seconds)
  }

  /// Takes the wall time of a validation.
  public mutating func validation(seconds: Double) {
    validations += 1
    validationSeconds += seconds
  }

  /// Seconds until the last epoch ends; nil before the first batch.
  public var secondsLeft: Double? {
    guard !batchSeconds.isEmpty else { return nil }
    let median = batchSeconds.sorted()[batchSeconds.count / 2]
    let left = max(0, batches * epochs - batchesDone)
    let perValidation = validations > 0 ? validationSeconds / Double(validations) : 0
    return median * Double(left) + perValidation * Double(max(0, epochs - validations))
  }
}
