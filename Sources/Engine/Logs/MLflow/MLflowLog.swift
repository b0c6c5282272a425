public import Files
internal import Foundation

/// A run in a local store of MLflow: `mlflow ui --backend-store-uri mlruns` shows it, from MLflow 3 on with
/// `MLFLOW_ALLOW_FILE_STORE=true` in its environment.
///
/// The store is a folder of small files (MLflow, mlflow/store/tracking/file_store.py): a file for every
/// parameter and tag, and one for every metric, with a line `time value step` for each epoch.
public final class MLflowLog: RunLog {
  private let store, runFolder: String
  private var facts = RunFacts(name: "", experiment: "", start: 0, options: [])
  private var experiment = "", run = ""

  /// The log of a run.
  ///
  /// - Parameters:
  ///   - store: The folder that holds the runs of all experiments.
  ///   - runFolder: The run's own folder, which remembers the run's name in the store.
  public init(store: String, runFolder: String) {
    (self.store, self.runFolder) = (store, runFolder)
  }

  /// How a run stands, in MLflow's numbers (service.proto, RunStatus).
  private enum Status: Int {
    case running = 1
    case finished = 3
    case failed = 4
    case killed = 5
  }

  private var folder: String { "\(store)/\(experiment)/\(run)" }

  /// The file in the run's folder that names the run in the store.
  private var note: String { "\(runFolder)/mlflow.txt" }

  /// Begins the log, or begins it anew for a run that continues.
  ///
  /// - Parameters:
  ///   - facts: What is known of the run.
  ///   - earlier: The epochs that were trained before.
  /// - Throws: ``FileError`` where a file cannot be written.
  public func begin(_ facts: RunFacts, earlier: [LoggedEpoch]) throws(FileError) {
    self.facts = facts
    // A run without epochs goes on where it was killed before its first one ended; where the store has
    // epochs, another run has taken its folder.
    if !findRun() || earlier.isEmpty && hasMetrics {
      (experiment, run) = (Self.number(of: facts.experiment), Self.freshName)
    }
    try AtomicFile.write("\(experiment)/\(run)\n", to: note)
    try writeExperiment()
    try writeRun(.running, end: nil)
    for name in ["artifacts", "metrics", "params", "tags"] {
      try AtomicFile.makeFolder("\(folder)/\(name)")
    }
    for entry in facts.options {
      try AtomicFile.write(entry.value, to: "\(folder)/params/\(entry.name)")
    }
    let tags =
      facts.tags + [
        .init("mlflow.runName", facts.name), .init("mlflow.source.name", "yolos"),
        .init("mlflow.source.type", "LOCAL"), .init("mlflow.user", NSUserName()),
      ]
    for entry in tags { try AtomicFile.write(entry.value, to: "\(folder)/tags/\(entry.name)") }
    try writeMetrics(of: earlier)
  }

  /// Adds the numbers of an epoch.
  ///
  /// - Throws: ``FileError`` where a file cannot be written.
  public func add(_ epoch: LoggedEpoch) throws(FileError) {
    for scalar in epoch.scalars {
      let file = try AppendedFile("\(folder)/metrics/\(Self.metric(scalar.name))")
      try file.append(Data(Self.line(scalar.value, of: epoch).utf8))
    }
  }

  /// Adds a picture, in the place of an earlier one of its name.
  ///
  /// - Throws: ``FileError`` where the file cannot be written.
  public func add(_ picture: LoggedPicture) throws(FileError) {
    try AtomicFile.write(picture.png, to: "\(folder)/artifacts/\(picture.name).png")
  }

  /// Ends the log: the run is no longer running, and its files belong to it.
  ///
  /// - Throws: ``FileError`` where a file cannot be written.
  public func end(_ end: RunEnd) throws(FileError) {
    for file in end.files where Directory.exists(file) {
      let isOfWeights = PathText.name(of: PathText.folder(of: file)) == "weights"
      let name = (isOfWeights ? "weights/" : "") + PathText.name(of: file)
      try adopt(file, as: "\(folder)/artifacts/\(name)")
    }
    let status: Status =
      switch end.kind {
      case .finished: .finished
      case .stopped: .killed
      case .failed: .failed
      }
    try writeRun(status, end: end.time)
  }

  /// Whether the whole run, up to the epoch `last`, stands in the log already.
  public func isComplete(last: Int) -> Bool {
    guard findRun(), let meta = text("meta.yaml"),
      meta.contains("\nstatus: \(Status.finished.rawValue)\n"),
      let losses = text("metrics/train/box_loss")
    else { return false }
    return losses.split(separator: "\n").count == last
  }

