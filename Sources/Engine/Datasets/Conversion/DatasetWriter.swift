internal import Files
internal import Foundation

extension Dataset {
  /// Writes the data set as YOLO users lay it out.
  ///
  /// `images/SPLIT/…`, `labels/SPLIT/…` and `data.yaml`. Pictures are copied byte by byte. An image in
  /// which nothing is labelled gets an empty label file, one without labels none.
  ///
  /// - Parameter folder: Where to write; made where it is missing, and empty where it is not.
  /// - Returns: The path of the YAML file.
  /// - Throws: ``DatasetError`` where the folder holds something, two images would take one place, or
  ///   the system refuses.
  @discardableResult
  public func writeYOLO(to folder: String) throws(DatasetError) -> String {
    let places = try OutputPlaces(self, folder: folder)
    for (split, sample, name) in places.all {
      try places.copy(sample, to: "images/\(split)/\(name)")
      guard sample.isLabelled else { continue }
      let text = sample.rows.map { $0.text + "\n" }.joined()
      try places.write(text, to: "labels/\(split)/\(stem(name)).txt")
    }
    var yaml = "path: .\n"
    for split in DatasetSplit.allCases where !self[split].isEmpty {
      yaml += "\(split): images/\(split)\n"
    }
    yaml += "nc: \(classNames.count)\nnames:\n"
    for (index, name) in classNames.enumerated() { yaml += "  \(index): \(quoted(name))\n" }
    try places.write(yaml, to: "data.yaml")
    return folder + "/data.yaml"
  }
}

/// A name without its suffix; its folders stay.
func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

/// A text in double quotes, as YAML and JSON both read it.
private func quoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

/// Where the images of a data set go in a folder that is written.
struct OutputPlaces {
  let folder: String
  /// Every image with its split and its name below the split's folder.
  let all: [(split: DatasetSplit, sample: Sample, name: String)]

  /// - Throws: ``DatasetError`` where the folder is not empty or two images would take one place.
  init(_ dataset: Dataset, folder: String) throws(DatasetError) {
    self.folder = folder
    let existing = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard existing.allSatisfy({ $0.hasPrefix(".") }) else {
      throw DatasetError(
        file: folder,
        problem: .conversion(.rule("the folder is not empty; name a new one for the data set")))
    }
    var all: [(split: DatasetSplit, sample: Sample, name: String)] = []
    for split in DatasetSplit.allCases {
      let samples = dataset[split]
      // Names repeat only where a data set has several folders; those then stay in the names.
      let isFlat = Set(samples.map { stem($0.fileName) }).count == samples.count
      let home = isFlat ? "" : commonFolder(samples.map(\.imagePath))
      for sample in samples {
        all.append(
          (split, sample, isFlat ? sample.fileName : String(sample.imagePath.dropFirst(home.count)))
        )
      }
      var taken: [String: String] = [:]
      for (place, sample, name) in all where place == split {
        if let first = taken.updateValue(sample.imagePath, forKey: stem(name)) {
          throw DatasetError(
            file: folder,
            problem: .conversion(.sameName(name, first: first, second: sample.imagePath)))
        }
      }
    }
    self.all = all
  }

  func copy(_ sample: Sample, to name: String) throws(DatasetError) {
    try write(try content(of: sample.imagePath, limit: 1 << 30), to: name)
  }

  func write(_ text: String, to name: String) throws(DatasetError) {
    try write(Data(text.utf8), to: name)
  }

  func write(_ data: Data, to name: String) throws(DatasetError) {
    do { try AtomicFile.write(data, to: folder + "/" + name) } catch {
      throw DatasetError(
        file: error.path, problem: .refused(action: error.action, reason: error.reason))
    }
  }
}

/// The deepest folder that all paths share, with its slash.
private func commonFolder(_ paths: [String]) -> String {
  guard
    var shared = paths.first.map({
      $0.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    })
  else { return "" }
  for path in paths {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    shared = shared.prefix(zip(shared, parts).prefix { $0 == $1 }.count)
  }
  return shared.isEmpty ? "" : shared.joined(separator: "/") + "/"
}
