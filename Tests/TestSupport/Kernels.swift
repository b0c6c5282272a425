import Synchronization
public import Tensors

/// Runs something with one set of kernels, and then goes back to the best one.
///
/// The choice is one for the whole process: whoever asks for a set waits until all others are done.
/// Tests that do not ask may run meanwhile, since all sets give the same bits.
///
/// - Parameters:
///   - set: One that the processor has.
///   - body: Must not ask for a set itself.
/// - Returns: What `body` returns.
public func withKernels<Result>(
  _ set: KernelSet, _ body: () throws -> Result
) rethrows -> Result {
  try turn.withLock { _ in
    KernelSet.use(set)
    defer { KernelSet.use(nil) }
    return try body()
  }
}

private let turn = Mutex(())
