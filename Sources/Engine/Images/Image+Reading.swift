internal import CImages
internal import Files
public import Foundation

extension Image {
  /// The largest image that is read, in pixels: 120 million, larger than any camera's.
  ///
  /// A header of a few bytes could otherwise ask for gigabytes.
  public static let maximumPixels = 120_000_000

  /// Reads a file in any of the formats that `docs/formats.md` lists.
  ///
  /// The content decides on the format, not the name. The orientation is applied that EXIF states, or
  /// the container of HEIF and AVIF. Gray is replicated, 16-bit samples keep their high byte, alpha is
  /// dropped without blending; of several images in a file the first one counts. A JPEG is
  /// decoded by the accurate integer transform, so the same file gives the same pixels on every
  /// machine; one that is cut off is an error, bytes after its end are not.
  ///
  /// - Throws: ``ImageError`` with the file, what is wrong with it, and what was expected.
  public init(contentsOf path: String) throws(ImageError) {
    let content: Data
    do {
      content = try AtomicFile.read(path)
    } catch {
      throw ImageError(file: path, problem: .unreadable(error.reason))
    }
    try self.init(decoding: content, name: path)
  }

  /// Decodes a file that is already in memory; see ``init(contentsOf:)``.
  ///
  /// Errors call the image by `name`.
  ///
  /// - Throws: ``ImageError`` with the name, what is wrong with it, and what was expected.
  public init(decoding data: Data, name: String) throws(ImageError) {
    do throws(ImageError.Problem) {
      let bytes = [UInt8](data)
      let header = try ImageHeader(bytes)
      guard header.width * header.height <= Image.maximumPixels else {
        throw .tooLarge(width: header.width, height: header.height)
      }
      // SAFETY: each function is what `decode` asks for, as CImages.h says.
      let image =
        switch header.format {
        case .jpeg: try decodeJPEG(bytes, header: header)
        case .bmp: try BMPReader(bytes).image()
        case .png: try unsafe decode(bytes, header: header, by: yolos_png_decode)
        case .webp: try unsafe decode(bytes, header: header, by: yolos_webp_decode)
        case .gif: try unsafe decode(bytes, header: header, by: yolos_gif_decode)
        case .tiff: try unsafe decode(bytes, header: header, by: yolos_tiff_decode)
        case .heif: try unsafe decode(bytes, header: header, by: yolos_heif_decode)
        }
      self = image.turnedUpright(header.orientation)
    } catch {
      throw ImageError(file: name, problem: error)
    }
  }

  /// The sides of an image file as people see it, from its headers alone.
  ///
  /// - Throws: ``ImageError`` where the header cannot be understood or states more pixels than are
  ///   read. A file that is damaged further
  ///   on goes unnoticed.
  public static func size(of path: String) throws(ImageError) -> (width: Int, height: Int) {
    do throws(ImageError.Problem) {
      let bytes = try beginning(of: path, count: headerLength)
      if let header = try? ImageHeader(bytes) { return try header.boundedSize() }
      return try ImageHeader(try beginning(of: path, count: .max)).boundedSize()
    } catch {
      throw ImageError(file: path, problem: error)
    }
  }

  /// The sides of an image file that is already in memory; see ``size(of:)``.
  ///
  /// Errors call the image by `name`.
  ///
  /// - Throws: ``ImageError`` with the name.
  public static func size(
    of data: Data, name: String
  ) throws(ImageError) -> (width: Int, height: Int) {
    do throws(ImageError.Problem) {
      if let header = try? ImageHeader([UInt8](data.prefix(headerLength))) {
        return try header.boundedSize()
      }
      return try ImageHeader([UInt8](data)).boundedSize()
    } catch {
      throw ImageError(file: name, problem: error)
    }
  }

  /// Most headers end within this many bytes; color profiles and previews may come before.
  private static let headerLength = 1 << 16
}

extension ImageHeader {
  /// The sides as people see the image, unless they make more pixels than are read.
  fileprivate func boundedSize() throws(ImageError.Problem) -> (width: Int, height: Int) {
    guard width * height <= Image.maximumPixels else {
      throw .tooLarge(width: width, height: height)
    }
    return uprightSize
  }
}

/// Up to `count` bytes from the beginning of a file.
private func beginning(
  of path: String, count: Int
) throws(ImageError.Problem) -> [UInt8] {
  do {
    guard count < .max else { return [UInt8](try AtomicFile.read(path)) }
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    return [UInt8](try handle.read(upToCount: count) ?? Data())
  } catch let error as FileError {
    throw .unreadable(error.reason)
  } catch {
    // The system's own words are longer than what AtomicFile says about the same file.
    do {
      _ = try AtomicFile.read(path)
    } catch {
      throw .unreadable(error.reason)
    }
    throw .unreadable(error.localizedDescription)
  }
}

extension ImageError.Problem: Error {}
