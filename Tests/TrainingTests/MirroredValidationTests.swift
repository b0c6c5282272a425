import Datasets
import Evaluation
import Foundation
import Geometry
import Images
import Testing
import Training
import YOLO

@Suite struct MirroredValidationTests {
  @Test func `a mirrored look is a look at the mirrored image, brought back`() throws {
    let tiny = try TinyRun()
    let detector = Detector(try tiny.model(), on: TinyRun.compute())
    var options = ValidationOptions()
    options.imageSize = 64
    func look(_ samples: [Sample], isMirrored: Bool) throws -> [[Float]] {
      let result = try Validator(
        detector, options: options, isMirrored: isMirrored, on: TinyRun.compute()
      ).run(on: samples)
      return result.images[0].onImage.detections.map {
        [
          $0.box.minX, $0.box.minY, $0.box.maxX, $0.box.maxY, $0.confidence, Float($0.classIndex),
        ]
      }
    }
    let sample = tiny.dataset.val[0]
    var image = try Image(contentsOf: sample.imagePath)
    let width = Float(image.width)
    image.flipLeftRight()
    let path = tiny.folder + "/mirrored.png"
    try image.png().write(to: URL(filePath: path))
    let twin = Sample(
      imagePath: path, labelPath: nil, width: image.width, height: image.height, rows: [])
    let got = try look([sample], isMirrored: true), other = try look([twin], isMirrored: false)
    let wanted = other.map { [width - $0[2], $0[1], width - $0[0]] + $0[3...] }
    #expect(!got.isEmpty && got.count == wanted.count)
    // The subtraction is rounded at another place.
    let farthest = zip(got, wanted).flatMap { zip($0, $1).map { abs($0 - $1) } }.max()
    #expect(try #require(farthest) < 1e-4)
    #expect(try look([sample], isMirrored: false) != got)
  }
}
