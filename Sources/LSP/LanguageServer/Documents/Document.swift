internal import Commands
internal import Files
internal import Foundation
internal import Language

/// A text that the client has open.
final class Document {
  /// Its address, as the client writes it.
  let uri: String
  /// Its path; nil for a text that is in no file.
  let path: String?
  /// How it is written.
  let notation: Notation
  /// The folder that it lies in.
  let folder: String
  /// The client's number of its state.
  private(set) var version: Int?
  /// Its bytes, without a byte order mark.
  private(set) var bytes: [UInt8]
  private let encoding: PositionEncoding
  private var table: LineTable?
  private var known: Inspection?
  private var outline: Outline?
  private var names: NameIndex?

  /// Opens a text.
  ///
  /// - Parameters:
  ///   - item: What the client sent.
  ///   - root: The folder of what is in no file.
  ///   - encoding: What columns count.
  init(_ item: DidOpenParameters.Item, root: String, encoding: PositionEncoding) {
    uri = item.uri
    path = FileAddress.path(of: item.uri)
    (version, self.encoding) = (item.version, encoding)
    notation =
      path.map { Notation(path: $0) } ?? (item.languageId == "markdown" ? .markdown : .steps)
    folder = path.map { PathText.folder(of: $0) } ?? root
    bytes = Self.bytes(of: item.text)
  }

  private static func bytes(of text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// Takes changes, one after the other.
  func change(_ changes: [DidChangeParameters.Change], version: Int?) {
    for change in changes {
      if let range = change.range {
        let span = lines.span(of: range)
        bytes.replaceSubrange(span.lower..<span.upper, with: change.text.utf8)
      } else {
        bytes = Self.bytes(of: change.text)
      }
      table = nil
    }
    self.version = version ?? self.version
    forget()
  }

  /// Forgets what was found, because something else changed.
  func forget() { (known, outline, names) = (nil, nil, nil) }

  /// The way between offsets and positions.
  var lines: LineTable {
    if let table { return table }
    let made = LineTable(bytes, encoding: encoding)
    table = made
    return made
  }

  /// What messages call it: its file's name.
  var name: String { path.map { PathText.name(of: $0) } ?? uri }

  /// What the checker says of it.
  func inspection(load: (String) -> [UInt8]?) -> Inspection {
    if let known { return known }
    let made = Inspection(
      name: name, text: String(decoding: bytes, as: UTF8.self), notation: notation,
      folder: folder, load: load)
    known = made
    return made
  }

  /// Where each name stands.
  func names(of inspection: Inspection) -> NameIndex {
    if let names { return names }
    let made = NameIndex(inspection.program, table: .yolos)
    names = made
    return made
  }

  /// Its headings and folds.
  func outline(of inspection: Inspection) -> Outline {
    if let outline { return outline }
    let made = Outline(inspection.source, notation: notation)
    outline = made
    return made
  }
}
