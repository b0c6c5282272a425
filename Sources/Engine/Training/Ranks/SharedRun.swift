internal import Datasets
internal import Foundation
internal import Layers
internal import YOLO

/// A run as rank 0 sends it to the others: everything that decides a step.
///
/// Weights, moments and counters follow as the bytes of a ``RunState``.
struct SharedRun: Codable {
  /// One training image, without what training does not look at.
  struct Image: Codable {
    let path: String
    let width, height: Int
    /// Class, center and size of every object.
    let rows: [Row]

    struct Row: Codable {
      let index: Int
      let x, y, w, h: Double
    }

    init(_ sample: Sample) {
      // Seen from anywhere: the other ranks may have another working directory.
      let path = sample.imagePath
      self.path =
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
      (width, height) = (sample.width, sample.height)
      rows = sample.rows.map {
        Row(index: $0.classIndex, x: $0.centerX, y: $0.centerY, w: $0.width, h: $0.height)
      }
    }

    var sample: Sample {
      Sample(
        imagePath: path, labelPath: nil, width: width, height: height,
        rows: rows.map {
          LabelRow(classIndex: $0.index, centerX: $0.x, centerY: $0.y, width: $0.w, height: $0.h)
        })
    }
  }

  /// What the plan is made from, on every rank.
  let options: TrainingOptions
  let facts: TrainingFacts
  let architecture: Architecture
  let classNames: [String]
  let images: [Image]
  let memoryMode: MemoryMode
  /// The name of the backend, which all ranks must share.
  let backend: String
}

/// What rank 0 tells the others to do next.
enum RankTask {
  /// Share a run: what it is, and its state.
  case run(SharedRun, state: Data)
  /// Go home.
  case end

  /// The task as bytes: a length in front of the run, the state behind it; nothing for the end.
  var bytes: [UInt8] {
    switch self {
    case .end: return [0]
    case .run(let run, let state):
      guard let json = try? JSONEncoder().encode(run) else {
        preconditionFailure("a run holds nothing that JSON cannot")
      }
      var bytes: [UInt8] = [1]
      for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: json.count >> (8 * byte))) }
      return bytes + json + state
    }
  }

  /// Reads what rank 0 sent; nil where it is something else.
  init?(_ bytes: [UInt8]) {
    switch bytes.first {
    case 0: self = .end
    case 1:
      guard bytes.count >= 9 else { return nil }
      let length = bytes[1..<9].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length >= 0, length <= bytes.count - 9,
        let run = try? JSONDecoder().decode(SharedRun.self, from: Data(bytes[9..<9 + length]))
      else { return nil }
      self = .run(run, state: Data(bytes[(9 + length)...]))
    default: return nil
    }
  }
}
