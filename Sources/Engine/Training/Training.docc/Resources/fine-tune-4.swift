import Datasets
import Tensors
import Training
import YOLO

let model = try Model(contentsOf: "yolov8n.pt")
let dataset = try Dataset(contentsOf: "plush/")
print(dataset.classNames, dataset.train.count, "images to train on")

let options = try TrainingOptions([
  ("recipe", .text("small")), ("epochs", .integer(12)), ("imgsz", .integer(320)),
])

let request = TrainingRequest(
  model: model, modelName: "nano", dataset: dataset, options: options)
let compute = Compute()
let trainer = try Trainer(request, on: compute) { event in
  if case .epoch(let result, _) = event {
    print("epoch \(result.epoch): mAP50-95 \(result.scores?.map50_95 ?? 0)")
  }
}
let outcome = try trainer.run()
