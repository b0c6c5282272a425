internal import ArgumentParser
internal import Commands
internal import Language

/// The manual page, made of the command line's own descriptions and of the commands of the language.
enum ManualPage {
  /// The page as roff (man macros).
  static var text: String {
    (heading + subcommands + language + files).joined(separator: "\n") + "\n"
  }

  private static var heading: [String] {
    let title = ".TH YOLOS 1 \"\(Release.date)\" \"yolos \(Release.version)\" \"User Commands\""
    let name = "yolos \\- " + escaped(lower(Yolos.configuration.abstract))
    let synopsis = [
      ".B yolos", ".br",
      ".B yolos run", "\\fIFILE\\fR [\\fIoptions\\fR]", ".br",
      ".B yolos check", "\\fIREPORT\\fR", ".br",
      ".B yolos \\-c", "\\fISTEPS\\fR",
    ]
    let description = escaped(Yolos.configuration.discussion).replacing("\n\n", with: "\n.PP\n")
    let head: [String] = [title, ".SH NAME", name, ".SH SYNOPSIS"]
    return head + synopsis + [".SH DESCRIPTION", description]
  }

  private static var subcommands: [String] {
    var lines = [".SH SUBCOMMANDS"]
    for command in Yolos.configuration.subcommands {
      lines.append(".SS yolos " + command._commandName)
      lines += listing(Yolos.helpMessage(for: command, columns: 78))
    }
    return lines
  }

  private static var language: [String] {
    var lines = [".SH COMMANDS OF THE LANGUAGE"]
    for command in CommandTable.yolos.commands {
      lines.append(".SS " + command.name)
      lines += listing(HelpText.text(of: command))
    }
    lines.append(".SH TYPES OF VALUES")
    for type in CommandTable.yolos.types {
      lines.append(".SS " + type.name)
      lines += listing(HelpText.text(of: type))
    }
    return lines
  }

  /// Lines that are not filled.
  private static func listing(_ text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return [".nf"] + lines.map { escaped(String($0)) } + [".fi"]
  }

  private static let files = [
    ".SH FILES",
    ".TP", ".I reports/", "reports, unless \\-o chooses another file",
    ".TP", ".I runs/", "training runs",
    ".TP", ".I .yolos/", "the cache; can be deleted at any time",
    ".TP", ".I $XDG_DATA_HOME/yolos/weights", "downloaded weights; by default in ~/.local/share",
    ".TP", ".I $XDG_STATE_HOME/yolos/history", "the history of the prompt",
    ".TP", ".I /usr/share/yolos", "notebooks and weights of an installed package",
    ".TP", ".I ~/.inputrc", "keys, also between $if yolos and $endif",
    ".SH ENVIRONMENT",
    ".TP", ".B NO_COLOR", "no colors if set and not empty",
    ".TP", ".B YOLOS_HISTORY", "another file for the history",
    ".TP", ".B YOLOS_SHARE", "folder with the notebooks/ and models/ of another installation",
    ".TP", ".B YOLOS_WEIGHTS_URL", "address of a mirror to download weights from",
  ]

  private static func lower(_ text: String) -> String {
    let text = text.hasSuffix(".") ? String(text.dropLast()) : text
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func code(of scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Text that roff takes as it is.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    // Not every roff reads UTF-8; all of them know these names of its characters.
    let safe = plain.unicodeScalars.map { $0.isASCII ? String($0) : "\\[u\(code(of: $0))]" }
      .joined()
    return safe.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&" + $0 : String($0) }
      .joined(separator: "\n")
  }
}
