internal import Files

extension WeightStore {
  /// What came of fetching a file.
  public struct Fetched: Equatable, Sendable {
    /// Where the file lies.
    public let path: String
    /// Whether it was downloaded; it was there before where not.
    public let isNew: Bool
  }

  /// Brings a published file into the store, unless it is there.
  ///
  /// What comes is written to `NAME.part`, where a later call continues after an interruption of any kind. The
  /// file takes its place in one step, once its digest was found to be right. Not more than its size is
  /// ever kept.
  ///
  /// - Parameters:
  ///   - weights: The file.
  ///   - isCancelled: Asked ten times a second at least; true ends the download.
  ///   - progress: Told about ten times a second how far it has come.
  /// - Returns: Where the file lies now.
  /// - Throws: ``WeightsError``.
  public func fetch(
    _ weights: PublishedWeights, isCancelled: @escaping () -> Bool = { false },
    progress: @escaping (DownloadProgress) -> Void = { _ in }
  ) throws(WeightsError) -> Fetched {
    let path = try path(of: weights)
    if isPresent(weights) { return Fetched(path: path, isNew: false) }
    let download = Download(
      weights: weights, address: try address(of: weights), path: path, isCancelled: isCancelled,
      progress: progress)
    var part = try openPart(of: weights, at: path)
    // Another process may have come first since we looked.
    if isPresent(weights) {
      part.remove()
      return Fetched(path: path, isNew: false)
    }
    do {
      try download.complete(&part)
    } catch {
      part.removeIfEmpty()
      throw error
    }
    do { try part.move(to: path) } catch { throw WeightsError(weights.name, .file(error)) }
    return Fetched(path: path, isNew: true)
  }

  /// Whether the published file is there; another in its place counts for nothing.
  private func isPresent(_ weights: PublishedWeights) -> Bool {
    if case .present? = try? state(of: weights) { true } else { false }
  }

  private func openPart(
    of weights: PublishedWeights, at path: String
  ) throws(WeightsError) -> PartFile {
    let part: PartFile?
    do {
      try AtomicFile.makeFolder(folder ?? "")
      part = try PartFile.open(path + ".part")
    } catch { throw WeightsError(weights.name, .file(error)) }
    guard let part else { throw WeightsError(weights.name, .busy) }
    return part
  }
}
