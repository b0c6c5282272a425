internal import JSON
internal import JupyterMessages

/// What a kernel says of itself.
enum KernelInformation {
  /// The answer to a `kernel_info_request`.
  static func answer(version: String) -> JSONValue {
    [
      "status": "ok", "protocol_version": .string(KernelProtocol.version),
      "implementation": "yolos", "implementation_version": .string(version),
      "language_info": language(version: version),
      "banner": .string(
        "yolos \(version): fine-tunes YOLOv8 object detectors on a CPU; help lists the commands"),
      "debugger": false, "supported_features": [], "help_links": [],
    ]
  }

  /// The language, as notebooks note it, too.
  static func language(version: String) -> JSONValue {
    [
      "name": "yolos", "version": .string(version), "mimetype": "text/x-yolos",
      "file_extension": ".yolos", "pygments_lexer": "text",
      // Of the languages that editors know this has the most words in common.
      "codemirror_mode": "python",
    ]
  }
}
