public import Images

extension Sample {
  /// The picture, decoded and resized so that its longer side has a length.
  ///
  /// The shorter side is rounded up, as the reference's loader does it.
  ///
  /// - Throws: ``DatasetError`` where the picture cannot be decoded, or is not the one that was audited.
  public func photo(longerSide: Int) throws(DatasetError) -> Photo {
    let photo: Photo
    do { photo = try Photo(contentsOf: imagePath) } catch {
      throw DatasetError(
        file: imagePath,
        problem: .image(reason: String(error.description.trimmingPrefix(imagePath + ": "))))
    }
    guard photo.width == width && photo.height == height else {
      throw DatasetError(
        file: imagePath,
        problem: .image(
          reason: """
            was \(width) x \(height) when the data set was read and is \(photo.width) x \
            \(photo.height) now; read the data set again
            """))
    }
    let (newWidth, newHeight) = loadedSize(longerSide: longerSide)
    if (newWidth, newHeight) == (width, height) { return photo }
    return photo.resized(width: newWidth, height: newHeight)
  }

  /// The sides of ``photo(longerSide:)``.
  public func loadedSize(longerSide: Int) -> (width: Int, height: Int) {
    let ratio = Double(longerSide) / Double(max(width, height))
    if ratio == 1 { return (width, height) }
    return (
      max(1, min(Int((Double(width) * ratio).rounded(.up)), longerSide)),
      max(1, min(Int((Double(height) * ratio).rounded(.up)), longerSide))
    )
  }
}
