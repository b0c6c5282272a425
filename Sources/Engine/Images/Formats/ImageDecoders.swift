internal import CImages

/// Decoders that a machine may lack: libheif, and those that it loads.
package enum ImageDecoders {
  /// The formats that cannot be read here, and the package that mends it: Debian 13 has one for each decoder.
  package static var missing: [(format: String, package: String)] {
    var missing: [(format: String, package: String)] = []
    if yolos_heif_has_decoder(0) < 0 { return [("HEIC and AVIF", "libheif1")] }
    if yolos_heif_has_decoder(0) == 0 { missing.append(("HEIC", "libheif-plugin-libde265")) }
    if yolos_heif_has_decoder(1) == 0 { missing.append(("AVIF", "libheif-plugin-dav1d")) }
    return missing
  }
}
