public import Files
internal import Foundation
internal import Yams

/// The folder of one run, laid out as YOLO users know it.
///
/// `args.yaml`, `results.csv`, `weights/best.safetensors` and `weights/last.safetensors`; while the run is
/// unfinished also `weights/state.yolosrun`, from which it can go on, with `weights/frozen.yolosrun` where
/// something is frozen. Every file is replaced whole, so a
/// run that is killed leaves a readable folder.
public struct RunFolder: Equatable, Sendable {
  /// The folder's path.
  public let path: String

  /// Sees an existing folder as a run.
  public init(path: String) { self.path = path }

  /// The settings in force.
  public var arguments: String { path + "/args.yaml" }
  /// One line for every epoch.
  public var results: String { path + "/results.csv" }
  /// Folder of the checkpoints.
  public var weights: String { path + "/weights" }
  /// Weights of the best epoch.
  public var best: String { weights + "/best.safetensors" }
  /// Weights of the last epoch.
  public var last: String { weights + "/last.safetensors" }
  /// What an unfinished run goes on from.
  public var state: String { weights + "/state.yolosrun" }

  /// What lies frozen through the whole run, written once; the state refers to it.
  public var frozenArrays: String { Self.frozenArrays(beside: state) }

  /// Where the frozen arrays of a state lie.
  static func frozenArrays(beside state: String) -> String {
    PathText.folder(of: state) + "/frozen.yolosrun"
  }

  /// Whether there is a state that a run can go on from.
  public var isUnfinished: Bool { FileManager.default.fileExists(atPath: state) }

  /// Weights kept by `save_period`, for an epoch from 1.
  public func epoch(_ epoch: Int) -> String { weights + "/epoch\(epoch).safetensors" }

  /// Makes a folder for a new run: `project/name`, or, where that exists, the first free one of
  /// `name2`, `name3` and so on.
  ///
  /// Two runs that start at once never get the same folder.
  ///
  /// - Parameters:
  ///   - project: Folder of the run folders; made where it is missing.
  ///   - name: The run's name; characters that cannot stand in a file name become "-".
  ///   - reuse: Take the folder of that name even if it exists.
  /// - Returns: The new folder, with an empty `weights` in it.
  /// - Throws: ``FileError`` with the path and the system's reason.
  public static func create(
    project: String, name: String, reuse: Bool = false
  ) throws(FileError) -> RunFolder {
    try AtomicFile.makeFolder(project)
    let name = fileName(name)
    for number in 1...1_000_000 {
      let path = project + "/" + name + (number == 1 ? "" : String(number))
      if try claim(path) || reuse {
        try AtomicFile.makeFolder(path + "/weights")
        return RunFolder(path: path)
      }
    }
    throw FileError(path: project + "/" + name, action: "make a folder", reason: "no name is free")
  }

  /// The folder that a run of that name has in a project, whether it exists or not.
  public static func named(_ name: String, in project: String) -> RunFolder {
    RunFolder(path: project + "/" + fileName(name))
  }

  /// A run's name as a file name: letters, digits, "-", "_" and "." stay, anything else becomes "-".
  static func fileName(_ name: String) -> String {
    let kept = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    let joined = String(kept).split(separator: "-", omittingEmptySubsequences: true)
      .joined(separator: "-")
    return joined.isEmpty || joined.allSatisfy({ $0 == "." }) ? "train" : joined
  }

  /// Makes a folder; false where something of that name exists.
  private static func claim(_ path: String) throws(FileError) -> Bool {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      return true
    } catch {
      if FileManager.default.fileExists(atPath: path) { return false }
      throw FileError(path: path, action: "make the folder", reason: error.localizedDescription)
    }
  }

  /// Writes `args.yaml`: task, mode, model and data, then every option in force.
  ///
  /// - Parameters:
  ///   - options: The effective settings.
  ///   - model: What the run started from, for people.
  ///   - data: What it was trained on, for people.
  /// - Throws: ``FileError`` with the path and the system's reason.
  public func writeArguments(
    _ options: TrainingOptions, model: String, data: String
  ) throws(FileError) {
    try AtomicFile.write(Self.arguments(options, model: model, data: data), to: arguments)
  }

  /// The text of `args.yaml`.
  package static func arguments(_ options: TrainingOptions, model: String, data: String) -> String {
    let head: [(String, OptionValue)] = [
      ("task", .text("detect")), ("mode", .text("train")), ("model", .text(model)),
      ("data", .text(data)), ("compat", .text(options.rules.rawValue)),
    ]
    let all = head + options.settings.map { ($0.option.name, $0.value) }
    let mapping = Node.Mapping(all.map { (Node($0), node($1)) })
    return (try? Yams.serialize(node: .mapping(mapping), allowUnicode: true, sortKeys: false)) ?? ""
  }

  private static func node(_ value: OptionValue) -> Node {
    switch value {
    case .none: Node("null", Tag(.null))
    case .flag(let flag): Node(flag ? "true" : "false", Tag(.bool))
    case .integer(let integer): Node(String(integer), Tag(.int))
    case .number(let number): Node("\(number)", Tag(.float))
    case .text(let text): Node(text, Tag(.str), isPlain(text) ? .plain : .singleQuoted)
    case .list(let items): .sequence(Node.Sequence(items.map(node), Tag(.seq), .flow))
    }
  }

  /// Whether a YAML reader takes a text for text without quotes.
  private static func isPlain(_ text: String) -> Bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    return text.first.map { $0.isASCII && $0.isLetter } == true
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./".contains($0)) }
      && !words.contains(text.lowercased())
  }

  /// Removes what a killed run left half written: temporary files beside the run's own ones.
  func removeTemporaries() throws(FileError) {
    for place in [path, weights] {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      for file in files.sorted() where isTemporary(file) { try remove(place + "/" + file) }
    }
  }

  /// Whether `AtomicFile` makes such a name for one of the run's files: the file's, and six more letters
  /// or digits.
  private func isTemporary(_ file: String) -> Bool {
    guard let dot = file.lastIndex(of: ".") else { return false }
    let suffix = file[dot...].dropFirst().utf8, name = String(file[..<dot])
    let own = [arguments, results, best, last, state, frozenArrays].map { PathText.name(of: $0) }
    let alphabet = UInt8(ascii: "a")...UInt8(ascii: "z")
    return suffix.count == 6
      && suffix.allSatisfy { alphabet.contains($0 | 0x20) || (0x30...0x39).contains($0) }
      && (own.contains(name) || Self.isEpoch(name))
  }

  /// Whether a file is one that `save_period` keeps.
  private static func isEpoch(_ file: String) -> Bool {
    file.hasPrefix("epoch") && file.hasSuffix(".safetensors")
      && Int(file.dropFirst(5).dropLast(12)) != nil
  }

  /// Removes checkpoints, results and state of an earlier run.
  func removeResults() throws(FileError) {
    let kept = (try? FileManager.default.contentsOfDirectory(atPath: weights)) ?? []
    let epochs = kept.filter(Self.isEpoch)
    for file in [results, best, last, state, frozenArrays]
      + epochs.sorted().map({ weights + "/" + $0 })
    {
      try remove(file)
    }
    try removeTemporaries()
  }

  /// Removes the resumable state once a run is finished and nothing is left to resume.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason.
  public func removeState() throws(FileError) {
    try remove(state)
    try remove(frozenArrays)
  }

  private func remove(_ file: String) throws(FileError) {
    guard FileManager.default.fileExists(atPath: file) else { return }
    do {
      try FileManager.default.removeItem(atPath: file)
    } catch {
      throw FileError(path: file, action: "remove", reason: error.localizedDescription)
    }
  }
}
