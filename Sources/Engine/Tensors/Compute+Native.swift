extension Compute {
  /// Our own kernels on so many threads.
  ///
  /// - Parameter threads: As many as there are cores that this process may use where nil. The results do not
  ///   depend on it.
  public convenience init(threads: Int? = nil) {
    self.init(pool: ThreadPool(threads: threads), backend: NativeBackend())
  }
}
