package import Geometry
package import Images

/// Four images around one point, on a canvas of twice the image size.
package struct Mosaic: Sendable {
  /// One of the four: an image and what is in it.
  package struct Patch: Sendable {
    package let image: Image
    package let boxes: [LabeledBox<Normalized>]

    package init(image: Image, boxes: [LabeledBox<Normalized>]) {
      (self.image, self.boxes) = (image, boxes)
    }
  }

  /// The canvas, gray where no image lies.
  package private(set) var image: Image
  /// The boxes of all patches on the canvas, clipped to it; those without area are gone.
  package private(set) var boxes: [LabeledBox<InputPixels>] = []

  /// Composes the patches in the order top left, top right, bottom left, bottom right.
  ///
  /// - Parameters:
  ///   - patches: Four images of at most `size` pixels a side.
  ///   - size: The image size; the canvas has twice its side.
  ///   - centerX: Where the four meet, in canvas pixels.
  ///   - centerY: Where the four meet, in canvas pixels.
  package init(_ patches: [Patch], size: Int, centerX: Int, centerY: Int) {
    precondition(patches.count == 4, "a mosaic has four patches")
    let side = 2 * size
    image = Image(width: side, height: side, gray: 114)
    for (i, patch) in patches.enumerated() {
      let (isRight, isBottom) = (i & 1 == 1, i & 2 == 2)
      let (w, h) = (patch.image.width, patch.image.height)
      // The corner of the patch that lies at the center decides where its origin is.
      let (originX, originY) = (isRight ? centerX : centerX - w, isBottom ? centerY : centerY - h)
      let (x, y) = (max(originX, 0), max(originY, 0))
      image.paste(
        patch.image, from: (x - originX, y - originY), to: (x, y),
        width: min(originX + w, side) - x, height: min(originY + h, side) - y)
      for labeled in patch.boxes {
        var box: Box<InputPixels> = labeled.box.pixels(width: w, height: h)
        (box.minX, box.maxX) = (box.minX + Float(originX), box.maxX + Float(originX))
        (box.minY, box.maxY) = (box.minY + Float(originY), box.maxY + Float(originY))
        let clipped = box.clipped(width: Float(side), height: Float(side))
        guard clipped.area > 0 else { continue }
        boxes.append(LabeledBox(box: clipped, classIndex: labeled.classIndex))
      }
    }
  }
}
