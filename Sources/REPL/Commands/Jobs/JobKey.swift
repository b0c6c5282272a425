internal import Files
internal import Foundation
internal import Tensors

/// What names a job's result in the cache: the job's ingredients, and what computes.
struct JobKey {
  /// The digest of all of it.
  let digest: Digest
  /// The same for people, one thing a line: "options.epochs=100".
  let lines: [String]

  /// What computes; another engine may give other numbers.
  private struct Engine: Encodable {
    let version = Release.version
    let numbers = Release.numbers
    let backend: String
  }

  private struct Content<Ingredients: Encodable>: Encodable {
    let command: String
    let engine: Engine
    let ingredients: Ingredients
  }

  /// The key of a job that a backend computes.
  init(_ job: some Job, on compute: Compute) {
    let content = Content(
      command: job.command, engine: Engine(backend: compute.backend.name),
      ingredients: job.ingredients)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(content),
      let tree = try? JSONDecoder().decode([String: Branch].self, from: json)
    else { preconditionFailure("the ingredients of '\(job.command)' cannot be encoded") }
    digest = Digest(of: json)
    lines =
      (tree["engine"]?.lines(named: "engine") ?? [])
      + (tree["ingredients"]?.lines(named: "") ?? [])
  }

  /// A piece of what was encoded.
  private enum Branch: Decodable {
    case leaf(String)
    case list([Branch])
    case object([String: Branch])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let object = try? container.decode([String: Branch].self) {
        self = .object(object)
      } else if let list = try? container.decode([Branch].self) {
        self = .list(list)
      } else if let flag = try? container.decode(Bool.self) {
        self = .leaf("\(flag)")
      } else if let integer = try? container.decode(Int.self) {
        self = .leaf("\(integer)")
      } else if let number = try? container.decode(Double.self) {
        self = .leaf("\(number)")
      } else {
        self = .leaf(try container.decode(String.self))
      }
    }

    func lines(named name: String) -> [String] {
      switch self {
      case .leaf(let text): ["\(name)=\(text)"]
      case .list(let items):
        items.enumerated().flatMap { $1.lines(named: "\(name)[\($0)]") }
      case .object(let members):
        members.sorted { $0.key < $1.key }.flatMap {
          $1.lines(named: name.isEmpty ? $0 : "\(name).\($0)")
        }
      }
    }
  }
}
