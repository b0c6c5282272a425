internal import CImages
public import Geometry

extension Photo {
  /// The picture in another size, by bilinear interpolation between the four nearest pixels.
  ///
  /// Pixel centres lie at half integers, and the edge continues outwards, as OpenCV has it. No pixels
  /// are averaged when a picture shrinks: that is how the reference feeds its networks.
  /// All arithmetic is in integers with 14-bit weights, within 1 of exact arithmetic.
  public func resized(width: Int, height: Int) -> Photo {
    var output = Photo(width: width, height: height, gray: 0)
    resize(to: &output, left: 0, top: 0, width: width, height: height)
    return output
  }

  /// The picture resized and padded as `letterbox` says, which was made for its sides.
  ///
  /// `gray` is the padding's level; 114 is what YOLO networks are trained with.
  public func letterboxed(_ letterbox: Letterbox, gray: UInt8 = 114) -> Photo {
    precondition(
      (width, height) == (letterbox.photoWidth, letterbox.photoHeight),
      "a letterbox for another picture: \(width) x \(height)")
    var output = Photo(width: letterbox.inputWidth, height: letterbox.inputHeight, gray: gray)
    resize(
      to: &output, left: letterbox.left, top: letterbox.top, width: letterbox.resizedWidth,
      height: letterbox.resizedHeight)
    return output
  }

  /// The picture as a network's input of at most `width` x `height`, and how it lies in there.
  public func letterboxed(
    width: Int, height: Int, rules: Letterbox.Rules = Letterbox.Rules(), gray: UInt8 = 114
  ) -> (photo: Photo, letterbox: Letterbox) {
    let letterbox = Letterbox(
      photoWidth: self.width, photoHeight: self.height, inputWidth: width, inputHeight: height,
      rules: rules)
    return (letterboxed(letterbox, gray: gray), letterbox)
  }

  /// Draws the picture, resized, into a rectangle that lies inside `output`.
  private func resize(to output: inout Photo, left: Int, top: Int, width: Int, height: Int) {
    precondition(self.width > 0 && self.height > 0, "an empty picture cannot be resized")
    precondition(width > 0 && height > 0, "cannot resize to \(width) x \(height)")
    let columns = taps(from: self.width, to: width)
    let rows = taps(from: self.height, to: height)
    var scratch = [Int16](repeating: 0, count: 3 * self.width)
    let stride = 3 * output.width, offset = 3 * (top * output.width + left)
    precondition(
      left + width <= output.width && top + height <= output.height, "out of the picture")
    // SAFETY: taps point inside the source's sides; the rectangle lies inside the output, as checked;
    // scratch holds a source row. All pointers live for the call only.
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

/// For every output coordinate the two source coordinates around its centre.
private func taps(from source: Int, to target: Int) -> [yolos_tap] {
  let scale = Double(source) / Double(target)
  return (0..<target).map { i in
    let position = min(max((Double(i) + 0.5) * scale - 0.5, 0), Double(source - 1))
    let first = Int32(position)
    let weight = Int32(((position - Double(first)) * 16384).rounded())
    return yolos_tap(first: first, second: min(first + 1, Int32(source - 1)), weight: weight)
  }
}
