internal import Foundation
internal import Tensors

/// Times yolos: whole networks beside its peers, or its convolutions one by one.
///
/// What it measures and how stands at the head of scripts/bench.
@main struct Bench {
  static func main() {
    let arguments = Arguments(CommandLine.arguments.dropFirst())
    do {
      // Whoever compares several sets chooses them himself.
      if arguments.command != "layers", let set = try arguments.kernelSets.last {
        KernelSet.use(set)
      }
      switch arguments.command {
      case "layers": try LayerTable(arguments).print()
      case "work": try Worker(arguments).serve()
      case "export": try Setting(arguments).export(to: arguments.text("--to", "."))
      case "growth": try Growth(arguments).print()
      case "shares": try Shares(arguments).print()
      case "scaling": try Scaling(arguments).print()
      case "ranks" where arguments.flag("--overhead"): try RankOverhead(arguments).print()
      case "ranks": try RankTable(arguments).print()
      case "large-set": try LargeSet(arguments).write()
      default: try Comparison(arguments).run()
      }
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }
}

/// The words of the command line.
struct Arguments {
  private let words: [String]

  init(_ words: some Sequence<String>) { self.words = Array(words) }

  /// The first word, unless it is an option.
  var command: String { words.first.flatMap { $0.hasPrefix("-") ? nil : $0 } ?? "" }

  func flag(_ name: String) -> Bool { words.contains(name) }

  func optional(_ name: String) -> String? {
    guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
    return words[index + 1]
  }

  func text(_ name: String, _ fallback: String) -> String { optional(name) ?? fallback }

  /// The sets of kernels that "--kernels" names, such as "AVX2,AVX-512"; empty where it is left out.
  ///
  /// - Throws: ``BenchError`` for a name that is none, or a set that this processor cannot run.
  var kernelSets: [KernelSet] {
    get throws {
      try text("--kernels", "").split(separator: ",").map { name in
        let known = KernelSet.allCases.filter(\.isAvailable)
        guard let set = known.first(where: { $0.description == name }) else {
          let names = known.map(\.description).joined(separator: ", ")
          throw BenchError(
            description: "--kernels: '\(name)' is none of this processor's sets: \(names)")
        }
        return set
      }
    }
  }

  func number(_ name: String, _ fallback: Int) -> Int {
    optional(name).flatMap { Int($0) } ?? fallback
  }
}

/// Why nothing was measured.
struct BenchError: Error, CustomStringConvertible {
  let description: String
}
