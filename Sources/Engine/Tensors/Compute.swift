/// What computing takes: threads, a convolution backend and scratch memory that is reused.
///
/// Each user of the engine has one; it is not for two threads at once.
@safe public final class Compute {
  /// The threads.
  public let pool: ThreadPool
  /// How convolutions are computed.
  public let backend: any ConvolutionBackend
  private var workers: [FloatBuffer] = []
  private var common = FloatBuffer(count: 0)

  /// Brings threads and a backend together.
  public init(pool: ThreadPool, backend: any ConvolutionBackend) {
    self.pool = pool
    self.backend = backend
  }

  /// Scratch memory of at least `count` floats for each worker of the pool.
  ///
  /// What it holds is undefined, and another call for it may hand out the same memory: take it right
  /// before a parallel step.
  package func workerScratch(_ count: Int) -> WorkerScratch {
    if workers.isEmpty || workers[0].count < count {
      workers = []
      // Whole large pages, where it takes a good part of one.
      let page = FloatBuffer.largePage / 4
      let taken = count > page * 3 / 10 ? (count + page - 1) / page * page : count
      for _ in 0..<pool.threads { workers.append(FloatBuffer(count: taken)) }
    }
    return WorkerScratch(buffers: workers)
  }

  /// Scratch memory of at least `count` floats for all workers together, under the same rules.
  @unsafe package func sharedScratch(_ count: Int) -> UnsafeMutablePointer<Float> {
    if common.count < count {
      common = FloatBuffer(count: 0)
      common = FloatBuffer(count: count)
    }
    return unsafe common.base
  }
}

/// The scratch memory of each worker.
@safe package struct WorkerScratch: Sendable {
  fileprivate let buffers: [FloatBuffer]

  /// The memory of one worker, aligned to 64 bytes.
  @unsafe package subscript(worker: Int) -> UnsafeMutablePointer<Float> {
    unsafe buffers[worker].base
  }
}

/// An address that the tasks of one parallel step share; each task uses its own part.
@unsafe package struct SharedFloats: @unchecked Sendable {
  // `@unchecked`: the parts are disjoint by construction, as said where one is made.

  /// The first float.
  package let base: UnsafeMutablePointer<Float>

  package init(_ base: UnsafeMutablePointer<Float>) { unsafe self.base = base }
}
