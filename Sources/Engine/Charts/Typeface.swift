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
    unsafe regular = try Self.load("\(folder)/DejaVuSans.ttf")
    unsafe bold = try Self.load("\(folder)/DejaVuSans-Bold.ttf")
  }

  private static func load(_ path: String) throws(ChartError) -> OpaquePointer {
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
    return unsafe font
  }
}
