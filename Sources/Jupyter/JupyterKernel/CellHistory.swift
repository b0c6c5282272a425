internal import JSON

/// The cells of this session.
struct CellHistory {
  private var cells: [(number: Int, code: String, result: String?)] = []

  /// Adds a cell.
  mutating func add(_ number: Int, _ code: String, result: String?) {
    cells.append((number, code, result))
  }

  /// The answer to a `history_request`: triples of session, number and code.
  func answer(_ request: JSONValue) -> JSONValue {
    let withResult = request["output"]?.asBool ?? false
    let shown = selected(request).map { cell -> JSONValue in
      let code = JSONValue.string(cell.code)
      let entry =
        withResult ? .array([code, cell.result.map(JSONValue.string) ?? .null]) : code
      return [1, .number(cell.number), entry]
    }
    return ["status": "ok", "history": .array(shown)]
  }

  private func selected(
    _ request: JSONValue
  ) -> [(number: Int, code: String, result: String?)] {
    let count = max(0, request["n"]?.asInt ?? cells.count)
    switch request["hist_access_type"]?.asString {
    case "range":
      let session = request["session"]?.asInt ?? 0
      guard session == 0 || session == 1 else { return [] }
      let start = request["start"]?.asInt ?? 0, stop = request["stop"]?.asInt ?? .max
      return cells.filter { $0.number >= start && $0.number < stop }
    case "search":
      let pattern = request["pattern"]?.asString ?? "*"
      var found = cells.filter { FilePattern.matches($0.code, pattern) }
      if request["unique"]?.asBool ?? false {
        var seen: Set<String> = []
        found = found.reversed().filter { seen.insert($0.code).inserted }.reversed()
      }
      return found.suffix(count)
    default: return cells.suffix(count)
    }
  }
}
