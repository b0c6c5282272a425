internal import CCairo
internal import Foundation

/// DejaVu Sans, read from its file by FreeType, so that no font configuration of the machine has a
/// say.
///
/// Cairo serialises all use of a FreeType face; the faces live as long as the process.
@safe package struct Typeface: @unchecked Sendable {
  // The invariant behind `@unchecked`: both faces are set once, never freed, and used through Cairo
  // alone, which locks them.
  let regular: OpaquePointer
  let bold: OpaquePointer
  /// Every code point for which the regular weight has a glyph.
  private let letters: Set<UInt32>

  /// Where Debian's fonts-dejavu-core puts its files.
  package static let debianFolder = "/usr/share/fonts/truetype/dejavu"

  /// The typeface of every chart, loaded once.
  static let shared: Result<Typeface, ChartError> = Result { () throws(ChartError) in
    try Typeface(folder: debianFolder)
  }

  /// Loads both weights from a folder.
  ///
  /// - Throws: ``ChartError`` where a file is absent or no font.
  package init(folder: String) throws(ChartError) {
    let regularFace = unsafe try Self.load("\(folder)/DejaVuSans.ttf")
    unsafe (regular, letters) = regularFace
    unsafe bold = try Self.load("\(folder)/DejaVuSans-Bold.ttf").font
  }

  /// The letters of a text that charts cannot write and draw as boxes, each once, in their order.
  ///
  /// - Returns: None where there is no font at all: that is an error of its own.
  package static func lettersLacking(in text: String) -> [Character] {
    guard text.utf8.contains(where: { $0 >= 0x80 }), case .success(let typeface) = shared else {
      return []
    }
    var seen: Set<Character> = []
    return Canvas.drawable(text).filter { letter in
      letter.unicodeScalars.contains { !typeface.letters.contains($0.value) }
        && seen.insert(letter).inserted
    }
  }

  private static func load(
    _ path: String
  ) throws(ChartError) -> (font: OpaquePointer, letters: Set<UInt32>) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ChartError(place: path, problem: .fontMissing)
    }
    var library: FT_Library?
    var face: FT_Face?
    /// FT_LOAD_NO_HINTING: outlines as drawn, whatever the machine's rendering settings are.
    let noHinting: Int32 = 2
    // SAFETY: both out-parameters live through the calls; on success they hold what FreeType made,
    // and are never freed, as Cairo may keep the face in its caches until the process ends.
    guard unsafe FT_Init_FreeType(&library) == 0,
      unsafe FT_New_Face(library, path, 0, &face) == 0,
      let font = unsafe cairo_ft_font_face_create_for_ft_face(face, noHinting),
      unsafe cairo_font_face_status(font) == CAIRO_STATUS_SUCCESS
    else { throw ChartError(place: path, problem: .fontUnusable) }
    return unsafe (font, letters(of: face))
  }

  /// The code points that a face has glyphs for; to be asked before Cairo shares the face among threads.
  private static func letters(of face: FT_Face?) -> Set<UInt32> {
    var letters: Set<UInt32> = []
    var glyph: UInt32 = 0
    // SAFETY: the face is open, and `glyph` lives through the calls; it is 0 behind the last letter.
    var letter = unsafe FT_Get_First_Char(face, &glyph)
    while glyph != 0 {
      letters.insert(UInt32(letter))
      letter = unsafe FT_Get_Next_Char(face, letter, &glyph)
    }
    return letters
  }
}
