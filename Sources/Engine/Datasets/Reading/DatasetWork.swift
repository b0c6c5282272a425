internal import Foundation

/// How the files of a dataset are gone through: on how many threads, what is known of them already, who
/// hears how far it is, and who may end it.
///
/// Nothing of this changes what comes out, nor its order.
public struct DatasetWork {
  /// The threads that read files, at least 1; as many as the machine has cores by default.
  public var threads = ProcessInfo.processInfo.activeProcessorCount
  /// What earlier readings found; nil reads everything, and keeps nothing.
  public var memory: DatasetMemory?
  /// Hears how far the work is, on the thread that asked for it.
  public var report: (DatasetProgress) -> Void = { _ in }
  /// Hears what went wrong beside the work itself, such as a memory that could not be written.
  public var remark: (String) -> Void = { _ in }
  /// Asked before each file, on any thread: true ends the work by an error, ``DatasetError/Problem/cancelled``.
  public var isCancelled: @Sendable () -> Bool = { false }
  /// Hears of each image and label file whose content is read, on any thread.
  package var willRead: @Sendable (_ path: String) -> Void = { _ in }

  /// All threads, no memory, nobody who listens.
  public init() {}
}

/// How far work on the files of a dataset is.
public struct DatasetProgress: Equatable, Sendable {
  /// What is being done.
  public enum Stage: Equatable, Sendable {
    /// Images and their labels are read.
    case reading
    /// Images are looked at, to find those that are alike.
    case looking
    /// Images are compared with each other.
    case comparing
    /// Files are written.
    case writing
    /// What was written is looked through.
    case checking
  }

  /// What is being done.
  public let stage: Stage
  /// So many images of so many are done.
  public let done, count: Int

  /// So much of a stage.
  public init(stage: Stage, done: Int, count: Int) {
    (self.stage, self.done, self.count) = (stage, done, count)
  }
}

extension DatasetWork {
  /// Makes numbered items on all threads and hands them over in the order of their numbers.
  ///
  /// - Parameters:
  ///   - stage: What is being done.
  ///   - count: How many items there are.
  ///   - grain: How many items a thread takes at once: many where each takes microseconds.
  ///   - make: Makes one item; called on several threads at once.
  ///   - take: Gets each item, on the caller's thread.
  /// - Throws: The error of the first item, by number, that could not be made; `.cancelled` where
  ///   somebody ended the work.
  func inOrder<Item: Sendable>(
    _ stage: DatasetProgress.Stage, count: Int, grain: Int,
    make: @escaping @Sendable (Int) throws(DatasetError) -> Item, take: (Item) -> Void
  ) throws(DatasetError) {
    let pieces = (count + grain - 1) / grain, isCancelled = self.isCancelled
    let piece: @Sendable (Int) throws(DatasetError) -> [Item] = { number throws(DatasetError) in
      var items: [Item] = []
      for index in number * grain..<min((number + 1) * grain, count) {
        guard !isCancelled() else { throw .cancelled }
        items.append(try make(index))
      }
      return items
    }
    var done = 0
    func hand(over items: [Item]) {
      for item in items { take(item) }
      done += items.count
      report(DatasetProgress(stage: stage, done: done, count: count))
    }
    guard threads > 1 && pieces > 1 else {
      for number in 0..<pieces { hand(over: try piece(number)) }
      return
    }
    let team = Prefetcher(
      batches: pieces, size: { _ in 1 }, threads: min(threads, pieces), ahead: 4 * threads
    ) { (number, _) throws(DatasetError) in try piece(number) }
    defer { team.cancel() }
    while let items = try team.next()?.first {
      hand(over: items)
      guard !isCancelled() else { throw .cancelled }
    }
  }

  /// Says how far it is, unless somebody wants the end.
  ///
  /// - Throws: `.cancelled` where somebody does.
  func passed(
    _ stage: DatasetProgress.Stage, _ done: Int, of count: Int
  ) throws(DatasetError) {
    guard !isCancelled() else { throw .cancelled }
    report(DatasetProgress(stage: stage, done: done, count: count))
  }
}

extension DatasetError {
  /// Somebody ended the work.
  static let cancelled = DatasetError(file: "", problem: .cancelled)
}
