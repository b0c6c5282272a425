internal import Tensors

/// The names that programs around a model put in front of those of its weights.
enum WeightNames {
  /// Parts of a name that wrappers add, wherever they stand: `torch.nn.DataParallel` and
  /// `DistributedDataParallel`, and `torch.compile`.
  private static let wrappers = ["module", "_orig_mod"]

  /// The state under the model's own names.
  ///
  /// - Parameter state: Weights as a file names them.
  /// - Returns: The same without the wrappers' parts and without what a class around the model (a Lightning
  ///   module, Ultralytics' `YOLO`) puts in front of `model.0`; weights that stand elsewhere are left out then.
  ///   And what was removed, such as "module."; empty where nothing was.
  static func unwrapped(_ state: StateDictionary) -> (state: StateDictionary, removedPrefix: String)
  {
    let parts = state.names.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
    let plain = parts.map { $0.filter { !wrappers.contains(String($0)) }.joined(separator: ".") }
    let prefix = prefix(of: plain)
    let found = wrappers.filter { wrapper in parts.contains { $0.contains(Substring(wrapper)) } }
    guard !found.isEmpty || !prefix.isEmpty else { return (state, "") }
    var result = StateDictionary(), count = 0
    for (old, name) in zip(state.names, plain) where name.hasPrefix(prefix) {
      result[String(name.dropFirst(prefix.count))] = state[old]
      count += 1
    }
    // Where two names become one, weights would be lost: then the names mean something else.
    guard result.count == count else { return (state, "") }
    return (result, found.map { $0 + "." }.joined() + prefix)
  }

  /// What stands in front of `model.0.` in the first name that has it behind something else: of
  /// "net.model.0.conv.weight" it is "net.".
  private static func prefix(of names: [String]) -> String {
    let start = "model.0."
    guard !names.contains(where: { $0.hasPrefix(start) }) else { return "" }
    for name in names {
      var index = name.startIndex
      while let dot = name[index...].firstIndex(of: ".") {
        index = name.index(after: dot)
        if name[index...].hasPrefix(start) { return String(name[..<index]) }
      }
    }
    return ""
  }
}
