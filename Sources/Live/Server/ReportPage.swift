internal import Files
internal import Foundation
internal import Report

/// The report that grows, in pieces that a page can show.
struct ReportPage {
  /// Where the report lies.
  let path: String

  /// What a page shows: a piece of HTML for every block.
  struct Content: Encodable, Sendable {
    let title: String
    let blocks: [String]
  }

  /// The report as its file has it now; without blocks where nothing is written yet.
  var content: Content {
    let name = PathText.stem(of: path)
    guard let document else { return Content(title: name, blocks: []) }
    let blocks = HTMLWriter.fragments(document) { target in
      figures(in: document)[target].map { digest in
        "picture?path=\(Self.encoded(target))&digest=\(digest.prefix(16))"
      }
    }
    return Content(title: document.title ?? name, blocks: blocks)
  }

  /// A picture that the report shows; nil for any other file.
  func picture(_ target: String) -> Data? {
    guard let document, figures(in: document)[target] != nil else { return nil }
    let folder = PathText.folder(of: path)
    return try? AtomicFile.read(folder.isEmpty ? target : "\(folder)/\(target)")
  }

  private var document: Document? {
    guard let content = try? AtomicFile.read(path) else { return nil }
    return MarkdownReader.document(String(decoding: content, as: UTF8.self)).0
  }

  /// The digests of the pictures by their paths.
  private func figures(in document: Document) -> [String: String] {
    let all = document.blocks.compactMap { block -> (String, String)? in
      guard case .output(.figure(let figure)) = block else { return nil }
      return (figure.path, figure.digest)
    }
    return Dictionary(all, uniquingKeysWith: { $1 })
  }

  private static func encoded(_ text: String) -> String {
    let kept = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
    return text.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
  }
}
