/// A YOLOv8 detection network as a list of modules, as its model files write it down.
///
/// ```
/// 0  Conv 64 3 2      5  Conv 512 3 2     10 Upsample        16 Conv 256 3 2
/// 1  Conv 128 3 2     6  C2f 512 x6       11 Concat -1, 6    17 Concat -1, 12
/// 2  C2f 128 x3       7  Conv 1024 3 2    12 C2f 512 x3      18 C2f 512 x3
/// 3  Conv 256 3 2     8  C2f 1024 x3      13 Upsample        19 Conv 512 3 2
/// 4  C2f 256 x6       9  SPPF 1024 5      14 Concat -1, 4    20 Concat -1, 9
///                                         15 C2f 256 x3      21 C2f 1024 x3
///                                                            22 Detect 15, 18, 21
/// ```
public struct Architecture: Equatable, Codable, Sendable {
  /// One kind of module with its size.
  public enum Module: Equatable, Codable, Sendable {
    /// Convolution, batch normalization, SiLU.
    case conv(outputs: Int, kernel: Int, stride: Int)
    /// Cross-stage block: a split, `repeats` bottlenecks in a chain, and all of it joined.
    case c2f(outputs: Int, repeats: Int, shortcut: Bool)
    /// Spatial pyramid pooling, fast: three poolings in a chain, joined.
    case sppf(outputs: Int, kernel: Int)
    /// Enlargement by repetition.
    case upsample(factor: Int)
    /// The inputs side by side.
    case concat
    /// The detection head over the inputs, finest level first.
    case detect
  }

  /// A module and where its inputs come from.
  public struct Row: Equatable, Codable, Sendable {
    /// The rows whose outputs it takes; -1 is the row before, other numbers count from 0.
    public let from: [Int]
    /// What it is.
    public let module: Module

    /// A row that takes the output of the row before.
    public init(_ module: Module, from: [Int] = [-1]) { (self.module, self.from) = (module, from) }
  }

  /// The modules in order, already scaled.
  public let rows: [Row]
  /// The number of classes.
  public let classes: Int
  /// Bins of the distribution of one box side.
  public let regMax: Int
  /// The size's letter, where the network is one of the five.
  public let scale: Scale?
  /// Width of the head's hidden layers for classes, where it does not follow from the number of
  /// classes: a head that was fine-tuned for other classes keeps the width it was trained with.
  public let classChannels: Int?

  /// An architecture from its scaled rows.
  ///
  /// - Throws: ``ArchitectureError`` where a row takes what is not there, or the head is not last.
  public init(
    rows: [Row], classes: Int, regMax: Int = 16, scale: Scale? = nil, classChannels: Int? = nil
  ) throws(ArchitectureError) {
    (self.rows, self.classes, self.regMax, self.scale) = (rows, classes, regMax, scale)
    self.classChannels = classChannels
    try check()
  }

  /// YOLOv8 in one of its five sizes.
  public static func yolov8(_ scale: Scale, classes: Int) -> Architecture {
    precondition(classes > 0, "a detector needs at least one class")
    return Architecture(
      trusted: yolov8Rows.map { $0.scaled(by: scale.factors) }, classes: classes, scale: scale)
  }

  /// The rows before scaling.
  static let yolov8Rows: [Row] = [
    Row(.conv(outputs: 64, kernel: 3, stride: 2)),  // 0, stride 2
    Row(.conv(outputs: 128, kernel: 3, stride: 2)),  // 1, stride 4
    Row(.c2f(outputs: 128, repeats: 3, shortcut: true)),
    Row(.conv(outputs: 256, kernel: 3, stride: 2)),  // 3, stride 8
    Row(.c2f(outputs: 256, repeats: 6, shortcut: true)),
    Row(.conv(outputs: 512, kernel: 3, stride: 2)),  // 5, stride 16
    Row(.c2f(outputs: 512, repeats: 6, shortcut: true)),
    Row(.conv(outputs: 1024, kernel: 3, stride: 2)),  // 7, stride 32
    Row(.c2f(outputs: 1024, repeats: 3, shortcut: true)),
    Row(.sppf(outputs: 1024, kernel: 5)),  // 9, the end of the backbone
    Row(.upsample(factor: 2)),
    Row(.concat, from: [-1, 6]),
    Row(.c2f(outputs: 512, repeats: 3, shortcut: false)),
    Row(.upsample(factor: 2)),
    Row(.concat, from: [-1, 4]),
    Row(.c2f(outputs: 256, repeats: 3, shortcut: false)),  // 15, small objects
    Row(.conv(outputs: 256, kernel: 3, stride: 2)),
    Row(.concat, from: [-1, 12]),
    Row(.c2f(outputs: 512, repeats: 3, shortcut: false)),  // 18, medium objects
    Row(.conv(outputs: 512, kernel: 3, stride: 2)),
    Row(.concat, from: [-1, 9]),
    Row(.c2f(outputs: 1024, repeats: 3, shortcut: false)),  // 21, large objects
    Row(.detect, from: [15, 18, 21]),
  ]

