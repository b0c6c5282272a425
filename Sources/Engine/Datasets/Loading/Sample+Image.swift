public import Images

extension Sample {
  /// The image, decoded and resized so that its longer side has a length.
  ///
  /// The shorter side is rounded up, as the reference's loader does it.
  ///
  /// - Throws: ``DatasetError`` where the image cannot be decoded, or is not the one that was audited.
  public func image(longerSide: Int) throws(DatasetError) -> Image {
    let image: Image
    do { image = try Image(contentsOf: imagePath) } catch {
      throw DatasetError(
        file: imagePath,
        problem: .image(reason: String(error.description.trimmingPrefix(imagePath + ": "))))
    }
    guard image.width == width && image.height == height else {
      throw DatasetError(
        file: imagePath,
        problem: .image(
          reason: """
            was \(width) x \(height) when the dataset was read and is \(image.width) x \
            \(image.height) now; open the dataset again
            """))
    }
    let (newWidth, newHeight) = loadedSize(longerSide: longerSide)
    if (newWidth, newHeight) == (width, height) { return image }
    return image.resized(width: newWidth, height: newHeight)
  }

  /// The sides of ``image(longerSide:)``.
  public func loadedSize(longerSide: Int) -> (width: Int, height: Int) {
    let ratio = Double(longerSide) / Double(max(width, height))
    if ratio == 1 { return (width, height) }
    return (
      max(1, min(Int((Double(width) * ratio).rounded(.up)), longerSide)),
      max(1, min(Int((Double(height) * ratio).rounded(.up)), longerSide))
    )
  }
}
