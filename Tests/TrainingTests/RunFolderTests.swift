import Files
import Foundation
import Testing

import Training

@Suite struct RunFolderTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("yolos-\(UUID().uuidString)").path

  @Test func `run names are unique and safe`() throws {
    let names = try ["train", "train", "train", "s, 10 frozen", "../../x", ".."].map {
      try RunFolder.create(project: folder, name: $0).path.dropFirst(folder.count + 1)
    }
    #expect(names == ["train", "train2", "train3", "s-10-frozen", "..-..-x", "train4"])
    let again = try RunFolder.create(project: folder, name: "train", reuse: true)
    #expect(again.path == folder + "/train")
    #expect(FileManager.default.fileExists(atPath: again.weights))
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `settings are written as YAML in the order of the table`() throws {
    let options = try TrainingOptions([
      ("epochs", .integer(3)), ("freeze", .list([.integer(0), .integer(1)])),
    ])
    let text = RunFolder.arguments(options, model: "yolov8n.pt", data: "a: b.yaml")
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.count == TrainingOption.all.count + 5)
    #expect(
      lines.prefix(5) == [
        "task: detect", "mode: train", "model: yolov8n.pt", "data: 'a: b.yaml'", "compat: '8.4'",
      ])
    #expect(lines.contains("epochs: 3") && lines.contains("freeze: [0, 1]"))
    #expect(lines.contains("time: null") && lines.contains("val: true"))
  }

  private let results = [
    EpochResult(
      epoch: 1, seconds: 2.5, train: Losses(box: 1.23456789, cls: 2, dfl: 3),
      scores: EpochScores(precision: 0.5, recall: 0.25, map50: 0.125, map50_95: 0.0625),
      validation: Losses(box: 1, cls: 2, dfl: 4), rates: [0.01, 0.01, 0.1]),
    EpochResult(
      epoch: 2, seconds: 5, train: Losses(box: 1, cls: 1, dfl: 1), scores: nil, validation: nil,
      rates: [1e-5, 0, 0]),
  ]

  @Test func `results have the columns that users know`() {
    #expect(
      ResultsTable.text(results) == """
        epoch,time,train/box_loss,train/cls_loss,train/dfl_loss,metrics/precision(B),\
        metrics/recall(B),metrics/mAP50(B),metrics/mAP50-95(B),val/box_loss,val/cls_loss,\
        val/dfl_loss,lr/pg0,lr/pg1,lr/pg2
        1,2.5,1.23457,2,3,0.5,0.25,0.125,0.0625,1,2,4,0.01,0.01,0.1
        2,5,1,1,1,,,,,,,,1e-05,0,0

        """)
  }

  @Test func `results are read back, also those of old versions`() throws {
    var rounded = results
    rounded[0].train.box = 1.23457
    #expect(try ResultsTable.parse(ResultsTable.text(results), file: "r.csv") == rounded)
    // The old layout: padded cells, no time, epochs from 0.
    let columns = ResultsTable.columns.filter { $0 != "time" }
    let old =
      columns.map { "  " + $0 }.joined(separator: ",") + "\n"
      + "   0,  1, 2, 3, 0.5, 0.5, 0.5, 0.5, 1, 2, 3, 0.1, 0.2, 0.3\r\n"
    let epoch = try #require(try ResultsTable.parse(old, file: "old.csv").first)
    #expect(epoch.epoch == 1 && epoch.seconds == 0)
    #expect(epoch.train == Losses(box: 1, cls: 2, dfl: 3) && epoch.rates == [0.1, 0.2, 0.3])
  }

  @Test(arguments: [
    ("", "r.csv: line 1: expected a header, but the file is empty"),
    ("epoch,time\n", "r.csv: line 1: the column 'train/box_loss' is missing"),
    (
      ResultsTable.columns.joined(separator: ",") + "\n1,2\n",
      "r.csv: line 2: expected 15 cells, found 2"
    ),
    (
      ResultsTable.columns.joined(separator: ",") + "\n1,2,x,4,5,,,,,,,,1,2,3\n",
      "r.csv: line 2: expected a number under 'train/box_loss'"
    ),
    (
      ResultsTable.columns.joined(separator: ",") + "\n1.5,2,3,4,5,,,,,,,,1,2,3\n",
      "r.csv: line 2: expected a number under 'epoch'"
    ),
  ])
  func `a broken table names line and column`(text: String, message: String) {
    let error = #expect(throws: ResultsError.self) { try ResultsTable.parse(text, file: "r.csv") }
    #expect(error?.description == message)
  }

  @Test func `the first request to end is gentle, the second is not`() {
    let cancellation = Cancellation()
    #expect(cancellation.level == .none)
    cancellation.request()
    #expect(cancellation.level == .afterBatch)
    cancellation.request()
    cancellation.request()
    #expect(cancellation.level == .atOnce && cancellation.level > .afterBatch)
  }
}
