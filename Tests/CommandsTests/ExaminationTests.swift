import Foundation
import TestSupport
import Testing
import Toys

@Suite("Errors and suspects of whole sets")
struct ExaminationTests {
  private func run(_ text: String, in folder: TestFolder) throws -> Binary.Outcome {
    try folder.write(text, to: "s.yolos")
    return try Binary.run(["run", "s.yolos"], in: folder)
  }

  @Test func `errors score as val does, on images of several shapes in batches of their shape`()
    throws
  {
    let folder = try TestFolder.withModels()
    for (name, width, height) in [("wide", 160, 96), ("tall", 96, 160), ("square", 128, 128)] {
      let toys = ToySet(
        kinds: [.bear, .rabbit], train: name == "wide" ? 8 : 1, val: 5, width: width,
        height: height, seed: 5, clutter: 0.5, backgroundShare: 0.2)
      _ = try toys.write(to: "\(folder.path)/\(name)", threads: 1)
    }
    let outcome = try run(
      """
      wide = dataset "wide/toys.yaml"
      tall = dataset "tall/toys.yaml"
      square = dataset "square/toys.yaml"
      all = merge [wide, tall.val, square.val] name="mixed"
      nano = load "models/nano.safetensors"
      r = (train nano data=all epochs=2 imgsz=128 batch=4 nbs=4 optimizer="AdamW" lr0=0.001
        warmup_bias_lr=0 name="r")
      v = val r.best data=all imgsz=128
      e = errors r.best data=all imgsz=128
      assert v.images == 15 and v.map50 > 0, "three shapes, and something is found"
      assert e.map50 == v.map50, "one score"
      assert e.conf == v.best_conf, "errors count from the confidence of the best F1"
      s = suspects r.best data=all.val imgsz=128
      assert s.count == len(s.files), "a file for each suspect"
      """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(300))\(outcome.errors)")
  }

  @Test(
    .shared("datasets/2plysaci.yaml"), .shared("datasets/kitchen/data.yaml"),
    arguments: [
      ("2plysaci.yaml", "epochs=4 imgsz=160", 23), ("kitchen/data.yaml", "epochs=1 imgsz=128", 179),
    ])
  func `errors and suspects of photographs add up`(
    file: String, options: String, images: Int
  ) throws {
    let folder = try TestFolder.withModels()
    let data = try #require(Shared.folder("datasets")).appendingPathComponent(file).path
    let size = options.split(separator: " ")[1]
    let outcome = try run(
      """
      d = dataset "\(data)"
      assert d.train.images == \(images)
      nano = load "models/nano.safetensors"
      r = (train nano data=d \(options) batch=8 nbs=8 optimizer="AdamW" lr0=0.001
        warmup_bias_lr=0 name="r")
      for part in ["train", "val"] {
        v = val r.best data=d split=part \(size)
        e = errors r.best data=d split=part \(size)
        assert e.map50 == v.map50, "one score"
        assert e.hits <= v.instances and e.missed <= v.instances, "no more than there are"
        costs = [e.missed_cost, e.localization_cost, e.classification_cost, e.both_cost,
          e.duplicate_cost, e.background_cost]
        assert min(costs) > -0.01 and max(costs) <= 1, "a cost is a part of mAP50"
        assert len(e.files) <= v.images
        show e
      }
      s = suspects r.best data=d \(size) conf=0.1
      kinds = s.missing + s.other_class + s.shifted + s.doubled + s.unseen
      assert s.count == kinds and len(s.files) == kinds, "every suspect is of one kind"
      assert s.count <= 2 * d.instances + 50, "fewer than there are things to suspect"
      show s
      """, in: folder)
    #expect(outcome.code == 0, "\(outcome.output.suffix(300))\(outcome.errors)")
  }
}
