/// Files that people give as images and that are none of ours: what they are, and what helps.
struct ForeignFile: Equatable, Sendable {
  /// What the file is, with its article: "an MP4 video".
  let kind: String
  /// What to do, as an imperative clause.
  let advice: String

  /// The kind of a file that begins with `bytes`, nil where it is unknown.
  init?(_ bytes: [UInt8]) {
    func begins(_ text: String, at: Int = 0) -> Bool {
      bytes.dropFirst(at).starts(with: text.utf8)
    }
    let brand = ImageFormat.brands(bytes).first
    if let brand, brand == "crx " {
      self = Self.raw("a camera's raw file (CR3)")
    } else if let brand {
      self = Self.video(brand.hasPrefix("qt") ? "a QuickTime video" : "an MP4 video")
    } else if begins("RIFF") && begins("AVI ", at: 8) {
      self = Self.video("an AVI video")
    } else if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      self = Self.video("a Matroska or WebM video")
    } else if bytes.starts(with: [0, 0, 1, 0xBA]) || bytes.starts(with: [0, 0, 1, 0xB3]) {
      self = Self.video("an MPEG video")
    } else if begins("%PDF-") {
      self.init(kind: "a PDF document", advice: "save its pages as PNG")
    } else if bytes.starts(with: [0xFF, 0x0A]) || begins("JXL ", at: 4) {
      self = Self.other("a JPEG XL image")
    } else if begins("jP  ", at: 4) || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) {
      self = Self.other("a JPEG 2000 image")
    } else if begins("8BPS") {
      self = Self.other("a Photoshop document")
    } else if begins("<svg") || begins("<?xml") {
      self = Self.other("an XML document, perhaps a drawing (SVG)")
    } else if begins("<!DOCTYPE") || begins("<html") {
      self.init(kind: "a web page", advice: "download the image itself")
    } else if begins("version https://git-lfs") {
      self.init(
        kind: "a Git LFS pointer, not the image", advice: "`git lfs pull` brings the image")
    } else {
      return nil
    }
  }

  private init(kind: String, advice: String) { (self.kind, self.advice) = (kind, advice) }

  /// One command cuts a video into images; two a second differ enough to be worth labeling.
  private static func video(_ kind: String) -> ForeignFile {
    ForeignFile(
      kind: kind, advice: "cut it into images: ffmpeg -i VIDEO -vf fps=2 frames/%05d.jpg")
  }

  static func raw(_ kind: String) -> ForeignFile {
    ForeignFile(kind: kind, advice: "export it as JPEG or PNG")
  }

  private static func other(_ kind: String) -> ForeignFile {
    ForeignFile(kind: kind, advice: "save it as PNG or JPEG")
  }
}
