internal import Yams

extension Architecture {
  /// Reads a model file in the format of `yolov8.yaml`.
  ///
  /// - Parameters:
  ///   - text: The file's content: `nc`, `scales` or `depth_multiple` and `width_multiple`, `backbone`
  ///     and `head`, whose rows are `[from, repeats, module, arguments]`.
  ///   - name: The file's name, for messages, and for the scale's letter in names such as
  ///     `yolov8n.yaml`.
  ///   - scale: The letter of one of the file's scales, where the name holds none.
  ///   - classes: Overrides `nc`.
  /// - Throws: ``ArchitectureError`` with file and line.
  public init(
    yaml text: String, name: String, scale: String? = nil, classes: Int? = nil
  ) throws(ArchitectureError) {
    do {
      var reader = ModelFileReader(text: text)
      try self.init(reader.architecture(letter: scale ?? Self.letter(in: name), classes: classes))
    } catch {
      throw ArchitectureError(error.problem, file: name, line: error.line)
    }
  }

  private init(_ other: Architecture) throws(ArchitectureError) { self = other }

  /// The letter before `.yaml` in `yolov8n.yaml`, or nil.
  static func letter(in name: String) -> String? {
    let stem = name.split(separator: "/").last?.split(separator: ".").first ?? ""
    guard let last = stem.last, stem.dropLast().last?.isNumber == true else { return nil }
    return Scale(rawValue: String(last))?.rawValue
  }
}

/// Turns a YAML tree into rows.
private struct ModelFileReader {
  let text: String

  mutating func architecture(
    letter: String?, classes: Int?
  ) throws(ArchitectureError) -> Architecture {
    let root = try root()
    let factors = try factors(root, letter: letter)
    let rows = try rows(root, "backbone") + rows(root, "head")
    let written = try integer(root["nc"], "nc", in: 1...10_000)
    guard let count = classes ?? written else {
      throw ArchitectureError(.missing("nc"))
    }
    let regMax = try integer(root["reg_max"], "reg_max", in: 2...256) ?? 16
    return try Architecture(
      rows: rows.map { $0.scaled(by: factors) }, classes: count, regMax: regMax,
      scale: letter.flatMap { Scale(rawValue: $0) }.flatMap { $0.factors == factors ? $0 : nil })
  }

