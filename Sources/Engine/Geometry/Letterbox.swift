/// A coordinate space that counts pixels.
public protocol PixelSpace: CoordinateSpace {}
extension ImagePixels: PixelSpace {}
extension InputPixels: PixelSpace {}

/// How an image lies in the network's input: resized in proportion, the rest filled with gray.
///
/// The rules are those YOLO users know: the resized sides are rounded half to even, and an odd
/// number of padding pixels puts the larger half below and to the right.
///
/// There are two scales on purpose. Labels move into the input by the exact ratio (``scaleX``,
/// ``scaleY``), as the training loader does it; detections move out by the ratio of the rounded
/// sides, as prediction does it since version 8.4. The two differ by less than half an input pixel.
public struct Letterbox: Hashable, Sendable {
  /// Where padding goes and whether the image may grow.
  public struct Rules: Hashable, Sendable {
    /// Pads only up to the next multiple of this number of pixels instead of the whole input.
    public var stride: Int?
    /// Enlarges images that are smaller than the input.
    public var enlarges: Bool
    /// Fills the input, each axis with a scale of its own, and pads nothing.
    public var stretches: Bool
    /// Puts padding on both sides; otherwise the image lies in the top-left corner.
    public var centers: Bool

    /// The rules of square validation and training, unless told otherwise.
    public init(
      stride: Int? = nil, enlarges: Bool = true, stretches: Bool = false, centers: Bool = true
    ) {
      (self.stride, self.enlarges, self.stretches, self.centers) =
        (stride, enlarges, stretches, centers)
    }
  }

  /// The image's sides in pixels.
  public let imageWidth, imageHeight: Int
  /// The sides of the resized image inside the input.
  public let resizedWidth, resizedHeight: Int
  /// Gray pixels on each side.
  public let left, top, right, bottom: Int
  /// Input pixels per image pixel before the sides were rounded.
  public let scaleX, scaleY: Double

  /// The input's width: the resized image and its padding.
  public var inputWidth: Int { left + resizedWidth + right }
  /// The input's height: the resized image and its padding.
  public var inputHeight: Int { top + resizedHeight + bottom }

  /// Places an image in an input; all sides are at least 1.
  ///
  /// With `rules.stride` the result may be smaller than `inputWidth` x `inputHeight`, which it then
  /// only bounds.
  public init(
    imageWidth: Int, imageHeight: Int, inputWidth: Int, inputHeight: Int, rules: Rules = Rules()
  ) {
    precondition(imageWidth > 0 && imageHeight > 0, "an empty image has no letterbox")
    precondition(inputWidth > 0 && inputHeight > 0, "a letterbox needs an input that is not empty")
    precondition(rules.stride ?? 1 > 0, "a stride counts at least one pixel")
    (self.imageWidth, self.imageHeight) = (imageWidth, imageHeight)
    let fitX = Double(inputWidth) / Double(imageWidth)
    let fitY = Double(inputHeight) / Double(imageHeight)
    if rules.stretches {
      (scaleX, scaleY) = (fitX, fitY)
      (resizedWidth, resizedHeight) = (inputWidth, inputHeight)
      (left, top, right, bottom) = (0, 0, 0, 0)
      return
    }
    let scale = rules.enlarges ? min(fitX, fitY) : min(fitX, fitY, 1)
    (scaleX, scaleY) = (scale, scale)
    // A long, thin image keeps at least one pixel.
    resizedWidth = max(1, rounded(Double(imageWidth) * scale))
    resizedHeight = max(1, rounded(Double(imageHeight) * scale))
    var (gapX, gapY) = (max(0, inputWidth - resizedWidth), max(0, inputHeight - resizedHeight))
    if let stride = rules.stride { (gapX, gapY) = (gapX % stride, gapY % stride) }
    (left, right) = halves(gapX, centers: rules.centers)
    (top, bottom) = halves(gapY, centers: rules.centers)
  }

  /// Where a label's box lies in the input, by the exact scale; not clipped.
  public func toInput(_ box: Box<ImagePixels>) -> Box<InputPixels> {
    let (x, y) = (Float(scaleX), Float(scaleY))
    return Box(
      minX: box.minX * x + Float(left), minY: box.minY * y + Float(top),
      maxX: box.maxX * x + Float(left), maxY: box.maxY * y + Float(top))
  }

  /// Where a label's box lies in the input, by the exact scale; not clipped.
  public func toInput(_ box: Box<Normalized>) -> Box<InputPixels> {
    toInput(box.pixels(width: imageWidth, height: imageHeight))
  }

  /// Where a detected box lies in the image, by the scale of the rounded sides, clipped to it.
  public func toImage(_ box: Box<InputPixels>) -> Box<ImagePixels> {
    let x = Float(Double(resizedWidth) / Double(imageWidth))
    let y = Float(Double(resizedHeight) / Double(imageHeight))
    return Box<ImagePixels>(
      minX: (box.minX - Float(left)) / x, minY: (box.minY - Float(top)) / y,
      maxX: (box.maxX - Float(left)) / x, maxY: (box.maxY - Float(top)) / y
    ).clipped(width: Float(imageWidth), height: Float(imageHeight))
  }

  /// A detection with its box in the image; see ``toImage(_:)-(Box<InputPixels>)``.
  public func toImage(_ detection: Detection<InputPixels>) -> Detection<ImagePixels> {
    Detection(
      box: toImage(detection.box), confidence: detection.confidence,
      classIndex: detection.classIndex)
  }
}

extension Box where Space: PixelSpace {
  /// The same box as fractions of an image's sides.
  public func normalized(width: Int, height: Int) -> Box<Normalized> {
    let (w, h) = (Float(width), Float(height))
    return Box<Normalized>(minX: minX / w, minY: minY / h, maxX: maxX / w, maxY: maxY / h)
  }
}

extension Box where Space == Normalized {
  /// The same box in pixels of an image with these sides.
  public func pixels<Pixels: PixelSpace>(width: Int, height: Int) -> Box<Pixels> {
    let (w, h) = (Float(width), Float(height))
    return Box<Pixels>(minX: minX * w, minY: minY * h, maxX: maxX * w, maxY: maxY * h)
  }
}

/// Nearest integer, halves to the even one.
private func rounded(_ x: Double) -> Int { Int(x.rounded(.toNearestOrEven)) }

/// A gap as padding before and after: round(d - 0.1) and round(d + 0.1), where d is its half.
private func halves(_ gap: Int, centers: Bool) -> (before: Int, after: Int) {
  centers ? (gap / 2, gap - gap / 2) : (0, gap)
}
