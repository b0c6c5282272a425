/// The folders in which tools keep the splits, by the names that they give them.
struct SplitFolders {
  /// The folders of each split that is there, in which images lie at any depth.
  private(set) var folders: [DatasetSplit: String] = [:]

  /// The split that a folder or a key names, whatever its case; nil for any other name.
  static func split(named name: String) -> DatasetSplit? {
    switch name.lowercased() {
    case "train", "training": .train
    case "val", "valid", "validation": .val
    case "test", "testing": .test
    default: nil
    }
  }

  /// The split that the first folder below another one names on the way to a file; training without one.
  static func split(ofFile path: String, in folder: String) -> DatasetSplit {
    let home = joined("", folder)
    let rest = home == "." ? path[...] : path.dropFirst(home.count)
    return rest.split(separator: "/").dropLast().lazy.compactMap { split(named: String($0)) }.first
      ?? .train
  }

  /// The splits of a folder: `train/images`, `images/train` or `train`.
  init(of folder: String) {
    for home in [folder, joined(folder, "images")] {
      for name in ImageFolder.names(in: home).sorted() {
        let place = joined(home, name)
        guard let split = Self.split(named: name), folders[split] == nil, isFolder(place) else {
          continue
        }
        let images = joined(place, "images")
        folders[split] = isFolder(images) ? images : place
      }
      if !folders.isEmpty { return }
    }
  }
}
