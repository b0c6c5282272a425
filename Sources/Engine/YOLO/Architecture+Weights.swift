public import Tensors

extension Architecture {
  /// Reads a network's size from its weights, where they come without a description.
  ///
  /// - Parameter state: The weights of a YOLOv8 detector: names such as "model.0.conv.weight". Fused
  ///   state dictionaries do not serve.
  /// - Throws: ``ArchitectureError`` where a name or shape of YOLOv8 is missing.
  public init(of state: StateDictionary) throws(ArchitectureError) {
    if let model = ForeignModel(of: state) { throw ArchitectureError(.foreign(model)) }
    func shape(_ name: String, rank: Int = 4) throws(ArchitectureError) -> Shape {
      guard let shape = state.tensor(name)?.shape, shape.rank == rank,
        shape.extents.allSatisfy({ $0 > 0 })
      else { throw ArchitectureError(.notYOLOv8(missing: name)) }
      return shape
    }
    var rows: [Row] = []
    for (index, row) in Self.yolov8Rows.enumerated() {
      let name = "model.\(index)"
      switch row.module {
      case .conv(_, _, let stride):
        let weight = try shape("\(name).conv.weight")
        rows.append(
          Row(.conv(outputs: weight[0], kernel: weight[2], stride: stride), from: row.from))
      case .c2f(_, _, let shortcut):
        let outputs = try shape("\(name).cv2.conv.weight")[0]
        var repeats = 0
        while state.tensor("\(name).m.\(repeats).cv1.conv.weight") != nil { repeats += 1 }
        guard repeats > 0 else { throw ArchitectureError(.notYOLOv8(missing: "\(name).m.0")) }
        rows.append(
          Row(.c2f(outputs: outputs, repeats: repeats, shortcut: shortcut), from: row.from))
      case .sppf(_, let kernel):
        let outputs = try shape("\(name).cv2.conv.weight")[0]
        rows.append(Row(.sppf(outputs: outputs, kernel: kernel), from: row.from))
      case .upsample, .concat, .detect: rows.append(row)
      }
    }
    let head = "model.\(rows.count - 1)"
    let classes = try shape("\(head).cv3.0.2.weight")[0]
    let sides = try shape("\(head).cv2.0.2.weight")[0]
    guard sides % 4 == 0 else { throw ArchitectureError(.notYOLOv8(missing: "\(head).cv2.0.2")) }
    let scale = Scale.allCases.first {
      Self.yolov8($0, classes: 1).rows == rows
    }
    let hidden = try shape("\(head).cv3.0.0.conv.weight")
    let usual = max(hidden[1], min(classes, 100))
    try self.init(
      rows: rows, classes: classes, regMax: sides / 4, scale: scale,
      classChannels: hidden[0] == usual ? nil : hidden[0])
  }
}
