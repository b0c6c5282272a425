import Files
import Foundation
import Logs
import TestSupport
import Testing

/// The file store, as a folder of files and as MLflow reads it.
@Suite struct MLflowLogTests {
  private let folder = LogFolder()
  private var store: String { folder.path + "/mlruns" }
  private var runFolder: String { folder.path + "/first" }

  private var log: MLflowLog { MLflowLog(store: store, runFolder: runFolder) }

  /// The folders of the runs in the store.
  private var runs: [String] {
    Directory.entries(of: store).flatMap { experiment in
      Directory.entries(of: "\(store)/\(experiment.name)").filter { $0.name.count == 32 }.map {
        "\(store)/\(experiment.name)/\($0.name)"
      }
    }
  }

  private func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  /// Writes a run of three epochs.
  private func writeRun() throws {
    let log = log
    try log.begin(.sample, earlier: [])
    for step in 1...3 {
      try log.add(LoggedEpoch.sample(step))
      try log.add(LoggedPicture.sample(step))
    }
    let weights = runFolder + "/weights/best.safetensors"
    try AtomicFile.write("weights", to: weights)
    try log.end(RunEnd(.finished, time: 1031.5, files: [weights, runFolder + "/absent.csv"]))
  }

  @Test func `parameters, metrics, tags and files lie where MLflow looks`() throws {
    try writeRun()
    let run = try #require(runs.first)
    #expect(runs.count == 1)
    #expect(text(run + "/params/lr0") == "0.01")
    #expect(text(run + "/tags/mlflow.runName") == "first")
    #expect(
      text(run + "/metrics/metrics/mAP50B") == "1010000 0.1 1\n1020000 0.2 2\n1030000 0.3 3\n")
    #expect(text(run + "/artifacts/weights/best.safetensors") == "weights")
    let meta = text(run + "/meta.yaml")
    for line in ["start_time: 1000000", "end_time: 1031500", "status: 3", "run_name: \"first\""] {
      #expect(meta.contains(line + "\n"), "\(line)")
    }
    #expect(log.isComplete(last: 3) && !log.isComplete(last: 2))
  }

  @Test func `a run that continues is the same run, and has no step twice`() throws {
    try writeRun()
    let second = log
    try second.begin(.sample, earlier: [.sample(1), .sample(2)])
    try second.add(LoggedEpoch.sample(3))
    #expect(runs.count == 1)
    let run = try #require(runs.first)
    #expect(text(run + "/metrics/train/box_loss").split(separator: "\n").count == 3)
    #expect(text(run + "/meta.yaml").contains("status: 1\n"))
    #expect(!log.isComplete(last: 3))
  }

  @Test func `another run in the same folder is another run, but not one without epochs`() throws {
    try log.begin(.sample, earlier: [])
    try log.begin(.sample, earlier: [])
    #expect(runs.count == 1)
    try writeRun()
    #expect(runs.count == 1)
    try log.begin(.sample, earlier: [])
    #expect(runs.count == 2)
  }

  @Test func `a note that was tampered with leads nowhere`() throws {
    try writeRun()
    for note in ["", "../..", "a/b/c", "../../etc/passwd", "0/zz"] {
      try AtomicFile.write(note, to: runFolder + "/mlflow.txt")
      #expect(!log.isComplete(last: 3), "\(note)")
    }
  }

  @Test(.python("mlflow")) func `MLflow finds the run with all that belongs to it`() throws {
    try writeRun()
    let answer = try Python.run(
      """
      import json, os, sys
      # MLflow 3 opens a store of files only where somebody wants that.
      os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
      from mlflow.tracking import MlflowClient
      c = MlflowClient("file://" + sys.argv[1])
      e = [e for e in c.search_experiments() if e.name == "plush"][0]
      r = c.search_runs([e.experiment_id])[0]
      print(json.dumps({
        "params": r.data.params, "metrics": r.data.metrics, "name": r.info.run_name,
        "status": r.info.status, "start": r.info.start_time, "end": r.info.end_time,
        "tag": r.data.tags["yolos.version"],
        "history": [[m.step, m.timestamp, m.value] for m in
          c.get_metric_history(r.info.run_id, "metrics/mAP50B")],
        "files": sorted(f.path for d in ["", "val", "weights"]
          for f in c.list_artifacts(r.info.run_id, d) if not f.is_dir),
        "bytes": os.path.getsize(c.download_artifacts(r.info.run_id, "val/predictions.png")),
      }))
      """, store)
    #expect(answer["params"] as? [String: String] == ["epochs": "3", "lr0": "0.01"])
    #expect(
      answer["metrics"] as? [String: Double] == [
        "metrics/mAP50B": 0.3, "train/box_loss": 0.5 / 3,
      ])
    #expect(answer["name"] as? String == "first" && answer["status"] as? String == "FINISHED")
    #expect(answer["start"] as? Int == 1_000_000 && answer["end"] as? Int == 1_031_500)
    #expect(answer["tag"] as? String == "1")
    #expect(
      answer["history"] as? [[Double]] == [
        [1, 1_010_000, 0.1], [2, 1_020_000, 0.2], [3, 1_030_000, 0.3],
      ])
    #expect(
      answer["files"] as? [String] == ["val/predictions.png", "weights/best.safetensors"])
    #expect(answer["bytes"] as? Int == LoggedPicture.sample(3).png.count)
  }
}
