internal import Files
internal import Foundation

/// The folder in which fetched weights are kept, and where they come from.
public struct WeightStore: Equatable, Sendable {
  /// The published files.
  public let catalog: WeightCatalog
  /// The folder; nil where the environment names none.
  public let folder: String?
  /// The address of a folder with the same files, where the user names one.
  public let mirror: String?

  /// Describes a store.
  ///
  /// - Parameters:
  ///   - catalog: The published files.
  ///   - folder: Where they are kept; nil for nowhere.
  ///   - mirror: Where they come from, if not from the catalog's address.
  public init(catalog: WeightCatalog = .yolov8, folder: String?, mirror: String? = nil) {
    (self.catalog, self.folder, self.mirror) = (catalog, folder, mirror)
  }

  /// The store that an environment names: `yolos/weights` in `XDG_DATA_HOME`, by default `~/.local/share`
  /// (XDG Base Directory Specification 0.8), with `YOLOS_WEIGHTS_URL` as its mirror.
  ///
  /// - Parameters:
  ///   - environment: The environment's variables.
  ///   - catalog: The published files.
  public init(environment: [String: String], catalog: WeightCatalog = .yolov8) {
    // The specification says of a relative path that it is to be ignored.
    let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.local/share" : nil }
    let mirror = environment["YOLOS_WEIGHTS_URL"].flatMap { $0.isEmpty ? nil : $0 }
    self.init(
      catalog: catalog, folder: (data ?? home).map { $0 + "/yolos/weights" }, mirror: mirror)
  }

  /// How a file stands in the store.
  public enum State: Equatable, Sendable {
    /// There is none.
    case absent
    /// The published file lies at this path.
    case present(path: String)
  }

  /// Where a file is kept.
  ///
  /// - Throws: ``WeightsError`` where there is no folder for weights.
  public func path(of weights: PublishedWeights) throws(WeightsError) -> String {
    guard let folder else { throw WeightsError(weights.name, .noFolder) }
    return "\(folder)/\(weights.name)"
  }

  /// Whether a file is there, and is the published one by its digest.
  ///
  /// - Throws: ``WeightsError`` where another file lies in its place, or it cannot be read.
  public func state(of weights: PublishedWeights) throws(WeightsError) -> State {
    guard let folder else { return .absent }
    let path = "\(folder)/\(weights.name)"
    guard FileManager.default.fileExists(atPath: path) else { return .absent }
    let found: Digest
    do { found = try Digest(ofFile: path) } catch { throw WeightsError(weights.name, .file(error)) }
    guard found == weights.digest else {
      throw WeightsError(weights.name, .damaged(path: path, found: found))
    }
    return .present(path: path)
  }

  /// Where a file comes from.
  ///
  /// - Throws: ``WeightsError`` where the mirror is no `http` or `https` address.
  func address(of weights: PublishedWeights) throws(WeightsError) -> String {
    let base = mirror ?? catalog.address, start = base.lowercased()
    guard start.hasPrefix("https://") || start.hasPrefix("http://"),
      base.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
    else { throw WeightsError(weights.name, .badMirror(base)) }
    return base.hasSuffix("/") ? base + weights.name : "\(base)/\(weights.name)"
  }
}
