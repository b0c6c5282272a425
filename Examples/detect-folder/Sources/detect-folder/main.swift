// Detects objects in all images of a folder and prints one line for each:
//
//   swift run -c release detect-folder yolov8n.pt street/
import Foundation
import Tensors
import Training
import YOLO

let arguments = CommandLine.arguments.dropFirst()
guard let weights = arguments.first, arguments.count >= 2 else {
  print("usage: detect-folder WEIGHTS FOLDER...")
  exit(2)
}
do throws(TrainingError) {
  let model = try Model(contentsOf: weights)
  var options = PredictionOptions()
  options.confidence = 0.4
  let predictor = Predictor([(name: weights, model: model)], options: options, on: Compute())
  let predictions = try predictor.run(on: Array(arguments.dropFirst()))
  for image in predictions[0].images {
    print(image.file)
    for found in image.detections {
      let name = model.classNames[found.classIndex]
      let (x, y) = (Int(found.box.minX), Int(found.box.minY))
      let (width, height) = (Int(found.box.width), Int(found.box.height))
      print("  \(name) \(Int(found.confidence * 100)) %, \(width) x \(height) at \(x), \(y)")
    }
  }
} catch {
  print("error: \(error)")
  exit(1)
}
