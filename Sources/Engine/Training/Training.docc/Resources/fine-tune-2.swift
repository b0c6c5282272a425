import Datasets
import Training
import YOLO

let model = try Model(contentsOf: "yolov8n.pt")
let dataset = try Dataset(contentsOf: "plush/")
print(dataset.classNames, dataset.train.count, "images to train on")
