package import Report

/// A document in the notation of scripts.
package enum ScriptText {
  /// Steps as they are, prose in lines that begin with `# `.
  package static func text(of document: Document) -> String {
    var text = "#!/usr/bin/env yolos\n", wasProse = false
    for block in document.source.blocks {
      switch block {
      case .output: continue
      case .step(let step):
        text += "\n" + step.source + "\n"
        wasProse = false
      case .prose(let prose):
        text += wasProse ? "#\n" : "\n"
        let lines = prose.source.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines { text += line.isEmpty ? "#\n" : "# \(line)\n" }
        wasProse = true
      }
    }
    return text
  }
}
