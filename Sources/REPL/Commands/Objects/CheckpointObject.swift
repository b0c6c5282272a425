internal import Evaluation
internal import Language
internal import Report
internal import Training
internal import YOLO

/// The best or last weights of a run; serves wherever a model does.
struct CheckpointObject: ModelSource {
  let title: String
  let record: CheckpointRecord
  /// Loads the file; kept so that it is read once.
  private let loaded: LoadedModel

  init(_ record: CheckpointRecord, title: String) {
    (self.record, self.title) = (record, title)
    loaded = LoadedModel(file: record.file)
  }

  var freezing: Freezing { .none }
  var freshSeed: UInt64? { nil }

  func model() throws(Diagnostic) -> Model { try loaded.model() }

  func thresholds() throws(Diagnostic) -> BestThresholds? { try loaded.thresholds() }

  static let objectType = ObjectType(
    "Checkpoint", "weights saved by a run, with their scores; can be used as a Model",
    members: ScoreRecord.members + [
      .init("epoch", .integer, "the epoch after which it was saved, from 1"),
      .init("file", .string, "the file", isVolatile: true),
      .init("digest", .string, "the SHA-256 digest of the file"),
      .init("name", .string, "name in tables"),
    ], servesAs: ["Model"])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "epoch": return .number(record.epoch)
    case "file": return Value.string(record.file).asVolatile
    case "digest": return .string(record.digest)
    case "name": return .string(title)
    default:
      guard let value = record.scores?.member(name) else {
        throw Diagnostic("'\(title)' was not validated, so it has no '\(name)'")
      }
      return value
    }
  }

  var summary: String {
    let scores = record.scores.map { scores in
      let best = scores.overall.best
      let threshold =
        best.isFound
        ? ", best F1 \(Wording.fixed(best.f1, 3)) at confidence \(Wording.fixed(best.confidence, 3))"
        : ""
      return ", mAP50 \(Wording.fixed(scores.overall.map50, 3)), "
        + "mAP50-95 \(Wording.fixed(scores.overall.map50_95, 3))\(threshold)"
    }
    return "checkpoint '\(title)' of epoch \(record.epoch)\(scores ?? "")"
  }

  var digest: String { record.digest }

  var weights: String { record.digest }
}

extension CheckpointObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    [.text(VolatileText(summary))]
  }
}
