package import Files
package import Foundation

/// A report on the disk that is rewritten after every step, so that a run that dies leaves a valid
/// report up to there.
package struct ReportFile: Sendable {
  /// The report's path.
  package let path: String
  /// What stands in it.
  package private(set) var document: Document

  /// A report that is not written yet.
  package init(path: String, document: Document = Document()) {
    (self.path, self.document) = (path, document)
  }

  /// The folder of pictures and numbers beside the report: `toys_files` for `toys.md`.
  package var filesFolder: String {
    (PathText.withoutSuffix(path)) + "_files"
  }

  /// Adds a block at the end and writes the report.
  ///
  /// - Throws: ``FileError`` where it cannot be written; the file then holds what it held.
  package mutating func append(_ block: Document.Block) throws(FileError) {
    document.append(block)
    try save()
  }

  /// Changes what stands in the report; the file follows with the next ``save()``.
  package mutating func edit(_ change: (inout Document) -> Void) { change(&document) }

  /// Adds several blocks at the end and writes the report once.
  ///
  /// - Throws: ``FileError`` where it cannot be written.
  package mutating func append(_ blocks: [Document.Block]) throws(FileError) {
    for block in blocks { document.append(block) }
    try save()
  }

  /// Writes the report in one step.
  ///
  /// - Throws: ``FileError`` where it cannot be written.
  package func save() throws(FileError) {
    try AtomicFile.write(MarkdownWriter.text(document), to: path)
  }

  /// Writes a file into ``filesFolder``.
  ///
  /// - Returns: Its path relative to the report, for a ``Figure``.
  /// - Throws: ``FileError`` where it cannot be written.
  package func store(_ content: Data, as name: String) throws(FileError) -> String {
    try AtomicFile.write(content, to: "\(filesFolder)/\(name)")
    return "\(PathText.name(of: filesFolder))/\(name)"
  }

  /// Removes what earlier runs left in ``filesFolder``: numbered pictures and tables, such as
  /// `03-plot.png`, that the report does not show.
  ///
  /// Everything else there stays.
  package func sweep() {
    var shown: Set<String> = []
    for block in document.blocks {
      switch block {
      case .output(.figure(let figure)):
        shown.formUnion(
          [figure.path, figure.numbers ?? ""].map { PathText.name(of: $0) })
      // What such a region shows is not known.
      case .output(.unknown): return
      default: break
      }
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: filesFolder)) ?? []
    for file in files where Self.isNumbered(file) && !shown.contains(file) {
      // A file that stays does no harm.
      try? FileManager.default.removeItem(atPath: "\(filesFolder)/\(file)")
    }
  }

  /// Whether a name has the form that reports give: digits, a hyphen, an ending of theirs.
  private static func isNumbered(_ name: String) -> Bool {
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    return digits.count >= 2 && name.dropFirst(digits.count).first == "-"
      && ["png", "jpg", "svg", "csv"].contains(PathText.suffix(of: name))
  }

  /// Writes a picture and its numbers beside the report and describes them.
  ///
  /// - Parameters:
  ///   - name: The name of both files without an ending, such as `first-training`.
  ///   - picture: The bytes of the picture.
  ///   - ending: The picture's ending, `png` or `svg`.
  ///   - csv: Its numbers.
  ///   - alternativeText: What it shows.
  ///   - isVolatile: Whether its numbers may differ from run to run.
  /// - Returns: The figure, for the step's outputs.
  /// - Throws: ``FileError`` where a file cannot be written.
  package func figure(
    named name: String, picture: Data, ending: String = "png", csv: String?,
    alternativeText: String, isVolatile: Bool = false
  ) throws(FileError) -> Figure {
    let path = try store(picture, as: "\(name).\(ending)")
    var figure = Figure(
      path: path, alternativeText: alternativeText, digest: Digest(of: picture).description,
      isVolatile: isVolatile)
    if let csv {
      figure.numbers = try store(Data(csv.utf8), as: "\(name).csv")
      figure.numbersDigest = Digest(of: csv).description
    }
    return figure
  }
}

extension ReportFile {
  /// What became of one block of a notebook.
  package struct Played: Sendable {
    /// What to write in the block's place: the block itself, and what it gave.
    package var blocks: [Document.Block]
    /// Whether the next block is to be played.
    package var goesOn: Bool

    /// What to write, and whether to go on.
    package init(_ blocks: [Document.Block], goesOn: Bool) {
      (self.blocks, self.goesOn) = (blocks, goesOn)
    }
  }

  /// Plays a notebook from top to bottom and writes the report after every block.
  ///
  /// - Parameters:
  ///   - source: The notebook; outputs in it are left out.
  ///   - perform: Runs a step, or puts values into prose. An entry's line is the one it was read
  ///     from.
  /// - Returns: Whether the last block was reached.
  /// - Throws: ``FileError`` where the report cannot be written.
  package mutating func play(
    _ source: Document, perform: (Document.Entry) -> Played
  ) throws(FileError) -> Bool {
    for entry in source.source.entries {
      let played = perform(entry)
      try append(played.blocks)
      if !played.goesOn { return false }
    }
    return true
  }
}
