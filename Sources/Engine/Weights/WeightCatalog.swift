public import Files
internal import Text

/// A file of weights that somebody publishes, known by its content.
public struct PublishedWeights: Equatable, Sendable {
  /// The file's name, as it is published and kept.
  public let name: String
  /// The size of the file in bytes.
  public let size: Int
  /// The SHA-256 digest of the file.
  public let digest: Digest
  /// Who publishes it.
  public let publisher: String
  /// The license it is published under, as an SPDX identifier.
  public let license: String

  /// Pins a published file.
  public init(name: String, size: Int, digest: Digest, publisher: String, license: String) {
    (self.name, self.size, self.digest) = (name, size, digest)
    (self.publisher, self.license) = (publisher, license)
  }
}

/// The published weights that can be fetched by their names.
public struct WeightCatalog: Equatable, Sendable {
  /// The files, in the order in which people are told of them.
  public let files: [PublishedWeights]
  /// The address of the folder that holds the files.
  public let address: String

  /// Collects files that are published in one place.
  ///
  /// - Parameters:
  ///   - files: The files, with distinct names.
  ///   - address: The `http` or `https` address of their folder.
  public init(_ files: [PublishedWeights], at address: String) {
    (self.files, self.address) = (files, address)
  }

  /// The file of exactly this name.
  public subscript(_ name: String) -> PublishedWeights? { files.first { $0.name == name } }

  /// The file that a name means: "yolov8n.pt", or "yolov8n" for short.
  ///
  /// - Throws: ``WeightsError`` with the names that are known.
  public func file(named name: String) throws(WeightsError) -> PublishedWeights {
    guard let file = self[name] ?? self[name + ".pt"] else {
      let known = files.map(\.name)
      throw WeightsError(
        name,
        .unknown(
          nearest: Suggestion.nearest(to: name, among: known)
            ?? Suggestion.nearest(to: name + ".pt", among: known), known: known))
    }
    return file
  }

  /// The five YOLOv8 detectors trained on COCO, of the v8.4.0 release of Ultralytics' assets.
  ///
  /// Names, sizes and digests are facts about those files; the files themselves are no part of this
  /// project.
  public static let yolov8 = WeightCatalog(
    [
      detector("n", 6_549_796, "f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36"),
      detector("s", 22_588_772, "1f47a78bf100391c2a140b7ac73a1caae18c32779be7d310658112f7ac9aa78a"),
      detector("m", 52_136_884, "5d4a90cdc7a21786cc59cd19778e9eafff836df9e2da32524737c7ee6efe4fe5"),
      detector("l", 87_792_836, "64c9115303f6a25575f82200d1b22ec409fa6bd7d08d0313884fc20d919478cd"),
      detector(
        "x", 136_890_692, "3df4ada6b4dad6d657868f2fdf7faecfb34dcfccf3a25c4b82079064718524c8"),
    ].compactMap { $0 }, at: "https://github.com/ultralytics/assets/releases/download/v8.4.0")

  private static func detector(_ size: String, _ bytes: Int, _ digest: String) -> PublishedWeights?
  {
    Digest(digest).map {
      PublishedWeights(
        name: "yolov8\(size).pt", size: bytes, digest: $0, publisher: "Ultralytics",
        license: "AGPL-3.0")
    }
  }
}
