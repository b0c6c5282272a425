internal import Charts
internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Tensors

extension Host {
  /// What is written into a picture that is drawn now: what computed, and the data and weights used
  /// so far.
  ///
  /// The script has no part in it: a word of prose more or less leaves pictures as they are.
  var figureSource: String {
    (engine + sources).map { "\($0.name) \($0.value)" }.joined(separator: "\n")
  }

  /// What computes, and the settings that decide results.
  private var engine: [ProvenanceEntry] {
    let settings = Setting.all.filter(\.decidesResults).map {
      "\($0.name)=\(setting($0.name)?.quotedText ?? "")"
    }
    return [
      ProvenanceEntry("engine", "yolos \(Self.version)"),
      ProvenanceEntry("backend", compute.backend.name),
      ProvenanceEntry("settings", settings.joined(separator: " ")),
    ]
  }

  /// The fact that says whether two reports' pictures can be compared byte by byte.
  static let drawingFact = "pictures"

  /// What made a report, for its end.
  ///
  /// - Parameters:
  ///   - steps: The steps that ran, in normal form.
  ///   - base: The folder that paths in them start from.
  ///   - report: The report's path.
  /// - Returns: Facts with their values, in the order of the table.
  func provenance(of steps: [String], base: String, report: String) -> [ProvenanceEntry] {
    let folder = (report as NSString).deletingLastPathComponent
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
