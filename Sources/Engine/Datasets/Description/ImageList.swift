internal import Files
internal import Foundation

/// A text file with the path of an image a line.
///
/// Paths are relative to the list's folder. Those that another program or another machine wrote, and
/// that lead nowhere, are looked for by their tails from that folder; see ``WrittenPath``.
struct ImageList {
  private let file: String
  /// Where the images are, in the order of their paths' bytes, without repetition.
  ///
  /// An image that is nowhere keeps its place as it is written.
  private(set) var images: [String] = []
  /// How many images were found by their tails, and the first of them.
  private(set) var reread = 0
  private(set) var example: (written: String, readAs: String)?
  /// How many images are nowhere, and the first of them as it is written.
  private(set) var missing = 0
  private(set) var missingExample: String?

  /// That images were found by their tails.
  ///
  /// nil where none was, or where only `data/` was left out, darknet's own folder.
  var note: DatasetNote? {
    guard let example else { return nil }
    let home = PathText.folder(of: file)
    let place = example.readAs
    let shown = place.hasPrefix(home + "/") ? String(place.dropFirst(home.count + 1)) : place
    guard example.written != "data/" + shown else { return nil }
    return .listReread(
      list: PathText.name(of: file), images: reread, written: example.written,
      readAs: shown)
  }

  /// Reads a list; one that cannot be read is empty.
  init(contentsOf file: String) {
    self.file = file
    guard let text = try? text(of: file, limit: ImageFolder.listLimit) else { return }
    let home = PathText.folder(of: file)
    // Lists are written by one program in one go: what helped the line before helps this one.
    var dropped = 0
    var paths: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let entry = line.trimmingCharacters(in: .whitespaces)
      guard !entry.isEmpty, !entry.hasPrefix("#") else { continue }
      let written = WrittenPath(entry)
      let direct = written.places(in: home)
      if let place = direct.first(where: Directory.exists) {
        paths.append(place)
      } else if let (place, count) = written.tail(in: home, dropping: dropped) {
        (dropped, reread) = (count, reread + 1)
        if example == nil { example = (entry, place) }
        paths.append(place)
      } else {
        missing += 1
        if missingExample == nil { missingExample = entry }
        paths.append(direct.last ?? entry)
      }
    }
    images = ImageFolder.sortedByBytes(unique(paths))
  }
}
