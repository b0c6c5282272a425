internal import CImages

extension Image {
  /// The image as people see it, from stored pixels and their EXIF orientation, 1...8.
  ///
  /// EXIF 2.32, tag 0x0112, says on which visual side the stored first row and first column lie.
  func turnedUpright(_ orientation: Int) -> Image {
    let (w, h) = (width, height)
    // Where the first output pixel lies in the store, and the steps to its right and lower neighbor.
    let (origin, dx, dy) =
      switch orientation {
      case 2: (w - 1, -1, w)
      case 3: (w * h - 1, -1, -w)
      case 4: (w * (h - 1), 1, -w)
      case 5: (0, w, 1)
      case 6: (w * (h - 1), -w, 1)
      case 7: (w * h - 1, -w, -1)
      case 8: (w - 1, w, -1)
      default: (0, 1, w)
      }
    if dx == 1 && dy == w { return self }
    var output =
      orientation >= 5
      ? Image(width: h, height: w, gray: 0) : Image(width: w, height: h, gray: 0)
    let (newWidth, newHeight) = (output.width, output.height)
    // SAFETY: for every orientation, origin and steps reach each of the w * h source pixels once; both
    // buffers hold 3 * w * h bytes and live for the call only.
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe output.pixels.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        unsafe yolos_reorder(
          source, origin, dx, dy, Int32(newWidth), Int32(newHeight), target)
      }
    }
    return output
  }
}
