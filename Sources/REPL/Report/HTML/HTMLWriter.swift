package import Foundation

/// Writes a report as one HTML file that holds its pictures, too.
package enum HTMLWriter {
  /// The whole page.
  ///
  /// - Parameters:
  ///   - document: The report.
  ///   - title: The page's title.
  ///   - picture: The bytes of a picture by its path relative to the report; nil where there is
  ///     none, and the page then keeps the path.
  /// - Returns: The page.
  package static func text(
    _ document: Document, title: String, picture: (String) -> Data?
  ) -> String {
    withoutActuallyEscaping(picture) { picture in
      let converter = MarkdownToHTML { target in
        // Only what lies beside the report is taken in; addresses stay as they are.
        guard !target.contains(":"), !target.hasPrefix("#"),
          let data = picture(Link.decoded(target)), let type = type(of: data)
        else { return safe(target) }
        return "data:\(type);base64,\(data.base64EncodedString())"
      }
      let body = document.entries.map { entry in
        converter.html(MarkdownWriter.lines(entry.block).joined(separator: "\n"))
      }
      return page(title: title, body: body.filter { !$0.isEmpty }.joined(separator: "\n"))
    }
  }

  /// The blocks one by one, for a page that shows more than the report.
  ///
  /// - Parameters:
  ///   - document: The report.
  ///   - picture: The address of a picture by its path relative to the report; nil for what is no
  ///     picture of the report.
  /// - Returns: A piece of HTML for every block that shows anything.
  package static func fragments(_ document: Document, picture: (String) -> String?) -> [String] {
    withoutActuallyEscaping(picture) { picture in
      let converter = MarkdownToHTML { target in
        picture(Link.decoded(target)).map { HTMLText.escaped($0) } ?? safe(target)
      }
      return document.entries.map { entry in
        converter.html(MarkdownWriter.lines(entry.block).joined(separator: "\n"))
      }.filter { !$0.isEmpty }
    }
  }

  /// The media type of a picture by its first bytes.
  private static func type(of data: Data) -> String? {
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
    if data.starts(with: [0xFF, 0xD8]) { return "image/jpeg" }
    let start = String(decoding: data.prefix(512), as: UTF8.self)
    return start.contains("<svg") ? "image/svg+xml" : nil
  }

  /// The target, unless a click on it would run something.
  private static func safe(_ target: String) -> String {
    let scheme = target.prefix { $0 != ":" && $0 != "/" }.lowercased()
    let isAddress = target.dropFirst(scheme.count).first == ":"
    return !isAddress || ["http", "https", "mailto"].contains(scheme) ? target : "#"
  }

  private static func page(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(HTMLText.escaped(title))</title>
    <style>
    body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff;
      font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; }
    h1, h2 { border-bottom: 1px solid #e3e3e3; padding-bottom: .3rem; }
    h1, h2, h3, h4 { line-height: 1.25; margin: 1.8rem 0 .8rem; }
    pre { background: #f5f5f3; padding: .8rem 1rem; overflow-x: auto; border-radius: 4px; }
    code { font: 0.9em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
    table { border-collapse: collapse; display: block; overflow-x: auto; }
    th, td { border: 1px solid #d5d5d5; padding: .3rem .7rem; }
    th { background: #f5f5f3; }
    img { max-width: 100%; height: auto; }
    blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 4px solid #e69f00; }
    details { margin: 1rem 0; }
    @media print { details { display: none; } body { margin: 0; } }
    </style>
    </head>
    <body>
    \(body)
    </body>
    </html>

    """
  }
}
