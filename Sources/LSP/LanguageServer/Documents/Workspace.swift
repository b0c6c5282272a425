internal import Commands
internal import Files
internal import Foundation
internal import JSONRPC
internal import Language

/// The documents that a client has open.
final class Workspace {
  /// The folder that the client works in.
  var root = "."
  /// What columns count.
  var encoding = PositionEncoding.utf16
  private var documents: [String: Document] = [:]
  private var reports: [String: (date: Date?, values: RecordedValues)] = [:]
  /// Documents whose findings the client does not know yet, in the order in which they changed.
  private(set) var changed: [String] = []

  /// Notes that a document's findings may have changed.
  private func mark(_ uri: String) {
    if !changed.contains(uri) { changed.append(uri) }
  }

  /// Takes a document.
  func open(_ item: DidOpenParameters.Item) {
    documents[item.uri] = Document(item, root: root, encoding: encoding)
    mark(item.uri)
    checkDependents(of: item.uri)
  }

  /// Changes a document.
  ///
  /// - Throws: ``ResponseError`` where it is not open.
  func change(_ parameters: DidChangeParameters) throws(ResponseError) {
    let document = try self.document(parameters.textDocument.uri)
    document.change(parameters.contentChanges, version: parameters.textDocument.version)
    mark(document.uri)
    checkDependents(of: document.uri)
  }

  /// Gives a document back to the disk.
  func close(_ uri: String) {
    documents[uri] = nil
    changed.removeAll { $0 == uri }
    checkDependents(of: uri)
  }

  /// Checks everything anew, because files have changed.
  func checkAll() {
    for document in documents.values.sorted(by: { $0.uri < $1.uri }) {
      document.forget()
      mark(document.uri)
    }
  }

  /// Checks anew what includes a document.
  private func checkDependents(of uri: String) {
    guard let path = FileAddress.path(of: uri) else { return }
    for document in documents.values.sorted(by: { $0.uri < $1.uri }) where document.uri != uri {
      guard inspection(of: document).files.contains(where: { same($0, path) }) else { continue }
      document.forget()
      mark(document.uri)
    }
  }

  /// The next document whose findings are to be told.
  func nextChanged() -> Document? {
    while !changed.isEmpty {
      if let document = documents[changed.removeFirst()] { return document }
    }
    return nil
  }

  // MARK: Asking

  /// The document of an address.
  ///
  /// - Throws: ``ResponseError`` where it is not open.
  func document(_ uri: String) throws(ResponseError) -> Document {
    guard let document = documents[uri] else {
      throw ResponseError(.invalidParameters, "the document '\(uri)' is not open")
    }
    return document
  }

  /// What the checker says of a document.
  func inspection(of document: Document) -> Inspection {
    document.inspection { path in self.document(at: path)?.bytes }
  }

  /// The open document of a path.
  func document(at path: String) -> Document? {
    documents.values.first { $0.path.map { same($0, path) } ?? false }
  }

  private func same(_ first: String, _ second: String) -> Bool {
    FileAddress.absolute(first) == FileAddress.absolute(second)
  }

  /// What the report of a document shows of its values; nil where there is none.
  func recordedValues(of document: Document, _ inspection: Inspection) -> RecordedValues? {
    if let recorded = inspection.recorded { return RecordedValues(recorded) }
    guard let path = document.path else { return nil }
    let stem = PathText.stem(of: path)
    let places = ["\(root)/reports", "\(document.folder)/reports", document.folder]
    let report = places.map { "\($0)/\(stem).md" }.first {
      FileManager.default.fileExists(atPath: $0)
    }
    guard let report else { return nil }
    let date =
      (try? FileManager.default.attributesOfItem(atPath: report))?[.modificationDate] as? Date
    if let kept = reports[report], kept.date == date { return kept.values }
    guard let values = RecordedValues(contentsOf: report) else { return nil }
    reports[report] = (date, values)
    return values
  }
}
