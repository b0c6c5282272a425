internal import Files
internal import Foundation
internal import Language
internal import Tensors

extension Host {
  /// The engine's version, part of every cache key: another version may give other numbers.
  package static let version = "0.1.0"

  /// Part of every cache key, too: goes up with each change that gives other numbers under the same
  /// version.
  private static let numbers = 2

  /// The result of some work: found where the same work was done before, else computed and kept.
  ///
  /// - Parameters:
  ///   - command: The command, for people.
  ///   - ingredients: Everything that the result depends on, with digests for files and objects.
  ///   - isUsable: Whether a result that was found still stands, for example whether its files are
  ///     there unchanged; says why not.
  ///   - work: Does the work. Nothing is kept where it returns nil: a partial result.
  /// - Returns: The result; how it came about is noted with the step.
  /// - Throws: What the work throws.
  func cached<Payload: Codable>(
    _ command: String, ingredients: [String], isUsable: (Payload) -> String? = { _ in nil },
    compute work: () throws(Diagnostic) -> (result: Payload, isComplete: Bool)
  ) throws(Diagnostic) -> Payload {
    let all =
      [
        "engine \(Self.version), numbers \(Self.numbers)", "backend \(compute.backend.name)",
        "settings \(settingsKey)",
      ] + ingredients
    let key = Digest(of: ([command] + all).joined(separator: "\n"))
    let reason: String
    switch cache.entry(key) {
    case .failure(let missing): reason = missing.reason
    case .success(let entry):
      if let payload = try? JSONDecoder().decode(Payload.self, from: entry.payload) {
        guard let objection = isUsable(payload) else {
          let use = CacheUse(
            command: command, key: key, ingredients: all, isHit: true, reason: "",
            seconds: entry.seconds)
          note(use)
          return payload
        }
        reason = objection
      } else {
        reason = "its entry is of another version, or damaged"
      }
    }
    let start = ContinuousClock.now
    let (result, isComplete) = try work()
    let (whole, parts) = (ContinuousClock.now - start).components
    let seconds = Double(whole) + Double(parts) * 1e-18
    let use = CacheUse(
      command: command, key: key, ingredients: all, isHit: false, reason: reason, seconds: seconds)
    note(use)
    if isComplete { keep(result, command, all, seconds, key) }
    return result
  }

  private func keep(
    _ result: some Codable, _ command: String, _ ingredients: [String], _ seconds: Double,
    _ key: Digest
  ) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let entry = ResultCache.Entry(
        command: command, ingredients: ingredients, seconds: seconds,
        payload: try encoder.encode(result))
      try cache.store(entry, under: key)
    } catch {
      // A full disk must not cost the result itself.
      emit(Output.remark(Diagnostic("the result was not cached: \(error)", severity: .warning)))
    }
  }
}
