internal import Files
internal import Datasets
internal import Foundation
internal import Language
internal import Report
internal import Tensors
internal import Text
internal import Toys

extension Command {
  /// As in `toys "toys" train=40 val=10`.
  static let toys = Command(
    name: "toys",
    summary: "Draws a dataset of plush toys and opens it; nothing to download.",
    signature: Signature(
      [.init("folder", .string, "folder to write to", isRequired: true, isPath: true)],
      options: [
        .init("kinds", .list(.string), "which toys; all by default"),
        .init("train", .integer, "number of training images", default: 40, range: .between(1, 1e6)),
        .init("val", .integer, "number of validation images", default: 12, range: .between(0, 1e6)),
        .init("test", .integer, "number of test images", default: 4, range: .between(0, 1e6)),
        .init(
          "size", .integer, "width and height", default: 320, unit: "pixels",
          range: .between(32, 2048)),
        .init(
          "clutter", .number, "how cluttered the scenes are", default: 0.5, range: .between(0, 1)),
        .init(
          "backgrounds", .number, "fraction of images without toys", default: 0.1,
          range: .between(0, 1)),
        .init(
          "invented", .integer, "number of invented classes after these kinds", default: 0,
          range: .between(0, 200)),
        .init(
          "closeness", .number, "how large toys are: at 1 up to the whole image", default: 0,
          range: .between(0, 1)),
        .init(
          "seed", .integer, "random seed of the drawings; the `seed` setting by default",
          range: .atLeast(0)),
      ]),
    result: .dataset,
    examples: [
      Example("toys \"toys\" kinds=[\"oslik\", \"dragon\"]", fails: "unknown toy 'dragon'")
    ],
    check: { call, lint in
      for case .string(let folder) in call.constants("folder") {
        lint.declare(folder)
        lint.declare(folder + "/toys.yaml")
      }
      return []
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    var kinds: [ToyKind] = []
    for name in call.list("kinds").compactMap(\.asString) {
      guard let kind = ToyKind(rawValue: name) else {
        let known = ToyKind.allCases.map(\.rawValue)
        throw call.diagnostic(
          "unknown toy '\(name)'", at: "kinds",
          hint: Suggestion.hint(for: name, among: known) ?? "choose from "
            + known.joined(separator: ", "))
      }
      kinds.append(kind)
    }
    let size = call.integer("size") ?? 320
    let seed = call.integer("seed") ?? host.settings.seed
    let set = ToySet(
      kinds: kinds.isEmpty ? ToyKind.allCases : kinds, train: call.integer("train") ?? 40,
      val: call.integer("val") ?? 12, test: call.integer("test") ?? 4, width: size, height: size,
      seed: UInt64(seed), clutter: call.number("clutter") ?? 0.5,
      backgroundShare: call.number("backgrounds") ?? 0.1,
      invented: call.integer("invented") ?? 0, closeness: call.number("closeness") ?? 0)
    let folder = call.path("folder", on: host) ?? ""
    let threads = host.workplace.compute.pool.threads
    let dataset = try call.attempt("folder") {
      let file = try set.write(to: folder, threads: threads)
      return try host.working(on: "toys") { work in try Dataset(contentsOf: file, work: work) }
    }
    // Every folder of toys has a file toys.yaml: the folder's name says which these are.
    let name = PathText.name(of: folder)
    return .object(DatasetObject(dataset: dataset.named(name)))
  }
}
