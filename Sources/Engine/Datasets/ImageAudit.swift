internal import Files
internal import Foundation
internal import Images

/// What can be said about an image file without decoding it, unless its end looks odd.
struct ImageAudit {
  /// The sides as people see them; nil where the header cannot be read.
  private(set) var size: (width: Int, height: Int)?
  /// The digest of the file's bytes.
  private(set) var digest = Digest(of: "")
  var problems: [DatasetProblem] = []

  /// The largest image file that is read, in bytes.
  private static let limit = 1 << 30

  init(of path: String) {
    if ImageFolder.isForeign(path) {
      problems = [DatasetProblem(file: path, rule: .unsupportedFormat)]
      return
    }
    do {
      let bytes = try content(of: path, limit: Self.limit)
      digest = Digest(of: bytes)
      let size = try Image.size(of: path)
      if min(size.width, size.height) < 10 {
        let rule = DatasetProblem.Rule.tinyImage(width: size.width, height: size.height)
        problems.append(DatasetProblem(file: path, rule: rule))
      }
      let ending = ImageEnding(of: bytes)
      if ending != .whole {
        _ = try Image(decoding: bytes, name: path)
        let behind = ending == .unclear ? ImageEnding.bytesBehind(bytes) : 0
        if behind > 0 { problems.append(DatasetProblem(file: path, rule: .trailingBytes(behind))) }
      }
      self.size = size
    } catch let error as ImageError {
      problems.append(DatasetProblem(file: path, rule: Self.rule(error)))
    } catch let error as DatasetError {
      problems.append(DatasetProblem(file: path, rule: .unreadable(error.reason)))
    } catch {
      problems.append(DatasetProblem(file: path, rule: .unreadable("\(error)")))
    }
  }

  private static func rule(_ error: ImageError) -> DatasetProblem.Rule {
    if case .truncated = error.problem { return .truncatedImage }
    // The error names the file first, as the problem does.
    return .badImage(String(error.description.trimmingPrefix(error.file + ": ")))
  }
}
