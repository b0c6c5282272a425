internal import Foundation
internal import Text

extension Dataset {
  /// Writes the dataset as Pascal VOC does.
  ///
  /// `Annotations/….xml`, `JPEGImages/…`, the lists of the splits in `ImageSets/Main` and the classes in
  /// order in `classes.txt`. Coordinates count pixels from 0 and keep nine decimals. Images without
  /// labels get no XML file.
  ///
  /// - Parameters:
  ///   - folder: Where to write. It appears complete or not at all; one that an earlier
  ///     conversion wrote is replaced.
  ///   - work: Who hears how far it is, and may end it.
  /// - Throws: ``DatasetError`` where the folder holds something else, two images would take one place,
  ///   or the system refuses.
  public func writeVOC(
    to folder: String, work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    try OutputPlaces.fill(folder, with: self, work) { places throws(DatasetError) in
      var taken: [String: String] = [:]
      for (split, sample, name) in places.all {
        // The layout has one folder for all splits.
        if let first = taken.updateValue("\(split)/\(name)", forKey: stem(name)) {
          throw DatasetError(
            file: folder,
            problem: .conversion(.sameName(name, first: first, second: "\(split)/\(name)")))
        }
        try places.copy(sample, to: "JPEGImages/\(name)")
        if sample.isLabeled {
          try places.write(xml(sample, name: name), to: "Annotations/\(stem(name)).xml")
        }
      }
      for split in DatasetSplit.allCases where !self[split].isEmpty {
        let names = places.all.filter { $0.split == split }.map { stem($0.name) + "\n" }
        try places.write(names.joined(), to: "ImageSets/Main/\(split).txt")
      }
      try places.write(classNames.map { $0 + "\n" }.joined(), to: "classes.txt")
    }
  }

  private func xml(_ sample: Sample, name: String) -> String {
    var xml = """
      <annotation>
        <filename>\(Escaping.xml(name))</filename>
        <size><width>\(sample.width)</width><height>\(sample.height)</height><depth>3</depth></size>

      """
    let (w, h) = (Double(sample.width), Double(sample.height))
    for row in sample.rows {
      let (left, right) = ((row.centerX - row.width / 2) * w, (row.centerX + row.width / 2) * w)
      let (top, bottom) = ((row.centerY - row.height / 2) * h, (row.centerY + row.height / 2) * h)
      xml += """
          <object>
            <name>\(Escaping.xml(classNames[row.classIndex]))</name>
            <difficult>0</difficult>
            <bndbox>
              <xmin>\(printed(left))</xmin><ymin>\(printed(top))</ymin>
              <xmax>\(printed(right))</xmax><ymax>\(printed(bottom))</ymax>
            </bndbox>
          </object>

        """
    }
    return xml + "</annotation>\n"
  }
}

/// Nine decimals, and no more than are needed.
private func printed(_ value: Double) -> String {
  let rounded = (value * 1e9).rounded() / 1e9
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
