internal import CCairo

/// What decides how the same drawing becomes bytes, beside this code.
public enum DrawingPlatform {
  /// The versions of the libraries that draw, and the processor's kind; pictures made where this
  /// is the same have the same bytes.
  public static var description: String {
    var major: Int32 = 0, minor: Int32 = 0, patch: Int32 = 0
    var library: FT_Library?
    // SAFETY: the out-parameters live through the calls; the library is released after its use;
    // Cairo's version is a static string.
    unsafe FT_Init_FreeType(&library)
    unsafe FT_Library_Version(library, &major, &minor, &patch)
    unsafe FT_Done_FreeType(library)
    let cairo = unsafe String(cString: cairo_version_string())
    return "Cairo \(cairo), FreeType \(major).\(minor).\(patch), \(processor)"
  }

  private static var processor: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "ARM64"
    #else
      "another processor"
    #endif
  }
}
