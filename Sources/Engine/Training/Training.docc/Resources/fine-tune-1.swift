import Training
import YOLO

let model = try Model(contentsOf: "yolov8n.pt")