  private func root() throws(ArchitectureError) -> Node.Mapping {
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw ArchitectureError(.syntax("\(error)"))
    }
    guard case .mapping(let mapping)? = node else {
      throw ArchitectureError(.syntax("expected a mapping of keys to values"))
    }
    return mapping
  }

  private func factors(
    _ root: Node.Mapping, letter: String?
  ) throws(ArchitectureError) -> ScaleFactors {
    guard let scales = root["scales"]?.mapping else {
      return ScaleFactors(
        depth: try number(root["depth_multiple"], "depth_multiple") ?? 1,
        width: try number(root["width_multiple"], "width_multiple") ?? 1,
        maxChannels: try integer(root["max_channels"], "max_channels", in: 8...65_536) ?? 65_536)
    }
    let known = scales.keys.compactMap(\.string).joined(separator: ", ")
    guard let letter else {
      throw ArchitectureError(.value("scale", expected: "one of \(known)", found: "not given"))
    }
    guard let row = scales[Node(letter)]?.sequence, row.count == 3 else {
      throw ArchitectureError(.value("scale", expected: "one of \(known)", found: "'\(letter)'"))
    }
    guard let depth = try number(row[0], "depth"), let width = try number(row[1], "width"),
      let widest = try integer(row[2], "max_channels", in: 8...65_536)
    else { throw ArchitectureError(.missing("scales")) }
    return ScaleFactors(depth: depth, width: width, maxChannels: widest)
  }

  private func rows(
    _ root: Node.Mapping, _ key: String
  ) throws(ArchitectureError) -> [Architecture.Row] {
    guard let list = root[Node(key)]?.sequence else { throw ArchitectureError(.missing(key)) }
    var rows: [Architecture.Row] = []
    for node in list {
      do { rows.append(try row(node)) } catch {
        throw ArchitectureError(error.problem, line: node.mark?.line)
      }
    }
    return rows
  }

  private func row(_ node: Node) throws(ArchitectureError) -> Architecture.Row {
    guard let parts = node.sequence, parts.count == 4, let name = parts[2].string,
      let arguments = parts[3].sequence
    else {
      throw ArchitectureError(
        .value("a row", expected: "[from, repeats, module, arguments]", found: "something else"))
    }
    var from: [Int] = []
    for source in parts[0].sequence.map(Array.init) ?? [parts[0]] {
      guard let number = try integer(source, "from", in: -10_000...10_000) else { continue }
      from.append(number)
    }
    guard let repeats = try integer(parts[1], "repeats", in: 1...1000) else {
      throw ArchitectureError(.missing("repeats"))
    }
    return Architecture.Row(try module(name, repeats, Array(arguments)), from: from)
  }

  private func module(
    _ name: String, _ repeats: Int, _ arguments: [Node]
  ) throws(ArchitectureError) -> Architecture.Module {
    func argument(_ index: Int, _ what: String, _ range: ClosedRange<Int>, _ standard: Int? = nil)
      throws(ArchitectureError) -> Int
    {
      let node = index < arguments.count ? arguments[index] : nil
      guard let value = try integer(node, "\(name)'s \(what)", in: range) ?? standard else {
        throw ArchitectureError(.missing("\(name)'s \(what)"))
      }
      return value
    }
    if name != "C2f" && repeats != 1 {
      throw ArchitectureError(.value("\(name)'s repeats", expected: "1", found: "\(repeats)"))
    }
    switch name {
    case "Conv":
      try limit(arguments, name, 3)
      let kernel = try argument(1, "kernel", 1...15, 1)
      guard kernel % 2 == 1 else {
        throw ArchitectureError(
          .value("Conv's kernel", expected: "an odd number", found: "\(kernel)"))
      }
      return .conv(
        outputs: try argument(0, "channels", 1...65_536), kernel: kernel,
        stride: try argument(2, "stride", 1...2, 1))
    case "C2f":
      try limit(arguments, name, 2)
      return .c2f(
        outputs: try argument(0, "channels", 2...65_536), repeats: repeats,
        shortcut: arguments.count > 1 && arguments[1].bool == true)
    case "SPPF":
      try limit(arguments, name, 2)
      let kernel = try argument(1, "kernel", 1...15, 5)
      guard kernel % 2 == 1 else {
        throw ArchitectureError(
          .value("SPPF's kernel", expected: "an odd number", found: "\(kernel)"))
      }
      return .sppf(outputs: try argument(0, "channels", 1...65_536), kernel: kernel)
    case "nn.Upsample", "Upsample": return .upsample(factor: try argument(1, "factor", 2...8))
    case "Concat": return .concat
    case "Detect": return .detect
    default: throw ArchitectureError(.unknownModule(name))
    }
  }

  private func limit(
    _ arguments: [Node], _ name: String, _ count: Int
  ) throws(ArchitectureError) {
    guard arguments.count <= count else {
      throw ArchitectureError(
        .value(
          "the number of \(name)'s arguments", expected: "at most \(count)",
          found: "\(arguments.count)"))
    }
  }

  private func integer(
    _ node: Node?, _ name: String, in range: ClosedRange<Int>
  ) throws(ArchitectureError) -> Int? {
    guard let node else { return nil }
    guard let value = node.int, range.contains(value) else {
      throw ArchitectureError(
        .value(
          name, expected: "a whole number in \(range)",
          found: node.string.map { "'\($0)'" } ?? "a list"),
        line: node.mark?.line)
    }
    return value
  }

  private func number(_ node: Node?, _ name: String) throws(ArchitectureError) -> Double? {
    guard let node else { return nil }
    guard let value = node.float, value > 0, value <= 100 else {
      throw ArchitectureError(
        .value(
          name, expected: "a number above 0, at most 100",
          found: node.string.map { "'\($0)'" } ?? "a list"),
        line: node.mark?.line)
    }
    return value
  }
}
