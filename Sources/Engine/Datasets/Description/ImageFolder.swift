internal import Foundation

/// What lies in a dataset's folders: which files are images, in which order, and where their labels are.
package enum ImageFolder {
  /// The suffixes of the images we decode.
  static let suffixes: Set<String> = [
    "avif", "bmp", "dib", "gif", "heic", "heif", "jpeg", "jpg", "mpo", "png", "tif", "tiff", "webp",
  ]
  /// The suffixes of images that others decode: named when met, never passed over.
  static let foreignSuffixes: Set<String> = [
    "arw", "cr2", "cr3", "dng", "jp2", "jpeg2000", "jxl", "nef", "pfm",
  ]

  /// The largest list of images that is read, in bytes.
  static let listLimit = 256 << 20

  /// Every image under a folder, or of a text file with one path a line, in the order of their bytes.
  package static func images(in place: String) -> [String] {
    let paths = isFolder(place) ? found(under: place) : listed(in: place)
    return sortedByBytes(unique(paths))
  }

  private static func found(under folder: String) -> [String] {
    files(under: folder).filter(isImage)
  }

  /// The files of one suffix under a folder, in the order of their bytes.
  static func files(under folder: String, suffix: String) -> [String] {
    sortedByBytes(
      files(under: folder).filter { ($0 as NSString).pathExtension.lowercased() == suffix })
  }

  /// Every file that is not hidden nor in a hidden folder, in no order.
  ///
  /// Links to folders are followed.
  private static func files(under folder: String) -> [String] {
    var paths: [String] = []
    var open = [folder]
    // A link may lead to a folder above itself: each folder is looked into once.
    var seen: Set<String> = []
    while let place = open.popLast() {
      guard seen.insert(withoutLinks(place)).inserted else { continue }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      for name in names.sorted(by: >) where !name.hasPrefix(".") {
        let path = joined(place, name)
        if isFolder(path) { open.append(path) } else { paths.append(path) }
      }
    }
    return paths
  }

  /// The path with every link followed; as it is where nothing lies there.
  private static func withoutLinks(_ path: String) -> String {
    // SAFETY: realpath returns a string of its own, which is copied before it is freed.
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// A list's lines, each relative to the list's folder.
  private static func listed(in file: String) -> [String] {
    guard let text = try? text(of: file, limit: listLimit) else { return [] }
    let home = (file as NSString).deletingLastPathComponent
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      let path = line.trimmingCharacters(in: .whitespaces)
      return path.isEmpty || path.hasPrefix("#") ? nil : place(path, in: home)
    }
  }

  /// Where a written path lies, seen from a folder: a path written under Windows, with `\\` between its parts,
  /// is read with `/` where nothing lies there under its own name.
  static func place(_ path: String, in home: String) -> String {
    let plain = joined(home, path)
    guard path.contains("\\"), !FileManager.default.fileExists(atPath: plain) else { return plain }
    return joined(home, path.replacingOccurrences(of: "\\", with: "/"))
  }

  package static func isImage(_ path: String) -> Bool {
    let suffix = (path as NSString).pathExtension.lowercased()
    return suffixes.contains(suffix) || foreignSuffixes.contains(suffix)
  }

  static func isForeign(_ path: String) -> Bool {
    foreignSuffixes.contains((path as NSString).pathExtension.lowercased())
  }

  /// Sorts as every other tool does, by bytes; Swift's own order is another.
  package static func sortedByBytes(_ paths: [String]) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Where an image's labels are: the last `images` folder becomes `labels`, else beside the image.
  package static func labelPath(ofImage image: String) -> String {
    let stem = (image as NSString).deletingPathExtension + ".txt"
    guard let place = stem.range(of: "/images/", options: .backwards) else {
      return stem.hasPrefix("images/") ? "labels/" + stem.dropFirst(7) : stem
    }
    return stem.replacingCharacters(in: place, with: "/labels/")
  }

  /// The label file of an image, or nil where there is none in either place.
  static func labels(ofImage image: String) -> String? {
    let beside = (image as NSString).deletingPathExtension + ".txt"
    return unique([labelPath(ofImage: image), beside]).first {
      FileManager.default.fileExists(atPath: $0)
    }
  }
}
