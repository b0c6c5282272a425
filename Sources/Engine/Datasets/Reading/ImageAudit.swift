internal import Files
internal import Foundation
internal import Images

/// What can be said about an image file without decoding it, unless its end looks odd.
struct ImageAudit: Sendable {
  /// What its bytes say; nil where the header cannot be read, or the image is cut off.
  private(set) var facts: ImageFacts?
  var problems: [DatasetProblem] = []

  /// The largest image file that is read, in bytes.
  private static let limit = 1 << 30

  /// The sides as people see them; nil where the header cannot be read.
  var size: (width: Int, height: Int)? { facts.map { ($0.width, $0.height) } }
  /// The digest of the file's bytes.
  var digest: Digest { facts?.digest ?? Digest(of: "") }

  /// Reads the image at the path, whose identity may be known already.
  init(of path: String, _ identity: FileIdentity? = nil) {
    if ImageFolder.isForeign(path) {
      problems = [DatasetProblem(file: path, rule: .unsupportedFormat)]
      return
    }
    do {
      let bytes = try content(of: path, identity, limit: Self.limit)
      let size = try Image.size(of: bytes, name: path)
      var facts = ImageFacts(width: size.width, height: size.height, digest: Digest(of: bytes))
      problems = Self.problems(of: path, facts)
      let ending = ImageEnding(of: bytes)
      if ending != .whole {
        _ = try Image(decoding: bytes, name: path)
        facts.bytesBehind = ending == .unclear ? ImageEnding.bytesBehind(bytes) : 0
        problems = Self.problems(of: path, facts)
      }
      self.facts = facts
    } catch let error as ImageError {
      problems.append(DatasetProblem(file: path, rule: Self.rule(error)))
    } catch let error as DatasetError {
      problems.append(DatasetProblem(file: path, rule: .unreadable(error.reason)))
    } catch {
      problems.append(DatasetProblem(file: path, rule: .unreadable("\(error)")))
    }
  }

  /// What follows from the facts about the image at the path.
  init(of path: String, _ facts: ImageFacts) {
    (self.facts, problems) = (facts, Self.problems(of: path, facts))
  }

  private static func problems(of path: String, _ facts: ImageFacts) -> [DatasetProblem] {
    var problems: [DatasetProblem] = []
    if min(facts.width, facts.height) < 10 {
      let rule = DatasetProblem.Rule.tinyImage(width: facts.width, height: facts.height)
      problems.append(DatasetProblem(file: path, rule: rule))
    }
    if facts.bytesBehind > 0 {
      problems.append(DatasetProblem(file: path, rule: .trailingBytes(facts.bytesBehind)))
    }
    return problems
  }

  private static func rule(_ error: ImageError) -> DatasetProblem.Rule {
    if case .truncated = error.problem { return .truncatedImage }
    // The error names the file first, as the problem does.
    return .badImage(String(error.description.trimmingPrefix(error.file + ": ")))
  }
}
