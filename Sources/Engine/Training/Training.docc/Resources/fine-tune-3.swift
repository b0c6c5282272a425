import Datasets
import Training
import YOLO

let model = try Model(contentsOf: "yolov8n.pt")
let dataset = try Dataset(contentsOf: "plush/")
print(dataset.classNames, dataset.train.count, "images to train on")

let options = try TrainingOptions([
  ("recipe", .text("small")), ("epochs", .integer(12)), ("imgsz", .integer(320)),
])
