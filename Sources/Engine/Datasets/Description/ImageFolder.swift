internal import Files
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
    isFolder(place)
      ? sortedByBytes(files(under: place).filter(isImage)) : ImageList(contentsOf: place).images
  }

  /// The names of what a folder holds, files and folders that are not hidden, in the order of their bytes.
  static func names(in folder: String) -> [String] { Directory.entries(of: folder).map(\.name) }

  /// The files of one suffix in a folder itself, in the order of their bytes.
  static func files(in folder: String, suffix: String) -> [String] {
    names(in: folder).filter { self.suffix(of: $0) == suffix }.map { joined(folder, $0) }
  }

  /// The files of one suffix under a folder, in the order of their bytes.
  static func files(under folder: String, suffix: String) -> [String] {
    sortedByBytes(files(under: folder).filter { self.suffix(of: $0) == suffix })
  }

  /// Every file that is not hidden nor in a hidden folder, in no order.
  ///
  /// Links to folders are followed.
  private static func files(under folder: String) -> [String] {
    var paths: [String] = []
    var open = [joined("", folder)]
    // A link may lead to a folder above itself: each folder is looked into once.
    var seen: Set<String> = []
    while let place = open.popLast() {
      guard seen.insert(withoutLinks(place)).inserted else { continue }
      let head = place == "." ? "" : place == "/" ? "/" : place + "/"
      for entry in Directory.entries(of: place).reversed() {
        if entry.isFolder {
          open.append(head + entry.name)
        } else {
          paths.append(head + entry.name)
        }
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

  /// A path's suffix in small letters; empty where there is none.
  static func suffix(of path: String) -> String { PathText.suffix(of: path).lowercased() }

  package static func isImage(_ path: String) -> Bool {
    let suffix = suffix(of: path)
    return suffixes.contains(suffix) || foreignSuffixes.contains(suffix)
  }

  static func isForeign(_ path: String) -> Bool {
    foreignSuffixes.contains(suffix(of: path))
  }

  /// Sorts as every other tool does, by bytes; Swift's own order is another.
  package static func sortedByBytes(_ paths: [String]) -> [String] {
    paths.sorted { $0.precedesByBytes($1) }
  }

  /// Samples in the order of the bytes of their paths.
  static func sorted(_ samples: [Sample]) -> [Sample] {
    samples.sorted { $0.imagePath.precedesByBytes($1.imagePath) }
  }

  /// Where an image's labels are: the last `images` folder becomes `labels`, else beside the image.
  package static func labelPath(ofImage image: String) -> String {
    let beside = labelPath(besideImage: image)
    return labelPath(amongLabels: beside) ?? beside
  }

  /// The label file of an image and its identity, or nil where there is none in either place.
  static func labels(ofImage image: String) -> (path: String, identity: FileIdentity)? {
    let beside = labelPath(besideImage: image)
    if let path = labelPath(amongLabels: beside), let identity = FileIdentity(of: path) {
      return (path, identity)
    }
    return FileIdentity(of: beside).map { (beside, $0) }
  }

  private static func labelPath(besideImage image: String) -> String {
    PathText.withoutSuffix(image) + ".txt"
  }

  /// The path with its last `images` folder as `labels`; nil without one.
  private static func labelPath(amongLabels path: String) -> String? {
    let name = Array("images/".utf8)
    var bytes = Array(path.utf8)
    var start = bytes.count - name.count
    while start >= 0 {
      if bytes[start] == name[0], start == 0 || bytes[start - 1] == UInt8(ascii: "/"),
        bytes[start..<start + name.count].elementsEqual(name)
      {
        bytes.replaceSubrange(start..<start + name.count, with: "labels/".utf8)
        return String(decoding: bytes, as: UTF8.self)
      }
      start -= 1
    }
    return nil
  }
}
