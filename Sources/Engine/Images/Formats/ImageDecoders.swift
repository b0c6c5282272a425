internal import CImages

/// Decoders that a machine may lack: those that libheif loads.
package enum ImageDecoders {
  /// The formats that cannot be read here, and the package of Debian 13 that mends it.
  package static var missing: [(format: String, package: String)] {
    var missing: [(format: String, package: String)] = []
    if yolos_heif_has_decoder(0) == 0 { missing.append(("HEIC", "libheif-plugin-libde265")) }
    if yolos_heif_has_decoder(1) == 0 { missing.append(("AVIF", "libheif-plugin-dav1d")) }
    return missing
  }
}
