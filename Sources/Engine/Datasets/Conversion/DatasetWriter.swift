internal import Files
internal import Foundation

extension Dataset {
  /// Writes the dataset as YOLO users lay it out.
  ///
  /// `images/SPLIT/…`, `labels/SPLIT/…` and `data.yaml`. Images are copied byte by byte. An image in
  /// which nothing is labeled gets an empty label file, one without labels none.
  ///
  /// - Parameters:
  ///   - folder: Where to write. It appears complete or not at all; one that an earlier
  ///     conversion wrote is replaced.
  ///   - work: Who hears how far it is, and may end it.
  /// - Returns: The path of the YAML file.
  /// - Throws: ``DatasetError`` where the folder holds something else, two images would take one place,
  ///   or the system refuses.
  @discardableResult
  public func writeYOLO(
    to folder: String, work: DatasetWork = DatasetWork()
  ) throws(DatasetError) -> String {
    try OutputPlaces.fill(folder, with: self, work) { places throws(DatasetError) in
      for (split, sample, name) in places.all {
        let place = "images/\(split)/\(name)"
        try places.copy(sample, to: place)
        guard sample.isLabeled else { continue }
        let text = sample.rows.map { $0.text + "\n" }.joined()
        // Where readers look: a name that keeps folders may have an "images" of its own.
        try places.write(text, to: ImageFolder.labelPath(ofImage: place))
      }
      try places.write(description, to: "data.yaml")
    }
    return folder + "/data.yaml"
  }

  /// The YAML file of the folder that is written.
  private var description: String {
    // Without `path` everybody takes the YAML's own folder; "." means other folders to other programs.
    var yaml = ""
    for split in DatasetSplit.allCases where !self[split].isEmpty {
      yaml += "\(split): images/\(split)\n"
    }
    yaml += "nc: \(classNames.count)\nnames:\n"
    for (index, name) in classNames.enumerated() {
      yaml += "  \(index): \(JSONText.quoted(name))\n"
    }
    return yaml
  }
}

/// A name without its suffix; its folders stay.
func stem(_ name: String) -> String { PathText.withoutSuffix(name) }
