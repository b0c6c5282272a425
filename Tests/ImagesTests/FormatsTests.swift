import Foundation
import Images
import TestSupport
import Testing

/// Every format that is read, in its ways of storing pixels, beside Pillow and libheif.
///
/// `Tests/Cases/formats.py` made `more`.
@Suite struct FormatsTests {
  private static let cases = names("formats/images").map { ("images", $0) }
  private static let more = names("formats/more").filter { !$0.hasSuffix(".png") }.map {
    ("more", $0)
  }

  private static func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: Shared.testCase(folder))) ?? []).sorted()
  }

  @Test func `the files are there`() {
    #expect(Self.cases.count == 6 && Self.more.count == 44)
  }

  @Test(arguments: cases + more) func `a file gives the pixels that Pillow gives`(
    folder: String, name: String
  ) throws {
    let file = Shared.testCase("formats/\(folder)/\(name)")
    let expected = try Image(
      contentsOf: Shared.testCase("formats/\(folder == "more" ? "more" : "decoded")/\(name).png"))
    let image = try Image(contentsOf: file)
    try #require(image.width == expected.width && image.height == expected.height)
    let farthest = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
    // Lossy files pass through other versions of the same libraries, and inks through another rounding.
    let isLossy = ["lossy", "hei", "avif", "jp", "mpo"].contains { name.contains($0) }
    #expect(farthest <= (isLossy ? 2 : 0))
    let size = try Image.size(of: file)
    #expect(size == (image.width, image.height))
  }

  @Test(arguments: cases + more) func `a file that is cut anywhere is an error or whole`(
    folder: String, name: String
  ) throws {
    let file = try Data(
      contentsOf: URL(fileURLWithPath: Shared.testCase("formats/\(folder)/\(name)")))
    let whole = try Image(decoding: file, name: name)
    let step = max(1, file.count / 200)
    for count in stride(from: 0, to: file.count, by: step) {
      // What stands behind the pixels of the first image may be missing.
      if let image = try? Image(decoding: file.prefix(count), name: name) {
        #expect(image == whole, "\(count) of \(file.count) bytes")
      }
    }
    #expect(throws: ImageError.self) {
      try Image(decoding: file.prefix(file.count / 2), name: name)
    }
  }

  @Test(arguments: cases + more) func `a damaged file ends in an image or an error`(
    folder: String, name: String
  ) throws {
    let file = try Data(
      contentsOf: URL(fileURLWithPath: Shared.testCase("formats/\(folder)/\(name)")))
    var state: UInt64 = 1
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    for _ in 0..<100 {
      var bytes = file
      for _ in 0...next(4) {
        bytes[next(next(2) == 0 ? min(100, bytes.count) : bytes.count)] = UInt8(next(256))
      }
      _ = try? Image(decoding: bytes, name: name)
    }
  }

  @Test func `what is no image is said by its kind, with what helps`() {
    func problem(_ bytes: [UInt8]) -> String {
      do {
        _ = try Image(decoding: Data(bytes), name: "x")
        return "an image"
      } catch {
        return "\(error)"
      }
    }
    let mp4 = [0, 0, 0, 20] + Array("ftypisom".utf8) + [0, 0, 0, 1] + Array("isom".utf8)
    #expect(
      problem(mp4)
        == "x: this is an MP4 video; cut it into images: ffmpeg -i VIDEO -vf fps=2 frames/%05d.jpg")
    #expect(problem(Array("RIFF....AVI LIST".utf8)).contains("an AVI video"))
    #expect(problem([0x1A, 0x45, 0xDF, 0xA3]).contains("a Matroska or WebM video"))
    #expect(problem(Array("%PDF-1.7".utf8)).contains("a PDF document; save its pages as PNG"))
    #expect(problem(Array("<!DOCTYPE html>".utf8)).contains("a web page"))
    #expect(problem(Array("version https://git-lfs.github.com/spec".utf8)).contains("Git LFS"))
    #expect(
      problem(Array("BM".utf8)) == "x: the image is truncated; copy the file again from its source"
    )
  }

  @Test func `a camera's raw file is not taken for its preview`() throws {
    // A first directory with one entry: NewSubfileType (254), long, one, reduced resolution.
    let entry: [UInt8] = [1, 0, 254, 0, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    #expect {
      try Image(decoding: Data([0x49, 0x49, 42, 0, 8, 0, 0, 0] + entry), name: "a.dng")
    } throws: {
      "\($0)" == "a.dng: this is a camera's raw file; export it as JPEG or PNG"
    }
  }

  @Test(arguments: [
    ("more/lzw.tif", 256), ("images/im.bmp", 18), ("images/im.gif", 6), ("more/turned.webp", 24),
  ])
  func `a header that asks for gigabytes is refused before any memory is`(file: String, tag: Int)
    throws
  {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Shared.testCase("formats/\(file)")))
    if tag == 256 {
      // Both sides stand in directory entries of their own: short or long, little-endian.
      for tag in [256, 257] {
        let start = try #require(bytes.range(of: Data([UInt8(tag & 255), 1]), in: 8..<bytes.count))
        bytes.replaceSubrange(
          start.upperBound..<start.upperBound + 10, with: [4, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0, 0])
      }
    } else {
      let wide = file.hasSuffix("bmp") ? 4 : file.hasSuffix("webp") ? 3 : 2
      for side in 0..<2 {
        let at = tag + side * wide
        bytes.replaceSubrange(at..<at + 2, with: [0xFF, 0xFF])
      }
    }
    #expect { try Image(decoding: bytes, name: "x") } throws: {
      guard case .tooLarge = ($0 as? ImageError)?.problem else { return false }
      return true
    }
  }
}