  // MARK: Names

  /// Finds the run that the note in the run's folder names; false where it is not in the store.
  private func findRun() -> Bool {
    guard let note = try? AtomicFile.read(note) else { return false }
    let parts = String(decoding: note, as: UTF8.self).split { "/\n".contains($0) }
    guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(\.isHexDigit) }) else { return false }
    (experiment, run) = (String(parts[0]), String(parts[1]))
    return Directory.exists("\(folder)/meta.yaml")
  }

  /// A name for a run: any 32 digits that no other run has.
  private static var freshName: String {
    UUID().uuidString.lowercased().replacing("-", with: "")
  }

  /// The number of an experiment: the same for the same name, so that two runs that begin at once agree.
  private static func number(of experiment: String) -> String {
    let bytes = Digest(of: "yolos experiment \(experiment)").bytes.prefix(8)
    let number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return String(100_000_000_000_000_000 + number % 800_000_000_000_000_000)
  }

  /// The name of a metric: MLflow allows no parentheses, and Ultralytics leaves them out, too.
  private static func metric(_ name: String) -> String {
    name.filter { !"()".contains($0) }
  }

  // MARK: Files

  private var hasMetrics: Bool { !Directory.entries(of: "\(folder)/metrics").isEmpty }

  private func text(_ name: String) -> String? {
    (try? AtomicFile.read("\(folder)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
  }

  private func writeMetrics(of epochs: [LoggedEpoch]) throws(FileError) {
    let metrics = "\(folder)/metrics"
    do {
      try FileManager.default.removeItem(atPath: metrics)
    } catch { throw FileError(path: metrics, action: "remove", reason: error.localizedDescription) }
    try AtomicFile.makeFolder(metrics)
    var lines: [String: String] = [:]
    for epoch in epochs {
      for scalar in epoch.scalars {
        lines[Self.metric(scalar.name), default: ""] += Self.line(scalar.value, of: epoch)
      }
    }
    for (name, text) in lines { try AtomicFile.write(text, to: "\(metrics)/\(name)") }
  }

  private static func line(_ value: Double, of epoch: LoggedEpoch) -> String {
    "\(milliseconds(epoch.time)) \(value) \(epoch.step)\n"
  }

  private static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }

  /// Makes a file part of the run: the same bytes under a second name where the disk can, else a copy.
  private func adopt(_ file: String, as path: String) throws(FileError) {
    try AtomicFile.makeFolder(PathText.folder(of: path))
    unsafe unlink(path)
    guard unsafe link(file, path) != 0 else { return }
    try AtomicFile.write(try AtomicFile.read(file), to: path)
  }

  private func writeExperiment() throws(FileError) {
    let place = "\(store)/\(experiment)", file = "\(place)/meta.yaml"
    guard !Directory.exists(file) else { return }
    let time = Self.milliseconds(facts.start)
    // Else MLflow 3 takes the experiment for one with language models, and shows other things first.
    try AtomicFile.write(
      "custom_model_development", to: "\(place)/tags/mlflow.experimentKind")
    try AtomicFile.write(
      """
      artifact_location: \(Self.quoted(Self.address(place)))
      creation_time: \(time)
      experiment_id: \(Self.quoted(experiment))
      last_update_time: \(time)
      lifecycle_stage: active
      name: \(Self.quoted(facts.experiment))

      """, to: file)
  }

  private func writeRun(_ status: Status, end: Double?) throws(FileError) {
    try AtomicFile.write(
      """
      artifact_uri: \(Self.quoted(Self.address("\(folder)/artifacts")))
      end_time: \(end.map { String(Self.milliseconds($0)) } ?? "null")
      entry_point_name: ''
      experiment_id: \(Self.quoted(experiment))
      lifecycle_stage: active
      run_id: \(Self.quoted(run))
      run_name: \(Self.quoted(facts.name))
      run_uuid: \(Self.quoted(run))
      source_name: ''
      source_type: 4
      source_version: ''
      start_time: \(Self.milliseconds(facts.start))
      status: \(status.rawValue)
      tags: []
      user_id: \(Self.quoted(NSUserName()))

      """, to: "\(folder)/meta.yaml")
  }

  private static func quoted(_ text: String) -> String { JSONText.quoted(text) }

  /// The address of a folder, as MLflow wants it: whole.
  private static func address(_ path: String) -> String {
    URL(fileURLWithPath: path).absoluteString
  }
}
