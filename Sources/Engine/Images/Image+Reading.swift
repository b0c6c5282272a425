public import Foundation
internal import Files

extension Image {
  /// The largest image that is read, in pixels: 120 million, larger than any camera's.
  ///
  /// A header of a few bytes could otherwise ask for gigabytes.
  public static let maximumPixels = 120_000_000

  /// Reads a JPEG or PNG file.
  ///
  /// The content decides on the format, not the name. The EXIF orientation is applied. Gray is
  /// replicated, 16-bit samples keep their high byte, alpha is dropped without blending. A JPEG is
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

  /// Decodes a JPEG or PNG file that is already in memory; see ``init(contentsOf:)``.
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
      let image =
        switch header.format {
        case .jpeg: try decodeJPEG(bytes, header: header)
        case .png: try decodePNG(bytes, header: header)
        }
      self = image.turnedUpright(header.orientation)
    } catch {
      throw ImageError(file: name, problem: error)
    }
  }

  /// The sides of a JPEG or PNG file as people see it, from its header alone.
  ///
  /// - Throws: ``ImageError`` where the header cannot be understood or states more pixels than are
  ///   read. A file that is damaged further
  ///   on goes unnoticed.
  public static func size(of path: String) throws(ImageError) -> (width: Int, height: Int) {
    do throws(ImageError.Problem) {
      // Most headers end within this many bytes; color profiles and previews may come before.
      var bytes = try beginning(of: path, count: 1 << 16)
      if (try? ImageHeader(bytes)) == nil { bytes = try beginning(of: path, count: .max) }
      let header = try ImageHeader(bytes)
      guard header.width * header.height <= Image.maximumPixels else {
        throw .tooLarge(width: header.width, height: header.height)
      }
      return header.uprightSize
    } catch {
      throw ImageError(file: path, problem: error)
    }
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
