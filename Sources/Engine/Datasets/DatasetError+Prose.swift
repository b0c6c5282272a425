extension DatasetError {
  /// Place first, then what was expected and found, then the next step where we know it.
  public var description: String {
    if case .audit(let problems) = problem { return Self.prose(problems, in: file) }
    if problem == .cancelled { return problem.prose }
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(problem.prose)"
  }

  /// The problems by kind, as many lines as one can read, and what mends them where that is known.
  private static func prose(_ problems: [DatasetProblem], in file: String) -> String {
    let kinds = unique(problems.map(\.kind))
    let groups = kinds.map { kind in problems.filter { $0.kind == kind } }
    let shown = 20
    let all = groups.flatMap(lines)
    var lines = Array(all.prefix(shown))
    if all.count > shown { lines.append("… and \(all.count - shown) more lines like these") }
    lines += unique(groups.compactMap { $0.count > 2 ? $0[0].remedy : nil })
    let files = Set(problems.map(\.file)).count
    lines.append(
      """
      \(file): \(counted(problems.count, "problem")) in \(counted(files, "file")); fix them, or \
      use labels="lenient" to drop what cannot be used
      """)
    return lines.joined(separator: "\n")
  }

  /// Problems of one kind: where a file has many, or many files have some, the first with a count.
  private static func lines(_ problems: [DatasetProblem]) -> [String] {
    let files = unique(problems.map(\.file))
    let byFile = Dictionary(grouping: problems, by: \.file)
    let some = 3
    var lines: [String] = []
    for own in files.prefix(files.count > some + 1 ? some : some + 1).compactMap({ byFile[$0] }) {
      if own.count <= some {
        lines += own.map(\.description)
      } else {
        lines.append("\(own[0]) (and \(own.count - 1) more like it in this file)")
      }
    }
    let rest = files.dropFirst(some)
    if files.count > some + 1 {
      let count = rest.reduce(0) { $0 + (byFile[$1]?.count ?? 0) }
      let times = count > rest.count ? ", \(count) times" : ""
      lines.append("… the same in \(rest.count) more files\(times), such as \(rest.last ?? "")")
    }
    return lines
  }
}

extension DatasetError.Problem {
  fileprivate var prose: String {
    switch self {
    case .refused(let action, let reason): return "cannot \(action): \(reason)"
    case .tooLarge(let bytes, let limit):
      return "holds \(bytes) bytes, more than the \(limit) that such a file may have"
    case .syntax(let format, let reason): return "is not \(format): \(reason)"
    case .missingKey(let key, let hint): return "has no '\(key)'; \(hint)"
    case .wrongValue(let key, let expected, let found):
      return "'\(key)' should be \(expected), found \(found)"
    case .classCount(let declared, let names):
      return "nc is \(declared), but 'names' lists \(names); remove nc or complete the names"
    case .classKeys(let missing, let count):
      return "'names' has \(count) classes but no number \(missing); number them 0 to \(count - 1)"
    case .duplicateName(let name): return "the class name '\(name)' occurs twice"
    case .missingFolder(let key, let tried):
      return """
        '\(key)': no such folder or list; looked for \(tried.joined(separator: ", ")); paths are \
        relative to the YAML file
        """
    case .noImages(let key, let place):
      return "'\(key)': no image in \(place)"
    case .unlisted(let images, let example):
      return """
        none of its \(counted(images, "image")) exists, such as \(example); if a tool exported only \
        labels, export them again together with the images
        """
    case .noLabels(let key, let images, let example):
      return
        "'\(key)': none of \(counted(images, "image")) has labels; expected, for one, \(example)"
    case .audit(let problems): return counted(problems.count, "problem")
    case .image(let reason): return reason
    case .cancelled: return "stopped on request"
    case .conversion(let problem): return problem.prose
    }
  }
}

extension ConversionProblem {
  fileprivate var prose: String {
    switch self {
    case .mixedCoordinates(let normalized, let absolute):
      return """
        boxes are neither all fractions nor all pixels: \(normalized) looks normalized, \(absolute) \
        absolute; choose with coords="normalized" or coords="absolute"
        """
    case .unknownReference(let item, let what, let identifier):
      return "\(item) refers to \(what) \(identifier), which the file does not list"
    case .badItem(let item, let expected, let found):
      return "\(item): expected \(expected), found \(found)"
    case .duplicateIdentifier(let what, let identifier):
      return "\(what) \(identifier) is listed twice"
    case .missingImages(let folder, let names):
      let more = names.count > 3 ? " and \(names.count - 3) more" : ""
      return """
        not in \(folder): \(names.prefix(3).joined(separator: ", "))\(more); set images= to their folder, or use \
        missing="skip" to leave them out
        """
    case .ambiguousImage(let name, let candidates):
      return "'\(name)' could be any of \(candidates.joined(separator: ", "))"
    case .rotatedFrame(let image, let annotated, let found):
      return """
        \(image) was annotated as \(annotated[0]) x \(annotated[1]), but is \(found[0]) x \(found[1]) \
        once its EXIF rotation is applied; export the annotations again from the rotated image
        """
    case .sameName(let name, let first, let second):
      return first == second
        ? "\(first) is in the dataset twice and would be written twice as \(name)"
        : "\(first) and \(second) would both be written as \(name)"
    case .unknownClass(let name, let known):
      return "unknown class '\(name)'; there are \(known.joined(separator: ", "))"
    case .rule(let text): return text
    }
  }
}

/// "1 image", "3 images".
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

extension DatasetError {
  /// Why a file cannot be read, without its place: behind "cannot read: ".
  var reason: String {
    if case .refused(_, let reason) = problem { reason } else { problem.prose }
  }
}
