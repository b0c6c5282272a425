internal import Files
internal import Datasets
internal import Foundation
internal import Geometry
internal import Images
internal import Synchronization
internal import Tensors

extension ToySet {
  /// Raised whenever the same options begin to draw other pictures.
  static let edition = 1

  /// Makes the folder an ordinary dataset: `toys.yaml`, and for every split `images` with JPEG files
  /// and `labels` with YOLO text files; a picture without any toy has an empty label file.
  ///
  /// The folder appears complete or not at all. Where it already holds this very set, unharmed, nothing
  /// is written: `toys.json` says what it holds and the digest of all its files. A folder with another
  /// set of toys is replaced; one with anything else in it is refused.
  ///
  /// - Parameters:
  ///   - folder: The dataset's folder; those above it are made where they are missing.
  ///   - threads: How many threads draw; the files do not depend on it.
  /// - Returns: The path of the YAML file.
  /// - Throws: ``ToySetError`` for options out of range, an occupied folder, or a refused file.
  @discardableResult
  public func write(to folder: String, threads: Int? = nil) throws(ToySetError) -> String {
    if let problem { throw problem }
    let yaml = folder + "/toys.yaml"
    let manager = FileManager.default
    let record = try? AtomicFile.read(folder + "/toys.json")
    if let record, record == (try? manifest(of: folder)) { return yaml }
    guard Self.mayReplace(folder) else { throw .occupied(folder: folder) }
    let work = folder + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      try? manager.removeItem(atPath: work)
      try writeFiles(to: work, threads: threads)
      try AtomicFile.write(try manifest(of: work), to: work + "/toys.json")
      if manager.fileExists(atPath: folder) { try manager.removeItem(atPath: folder) }
      try manager.moveItem(atPath: work, toPath: folder)
    } catch {
      try? manager.removeItem(atPath: work)
      throw .file(
        error as? FileError
          ?? FileError(path: folder, action: "write", reason: error.localizedDescription))
    }
    return yaml
  }

  /// Whether nothing lies there, or nothing but files that a set of toys has.
  private static func mayReplace(_ folder: String) -> Bool {
    let manager = FileManager.default
    guard manager.fileExists(atPath: folder) else { return true }
    // Of a file there is no content to list.
    guard let content = try? manager.contentsOfDirectory(atPath: folder) else { return false }
    guard content.isEmpty || content.contains("toys.json") else { return false }
    let names = manager.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.allSatisfy { name in
      let parts = name.split(separator: "/").map(String.init)
      guard DatasetSplit(rawValue: parts[0]) != nil else {
        return ["toys.json", "toys.yaml"].contains(name)
      }
      switch parts.count {
      case 1: return true
      // Other programs keep what they have read of the labels beside them.
      case 2: return ["images", "labels", "labels.cache"].contains(parts[1])
      case 3:
        let ending = parts[1] == "images" ? ".jpg" : ".txt"
        return parts[2].hasSuffix(ending) && parts[2].dropLast(4).allSatisfy(\.isWholeNumber)
      default: return false
      }
    }
  }

  private var splits: [(name: String, split: DatasetSplit, count: Int)] {
    [("train", .train, train), ("val", .val, val), ("test", .test, test)].filter { $0.2 > 0 }
  }

  /// The YAML description, with paths relative to itself.
  private var description: String {
    let paths = splits.map { "\($0.name): \($0.name)/images\n" }.joined()
    let all = classNames
    let names = all.enumerated().map { "  \($0): \($1)\n" }.joined()
    return "# Plush toys drawn from seed \(seed).\n\(paths)nc: \(all.count)\nnames:\n\(names)"
  }

  private func writeFiles(to folder: String, threads: Int?) throws(FileError) {
    try AtomicFile.makeFolder(folder)
    let tasks = splits.flatMap { part in (0..<part.count).map { (part.name, part.split, $0) } }
    for part in splits {
      try AtomicFile.makeFolder("\(folder)/\(part.name)/images")
      try AtomicFile.makeFolder("\(folder)/\(part.name)/labels")
    }
    let failure = Mutex<FileError?>(nil)
    ThreadPool(threads: threads).run(tasks.count) { task, _ in
      let (name, split, index) = tasks[task]
      guard failure.withLock({ $0 == nil }) else { return }
      do throws(FileError) {
        let scene = scene(split, index)
        let stem = String(repeating: "0", count: max(0, 6 - "\(index)".count)) + "\(index)"
        try AtomicFile.write(
          scene.image.jpeg(quality: 90), to: "\(folder)/\(name)/images/\(stem).jpg")
        try AtomicFile.write(rows(scene), to: "\(folder)/\(name)/labels/\(stem).txt")
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    try AtomicFile.write(description, to: folder + "/toys.yaml")
  }

  /// One row for each toy: class, center and size as shares of the picture.
  private func rows(_ scene: ToyScene) -> String {
    scene.boxes.map { label in
      let box = label.box.normalized(width: width, height: height)
      let numbers = [box.centerX, box.centerY, box.width, box.height].map(sixDigits)
      return "\(label.classIndex) \(numbers.joined(separator: " "))\n"
    }.joined()
  }

  /// What the folder holds: the options, and a digest over the names and contents of all files.
  private func manifest(of folder: String) throws -> Data {
    var paths = ["toys.yaml"]
    for part in splits {
      for kind in ["images", "labels"] {
        let path = "\(part.name)/\(kind)"
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(path)")
        // The Datasets room may keep its own cache files beside the labels.
        paths += files.filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".txt") }.sorted()
          .map { "\(path)/\($0)" }
      }
    }
    var list = ""
    for path in paths {
      list += "\(path) \(Digest(of: try AtomicFile.read("\(folder)/\(path)")))\n"
    }
    let names = kinds.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    // Folders that were written before there were these two hold the same pictures.
    let more =
      invented > 0 || closeness > 0
      ? "\n  \"invented\": \(invented), \"closeness\": \(closeness)," : ""
    return Data(
      """
      {
        "edition": \(ToySet.edition), "kinds": [\(names)],
        "train": \(train), "val": \(val), "test": \(test), "width": \(width), "height": \(height),
        "seed": \(seed), "clutter": \(clutter), "backgroundShare": \(backgroundShare),\(more)
        "files": \(paths.count), "digest": "\(Digest(of: list))"
      }

      """.utf8)
  }
}

/// A number of 0...1 with six digits behind the point.
private func sixDigits(_ x: Float) -> String {
  let millionths = Int((Double(x) * 1_000_000).rounded())
  let digits = String(millionths % 1_000_000)
  return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
}
