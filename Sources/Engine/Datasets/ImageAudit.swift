internal import Files
internal import Foundation
internal import Images

/// What can be said about an image file without decoding it, unless its end looks odd.
struct ImageAudit {
  /// The sides as people see them; nil where the header cannot be read.
  private(set) var size: (width: Int, height: Int)?
  /// The digest of the file's bytes.
  private(set) var digest = Digest(of: "")
  var problems: [DatasetProblem] = []

  /// The largest image file that is read, in bytes.
  private static let limit = 1 << 30

  init(of path: String) {
    if ImageFolder.isForeign(path) {
      problems = [DatasetProblem(file: path, rule: .unsupportedFormat)]
      return
    }
    do {
      let bytes = try content(of: path, limit: Self.limit)
      digest = Digest(of: bytes)
      let size = try Image.size(of: path)
      if min(size.width, size.height) < 10 {
        let rule = DatasetProblem.Rule.tinyImage(width: size.width, height: size.height)
        problems.append(DatasetProblem(file: path, rule: rule))
      }
      if !Self.endsWell(bytes) {
        // Only the decoder can tell an image with something behind it from one that is cut off.
        _ = try Image(decoding: bytes, name: path)
        problems.append(
          DatasetProblem(file: path, rule: .trailingBytes(Self.bytesBehindTheEnd(bytes))))
      }
      self.size = size
    } catch let error as ImageError {
      problems.append(DatasetProblem(file: path, rule: Self.rule(error)))
    } catch let error as DatasetError {
      problems.append(DatasetProblem(file: path, rule: .unreadable(error.reason)))
    } catch {
      problems.append(DatasetProblem(file: path, rule: .unreadable("\(error)")))
    }
  }

  private static func rule(_ error: ImageError) -> DatasetProblem.Rule {
    if case .truncated = error.problem { return .truncatedImage }
    // The error names the file first, as the problem does.
    return .badImage(String(error.description.trimmingPrefix(error.file + ": ")))
  }

  private static let jpegEnd: [UInt8] = [0xFF, 0xD9]
  private static let pngEnd: [UInt8] = [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

  /// Whether the file ends as its format does: JPEG with EOI, PNG with the chunk IEND.
  private static func endsWell(_ bytes: Data) -> Bool {
    bytes.suffix(2).elementsEqual(jpegEnd) || bytes.suffix(8).elementsEqual(pngEnd)
  }

  private static func bytesBehindTheEnd(_ bytes: Data) -> Int {
    let end = bytes.first == 0xFF ? jpegEnd : pngEnd
    guard let last = bytes.range(of: Data(end), options: .backwards) else { return 0 }
    return bytes.endIndex - last.upperBound
  }
}
