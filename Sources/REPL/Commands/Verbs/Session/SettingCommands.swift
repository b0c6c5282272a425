internal import Files
internal import Language
internal import Report

extension Command {
  /// As in `set rate=0.9 currency="EUR"`.
  static let set = Command(
    name: "set",
    summary: "Changes settings for the following steps; without options, shows them.",
    signature: Signature(
      options: Setting.all.map {
        .init($0.name, $0.type, $0.summary, choices: $0.choices)
      }),
    examples: [Example("set seed=1 compat=\"8.0.120\"")],
    check: { call, lint in
      for name in call.given {
        lint.set(name, to: call.constants(name), isCertain: call.certainty == .certain)
      }
      return []
    }
  ) { call, context throws(Diagnostic) in
    for (name, value) in call.given {
      do throws(Diagnostic) { try context.set(name, to: value) } catch {
        throw call.diagnostic(error.message, at: name, hint: error.hint)
      }
    }
    guard call.given.isEmpty else { return .none }
    return .object(
      TableObject(
        table: .init(
          title: "Settings", columns: [.init("name"), .init("value"), .init("meaning")],
          rows: Setting.all.map {
            [
              .init($0.name), .init(context.setting($0.name)?.quotedText ?? "", style: .code),
              .init($0.summary),
            ]
          })))
  }

  /// As in `seed 7`.
  static let seed = Command(
    name: "seed", summary: "Sets the random seed; without an argument, shows it.",
    signature: Signature([
      .init("seed", .integer, "the seed", range: .between(0, 0x1p53))
    ]),
    examples: [Example("seed 7")]
  ) { call, context throws(Diagnostic) in
    guard call.isGiven("seed") else { return context.setting("seed") ?? .none }
    try context.set("seed", to: call["seed"])
    return .none
  }

  /// As in `time`.
  static let time = Command(
    name: "time", summary: "Shows how long each step took and which came from the cache.",
    result: .object("Table"), examples: .time
  ) { _, context throws(Diagnostic) in
    let host = host(context)
    return .object(
      TableObject(
        table: .init(
          title: "Time", columns: [.init("step"), .init("time", isNumeric: true), .init("from")],
          rows: host.log.records.map { step in
            let hits = step.uses.filter(\.isHit).count
            let source =
              step.uses.isEmpty ? "" : hits == step.uses.count ? "cache" : "computed"
            return [
              .init(step.title, style: .code),
              .init(Wording.duration(step.seconds), isVolatile: true),
              .init(source, isVolatile: true),
            ]
          })))
  }

  /// As in `why`.
  static let why = Command(
    name: "why",
    summary: "Shows, for each result of the last step, why it was cached or computed.",
    result: .none, examples: .why
  ) { _, context throws(Diagnostic) in
    let host = host(context)
    guard let step = host.log.records.last(where: { !$0.uses.isEmpty }) else {
      context.emit(.text("no step so far has a cacheable result"))
      return .none
    }
    for use in step.uses {
      let head =
        use.isHit
        ? "'\(use.command)' came from the cache, entry \(use.key.short)"
        : "'\(use.command)' was computed: \(use.reason)"
      context.emit(
        .event(
          Rendering.console(
            .init(
              title: head, text: use.ingredients.joined(separator: "\n"), isVolatile: true))))
    }
    return .none
  }
}
