internal import Foundation

/// Makes the items of a list of batches ahead of their use, on threads of its own.
///
/// Batches come out in their order and items in their places, whatever the number of threads. At most
/// `ahead` batches are under way or waiting beyond the one last handed out, which bounds the memory.
/// An error comes out where its batch would have, and ends the list. Dropping the prefetcher, or
/// ``cancel()``, stops the threads after the items they are at.
package final class Prefetcher<Item: Sendable>: Sendable {
  /// What the threads share; see ``Shared``.
  private let shared: Shared<Item>

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - batches: How many batches there are.
  ///   - size: How many items a batch has.
  ///   - threads: At least 1.
  ///   - ahead: At least 1.
  ///   - make: Makes one item; called on several threads at once.
  package init(
    batches: Int, size: @escaping @Sendable (_ batch: Int) -> Int, threads: Int, ahead: Int,
    make: @escaping @Sendable (_ batch: Int, _ item: Int) throws(DatasetError) -> Item
  ) {
    precondition(threads >= 1 && ahead >= 1, "a prefetcher needs a thread and a place")
    shared = Shared(batches: batches, size: size, ahead: ahead, make: make)
    for number in 0..<threads {
      let shared = shared
      let thread = Thread { shared.work() }
      thread.name = "loader \(number)"
      // Decoders keep their tables on the stack.
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// The items of the next batch, as soon as they are there; nil behind the last one.
  ///
  /// To be called from one thread at a time.
  ///
  /// - Throws: The error of the first item that could not be made, in the order of the items.
  package func next() throws(DatasetError) -> [Item]? { try shared.next() }

  /// Stops the threads; ``next()`` then returns nil.
  package func cancel() { shared.cancel() }

  deinit { shared.cancel() }
}

/// The state of a prefetcher.
///
/// Threads hold this and not the prefetcher, so that dropping it ends them.
///
/// `@unchecked Sendable`: every stored variable is touched between `lock()` and `unlock()` of
/// `condition` alone, and `size` and `make` are `@Sendable`.
private final class Shared<Item: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let batches: Int
  private let size: @Sendable (Int) -> Int
  private let ahead: Int
  private let make: @Sendable (Int, Int) throws(DatasetError) -> Item

  /// The next item that no thread has taken.
  private var nextBatch = 0, nextItem = 0
  /// The next batch to hand out.
  private var wanted = 0
  private var isCancelled = false
  /// The items made so far of the batches that were not yet handed out.
  private var made: [Int: [Result<Item, DatasetError>?]] = [:]
  private var missing: [Int: Int] = [:]

  init(
    batches: Int, size: @escaping @Sendable (Int) -> Int, ahead: Int,
    make: @escaping @Sendable (Int, Int) throws(DatasetError) -> Item
  ) {
    (self.batches, self.size, self.ahead, self.make) = (batches, size, ahead, make)
  }

  func work() {
    while let (batch, item) = take() {
      let result: Result<Item, DatasetError>
      do throws(DatasetError) { result = .success(try make(batch, item)) } catch {
        result = .failure(error)
      }
      condition.lock()
      made[batch]?[item] = result
      missing[batch, default: 0] -= 1
      if missing[batch] == 0 { condition.broadcast() }
      condition.unlock()
    }
  }

  /// The next item to make; waits while enough is made, nil when all is taken or cancelled.
  private func take() -> (batch: Int, item: Int)? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      while nextBatch < batches && nextItem == size(nextBatch) {
        (nextBatch, nextItem) = (nextBatch + 1, 0)
      }
      guard !isCancelled && nextBatch < batches else { return nil }
      if nextBatch < wanted + ahead {
        if nextItem == 0 {
          let count = size(nextBatch)
          made[nextBatch] = [Result<Item, DatasetError>?](repeating: nil, count: count)
          missing[nextBatch] = count
        }
        nextItem += 1
        return (nextBatch, nextItem - 1)
      }
      condition.wait()
    }
  }

  func next() throws(DatasetError) -> [Item]? {
    let results: [Result<Item, DatasetError>?]? = waitForBatch()
    guard let results else { return nil }
    var items: [Item] = []
    for case .some(let result) in results {
      switch result {
      case .success(let item): items.append(item)
      case .failure(let error):
        cancel()
        throw error
      }
    }
    return items
  }

  private func waitForBatch() -> [Result<Item, DatasetError>?]? {
    condition.lock()
    defer { condition.unlock() }
    guard wanted < batches else { return nil }
    while !isCancelled && size(wanted) > 0 && missing[wanted] != 0 { condition.wait() }
    guard !isCancelled else { return nil }
    let results = made.removeValue(forKey: wanted) ?? []
    missing[wanted] = nil
    wanted += 1
    condition.broadcast()
    return results
  }

  func cancel() {
    condition.lock()
    isCancelled = true
    made = [:]
    condition.broadcast()
    condition.unlock()
  }
}
