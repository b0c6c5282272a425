internal import Charts
internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Tensors

/// What made the results: the engine, the settings, and the data and weights that were used.
final class Provenance {
  private let settings: Settings
  private let compute: Compute
  private let order: OutputOrder
  /// Data and weights that results came from, in the order of their first use.
  private var sources: [ProvenanceEntry] = []

  init(settings: Settings, compute: Compute, order: OutputOrder) {
    (self.settings, self.compute, self.order) = (settings, compute, order)
  }

  /// Notes data or weights that a result came from.
  func cite(_ source: Citation) { order.perform { self.add(source) } }

  private func add(_ source: Citation) {
    var entry = ProvenanceEntry(source.name, source.digest), number = 1
    // The same name with other content is another fact.
    while let known = sources.first(where: { $0.name == entry.name }), known != entry {
      number += 1
      entry = ProvenanceEntry("\(source.name) (\(number))", source.digest)
    }
    if !sources.contains(entry) { sources.append(entry) }
  }

  /// What is written into a figure that is drawn now: what computed, and the data and weights used so far.
  ///
  /// The script has no part in it: a word of prose more or less leaves figures as they are.
  var figureSource: String {
    (engine + sources).map { "\($0.name) \($0.value)" }.joined(separator: "\n")
  }

  /// What computes, and the settings that decide results.
  private var engine: [ProvenanceEntry] {
    let settings = Setting.all.filter(\.decidesResults).map {
      "\($0.name)=\(self.settings[$0.name]?.quotedText ?? "")"
    }
    return [
      ProvenanceEntry("engine", "yolos \(Release.version)"),
      ProvenanceEntry("backend", compute.backend.name),
      ProvenanceEntry("settings", settings.joined(separator: " ")),
    ]
  }

  /// The fact that says whether two reports' figures can be compared byte by byte.
  static let drawingFact = "pictures"

  /// What made a report, for its end.
  ///
  /// - Parameters:
  ///   - steps: The steps that ran, in normal form.
  ///   - base: The folder that paths in them start from.
  ///   - report: The report's path.
  /// - Returns: Facts with their values, in the order of the table.
  func entries(for steps: [String], base: String, report: String) -> [ProvenanceEntry] {
    let folder = PathText.folder(of: report)
    // Without the blank lines of prose, where the two notations part it differently.
    let script = steps.joined(separator: "\n").split(whereSeparator: \.isNewline)
      .filter { !$0.allSatisfy { $0 == " " || $0 == "#" } }.joined(separator: "\n")
    return engine + [ProvenanceEntry("script", Digest(of: script).description)] + sources + [
      ProvenanceEntry(
        ScriptFile.baseName, Paths.relative(base, to: folder.isEmpty ? "." : folder),
        isVolatile: true),
      ProvenanceEntry(Self.drawingFact, DrawingPlatform.description, isVolatile: true),
      ProvenanceEntry("threads", "\(compute.pool.threads)", isVolatile: true),
      ProvenanceEntry("processor", Machine.processor, isVolatile: true),
    ]
  }
}

/// Data or weights that a result came from.
struct Citation: Equatable, Sendable {
  /// What it is, for people: "data plush", "weights yolov8n".
  let name: String
  /// The digest of its content.
  let digest: String
}
