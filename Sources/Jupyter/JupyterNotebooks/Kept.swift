internal import Files
internal import Foundation
internal import JSON
internal import Report

/// What one form of a notebook keeps of another, out of sight: in a report a region, in a notebook a member of
/// its metadata.
///
/// Beside it stands the digest of what would be made without it, so that nothing old comes back where what can
/// be seen was changed.
struct Kept {
  private var regions: [KeptData] = []

  /// The digest of a text.
  private static func digest(_ text: String) -> String { Digest(of: text).description }

  // MARK: In reports

  /// A report without what is kept at its end, and that.
  static func split(_ report: String) -> (text: String, kept: Kept) {
    var (document, _) = MarkdownReader.document(report)
    var kept = Kept(), rest = report.utf8[...]
    while case .output(.kept(let data))? = document.entries.last?.block {
      kept.regions.append(data)
      document.entries.removeLast()
      // What was added is taken off, byte for byte.
      let added = Array(region(data).utf8)
      guard rest.count >= added.count, rest.suffix(added.count).elementsEqual(added) else {
        rest = MarkdownWriter.text(document).utf8[...]
        continue
      }
      rest = rest.dropLast(added.count)
    }
    return (String(decoding: rest, as: UTF8.self), kept)
  }

  /// The region that keeps a script.
  ///
  /// - Parameters:
  ///   - script: The script.
  ///   - text: The script that would be made of the report without it.
  /// - Returns: The lines to put at the report's end.
  static func region(_ script: String, for text: String) -> String {
    region("script", ["digest": .string(digest(text)), "text": .string(script)])
  }

  private static func region(_ name: String, _ content: JSONValue) -> String {
    let text = String(decoding: JSONWriter.compact(content.sortedDeeply), as: UTF8.self)
    return region(KeptData(name: name, content: text))
  }

  private static func region(_ data: KeptData) -> String {
    "\n" + MarkdownWriter.text(.output(.kept(data))) + "\n"
  }

  /// The region that keeps what a report cannot say of a notebook; empty where it says all.
  ///
  /// - Parameters:
  ///   - notebook: The notebook.
  ///   - derived: What would become of the report.
  ///   - text: The report.
  /// - Returns: The lines to put at the report's end.
  static func region(
    for notebook: JupyterNotebook, derived: JupyterNotebook, text: String
  ) -> String {
    let change = JSONChange.from(
      derived.json(isDivided: false), to: notebook.json(isDivided: false))
    return change.map { region("notebook", ["digest": .string(digest(text)), "change": $0]) } ?? ""
  }

  private func content(_ name: String, for text: String) -> JSONValue? {
    let found = regions.first { $0.name == name }
    guard let value = found.flatMap({ try? JSONReader.value($0.content) }),
      value["digest"]?.asString == Self.digest(text)
    else { return nil }
    return value
  }

  /// The script that a report was made from, where it has not been changed.
  func script(for text: String) -> String? { content("script", for: text)?["text"]?.asString }

  /// The notebook that a report was made from, where it has not been changed.
  func notebook(for text: String, derived: JupyterNotebook) -> JupyterNotebook? {
    guard let change = content("notebook", for: text)?["change"],
      let value = JSONChange.apply(change, to: derived.json(isDivided: false))
    else { return nil }
    return try? JupyterNotebook(value)
  }

  // MARK: In notebooks

  /// Keeps a text in a notebook.
  ///
  /// - Parameters:
  ///   - text: The text of the other form.
  ///   - name: What it is: `report` or `script`.
  ///   - seen: What would be made of the notebook without it.
  ///   - notebook: The notebook.
  static func keep(
    _ text: String, as name: String, for seen: String, in notebook: inout JupyterNotebook
  ) {
    var own = notebook.metadata[OutputBundle.key]?.asObject ?? JSONObject()
    own[name] = ["digest": .string(digest(seen)), "text": .string(text)]
    notebook.metadata[OutputBundle.key] = .object(own)
  }

  /// What a notebook keeps, where it has not been changed.
  static func text(_ name: String, in notebook: JupyterNotebook, for seen: String) -> String? {
    let kept = notebook.metadata[OutputBundle.key]?[name]
    guard kept?["digest"]?.asString == digest(seen) else { return nil }
    return kept?["text"]?.asString
  }
}
