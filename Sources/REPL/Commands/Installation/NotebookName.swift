internal import Files
internal import Foundation
internal import Text

/// A notebook that is called by its name alone: `yolos run quickstart`.
///
/// Installed files belong to the system, and scripts write beside themselves. So the notebook and the
/// weights it loads are copied into the working directory, where they can be changed, too.
package struct NotebookName {
  /// Where to run it.
  package struct Place: Equatable {
    /// The path of the script.
    package let path: String
    /// The files that were copied for it, in order.
    package let copied: [String]
  }

  /// Why there is nothing to run.
  package struct Problem: Error, CustomStringConvertible {
    /// One line.
    package let description: String
  }

  /// Whether a word can be the name of a notebook: no path, and no file of this name.
  package static func isName(_ word: String) -> Bool {
    !word.isEmpty && word != "-" && !word.contains("/") && !word.hasPrefix(".")
      && !["yolos", "md", "ipynb"].contains(PathText.suffix(of: word).lowercased())
      && !Paths.exists(word)
  }

  /// Finds the notebook: `NAME.yolos` here, `notebooks/NAME.yolos` here, or the installed one, which is
  /// copied to `notebooks/NAME.yolos`.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - installation: What came along with the program.
  /// - Returns: The script to run, and what was copied for it.
  /// - Throws: ``Problem`` where no notebook has the name, or it cannot be copied.
  package static func place(
    _ name: String, from installation: Installation
  ) throws(Problem) -> Place {
    let copy = "notebooks/\(name).yolos"
    for path in ["\(name).yolos", copy] where Paths.isFile(path) {
      return Place(path: path, copied: [])
    }
    let names = installation.notebooks
    guard let share = installation.share, names.contains(name) else {
      throw Problem(description: Self.absent(name, among: names))
    }
    var copied: [String] = []
    for file in [copy, "models/nano.safetensors"]
    where !Paths.exists(file) && Paths.isFile("\(share)/\(file)") {
      do { try AtomicFile.write(AtomicFile.read("\(share)/\(file)"), to: file) } catch {
        throw Problem(
          description:
            "\(error); a notebook is copied into the folder you are in: go to one you can write to")
      }
      copied.append(file)
    }
    return Place(path: copy, copied: copied)
  }

  private static func absent(_ name: String, among names: [String]) -> String {
    guard !names.isEmpty else {
      return "there is no file '\(name)', and no notebooks came along with this yolos"
    }
    let hint =
      Suggestion.hint(for: name, among: names) ?? "there are \(names.joined(separator: ", "))"
    return "there is no file '\(name)', and no notebook of that name; \(hint)"
  }
}