  /// The same network for another number of classes.
  ///
  /// - Parameters:
  ///   - classes: The new number.
  ///   - classChannels: Width of the head's hidden layers for classes; nil where it follows from the
  ///     number of classes.
  /// - Returns: The description with another head.
  public func with(classes: Int, classChannels: Int? = nil) -> Architecture {
    precondition(classes > 0, "a detector needs at least one class")
    return Architecture(
      trusted: rows, classes: classes, regMax: regMax, scale: scale, classChannels: classChannels)
  }

  /// The numbers of the rows that a row takes its inputs from.
  public func sources(of row: Int) -> [Int] { rows[row].from.map { $0 < 0 ? row + $0 : $0 } }

  private init(
    trusted rows: [Row], classes: Int, regMax: Int = 16, scale: Scale?, classChannels: Int? = nil
  ) {
    (self.rows, self.classes, self.regMax, self.scale) = (rows, classes, regMax, scale)
    self.classChannels = classChannels
  }

  /// The width of the head's hidden layers for classes, given that of its finest level.
  func classWidth(finest: Int) -> Int { classChannels ?? max(finest, min(classes, 100)) }

  private func check() throws(ArchitectureError) {
    guard classes > 0, classes <= 10_000 else {
      throw ArchitectureError(.value("nc", expected: "1...10000", found: "\(classes)"))
    }
    guard regMax > 1, regMax <= 256 else {
      throw ArchitectureError(.value("reg_max", expected: "2...256", found: "\(regMax)"))
    }
    guard rows.last?.module == .detect, rows.dropLast().allSatisfy({ $0.module != .detect }) else {
      throw ArchitectureError(.headNotLast)
    }
    for (index, row) in rows.enumerated() {
      let single = row.module != .concat && row.module != .detect
      guard !row.from.isEmpty, !single || row.from.count == 1 else {
        throw ArchitectureError(.inputs(row: index, count: row.from.count))
      }
      for source in sources(of: index) where source < -1 || source >= index {
        throw ArchitectureError(.source(row: index, from: source))
      }
      // The first row alone takes the images, which stand before row 0.
      if index > 0, sources(of: index).contains(-1) {
        throw ArchitectureError(.source(row: index, from: -1))
      }
    }
  }
}

extension Architecture.Row {
  /// The row stretched to a size.
  func scaled(by factors: ScaleFactors) -> Self {
    let module: Architecture.Module =
      switch module {
      case .conv(let outputs, let kernel, let stride):
        .conv(outputs: factors.channels(outputs), kernel: kernel, stride: stride)
      case .c2f(let outputs, let repeats, let shortcut):
        .c2f(
          outputs: factors.channels(outputs), repeats: factors.repeats(repeats), shortcut: shortcut)
      case .sppf(let outputs, let kernel):
        .sppf(outputs: factors.channels(outputs), kernel: kernel)
      case .upsample, .concat, .detect: module
      }
    return Self(module, from: from)
  }
}

/// What is wrong with a description of a network, and where.
public struct ArchitectureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The facts.
  public enum Problem: Equatable, Sendable {
    /// The text is no YAML.
    case syntax(String)
    /// A key that every model file has is missing.
    case missing(String)
    /// A value is not what it should be.
    case value(String, expected: String, found: String)
    /// A module that YOLOv8 detectors do not have.
    case unknownModule(String)
    /// A row takes the output of a row that does not come before it.
    case source(row: Int, from: Int)
    /// A row takes too many or too few inputs.
    case inputs(row: Int, count: Int)
    /// The last row, and no other, must be the head.
    case headNotLast
    /// A state dictionary is that of another kind of network.
    case foreign(ForeignModel)
    /// A state dictionary is not that of a YOLOv8 detector.
    case notYOLOv8(missing: String)
  }

  /// The model file, where the description comes from one.
  public var file: String?
  /// The line, from 1.
  public var line: Int?
  /// The facts.
  public let problem: Problem

  init(_ problem: Problem, file: String? = nil, line: Int? = nil) {
    (self.problem, self.file, self.line) = (problem, file, line)
  }

  /// One line: place first.
  public var description: String {
    let place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return (place.isEmpty ? "" : place + ": ") + words
  }

  private var words: String {
    switch problem {
    case .syntax(let reason): "no valid YAML: \(reason)"
    case .missing(let key): "'\(key)' is missing"
    case .value(let name, let expected, let found): "\(name) is \(found), expected \(expected)"
    case .unknownModule(let name):
      "unknown module '\(name)'; choose from Conv, C2f, SPPF, nn.Upsample, Concat and Detect"
    case .source(let row, let from):
      "row \(row) takes its input from row \(from), which is not above"
    case .inputs(let row, let count): "row \(row) has \(count) inputs, expected one"
    case .headNotLast: "the last row must be Detect, and no other"
    case .foreign(let model): "this is \(model.words); \(model.advice)"
    case .notYOLOv8(let missing):
      "these weights are not those of a YOLOv8 detector: no '\(missing)'"
    }
  }
}
