internal import CImages
public import Geometry

extension Image {
  /// The image in another size, by bilinear interpolation between the four nearest pixels.
  ///
  /// Pixel centers lie at half integers, and the edge continues outwards. No pixels are averaged when a
  /// image shrinks: that is how the reference feeds its networks. The result is bit for bit that of
  /// OpenCV's `resize` with `INTER_LINEAR` for 8-bit pixels: integers with 11-bit weights, within 1 of
  /// exact arithmetic.
  public func resized(width: Int, height: Int) -> Image {
    var output = Image(width: width, height: height, gray: 0)
    resize(to: &output, left: 0, top: 0, width: width, height: height)
    return output
  }

  /// The image resized and padded as `letterbox` says, which was made for its sides.
  ///
  /// `gray` is the padding's level; 114 is what YOLO networks are trained with.
  public func letterboxed(_ letterbox: Letterbox, gray: UInt8 = 114) -> Image {
    precondition(
      (width, height) == (letterbox.imageWidth, letterbox.imageHeight),
      "a letterbox for another image: \(width) x \(height)")
    var output = Image(width: letterbox.inputWidth, height: letterbox.inputHeight, gray: gray)
    resize(
      to: &output, left: letterbox.left, top: letterbox.top, width: letterbox.resizedWidth,
      height: letterbox.resizedHeight)
    return output
  }

  /// The image as a network's input of at most `width` x `height`, and how it lies in there.
  public func letterboxed(
    width: Int, height: Int, rules: Letterbox.Rules = Letterbox.Rules(), gray: UInt8 = 114
  ) -> (image: Image, letterbox: Letterbox) {
    let letterbox = Letterbox(
      imageWidth: self.width, imageHeight: self.height, inputWidth: width, inputHeight: height,
      rules: rules)
    return (letterboxed(letterbox, gray: gray), letterbox)
  }

  /// Draws the image, resized, into a rectangle that lies inside `output`.
  private func resize(to output: inout Image, left: Int, top: Int, width: Int, height: Int) {
    precondition(self.width > 0 && self.height > 0, "an empty image cannot be resized")
    precondition(width > 0 && height > 0, "cannot resize to \(width) x \(height)")
    let columns = taps(from: self.width, to: width, weighsEdge: false)
    let rows = taps(from: self.height, to: height, weighsEdge: true)
    var scratch = [Int16](repeating: 0, count: 6 * width)
    let stride = 3 * output.width, offset = 3 * (top * output.width + left)
    precondition(
      left + width <= output.width && top + height <= output.height, "outside the image")
    // SAFETY: taps point inside the source's sides; the rectangle lies inside the output, as checked;
    // scratch holds two output rows. All pointers live for the call only.
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe output.pixels.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        unsafe yolos_resample(
          source, Int32(self.width), columns, Int32(width), rows, Int32(height), target + offset,
          stride, &scratch)
      }
    }
  }
}

/// For every output coordinate the two source coordinates around its center.
///
/// OpenCV rounds positions to single precision. Beyond the outermost centers it gives columns the edge
/// alone, and rows the edge twice, with the weights of two: `weighsEdge`. The sum of those may be one less.
private func taps(from source: Int, to target: Int, weighsEdge: Bool) -> [yolos_tap] {
  let scale = 1 / (Double(target) / Double(source))
  return (0..<target).map { i in
    let position = Float((Double(i) + 0.5) * scale - 0.5)
    let first = Int(position.rounded(.down))
    let isInside = (0..<source - 1).contains(first)
    let second = isInside || weighsEdge ? position - Float(first) : 0
    func weight(_ part: Float) -> Int16 { Int16((part * 2048).rounded(.toNearestOrEven)) }
    func clamped(_ index: Int) -> Int32 { Int32(min(max(index, 0), source - 1)) }
    return yolos_tap(
      first: clamped(first), second: clamped(first + 1), first_weight: weight(1 - second),
      second_weight: weight(second))
  }
}
