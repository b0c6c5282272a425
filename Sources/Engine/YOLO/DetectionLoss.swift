internal import CKernels
public import Geometry
public import Tensors

/// The loss that YOLOv8 is trained with: box overlap, class scores and distance distributions.
///
/// A value: it keeps nothing between calls, and the same input gives the same bits on any number of
/// threads. Sums are added in double precision, image by image.
public struct DetectionLoss: Hashable, Sendable {
  /// Which version's rules hold.
  public enum Rules: Hashable, Sendable {
    /// Ultralytics 8.4: objects narrower than 16 pixels look for anchors as if they were 16 wide.
    case current
    /// Ultralytics 8.0: an anchor's center must lie inside the object as it is.
    case classic
  }

  /// The weights of the three parts.
  public struct Gains: Hashable, Sendable {
    /// Of the box overlap.
    public var box = 7.5
    /// Of the class scores.
    public var cls = 0.5
    /// Of the distance distributions.
    public var dfl = 1.5

    /// The usual weights.
    public init() {}

    /// Other weights.
    public init(box: Double, cls: Double, dfl: Double) {
      (self.box, self.cls, self.dfl) = (box, cls, dfl)
    }
  }

  /// The weights of the three parts.
  public var gains: Gains
  /// Who learns what.
  public var assigner: TaskAlignedAssigner

  /// A loss by the rules of a version.
  public init(rules: Rules = .current, gains: Gains = Gains()) {
    self.gains = gains
    assigner = TaskAlignedAssigner()
    assigner.smallestSide = rules == .current ? 16 : 0
  }

  /// Evaluates the loss of a batch.
  ///
  /// NaN among the logits makes the result NaN; infinite ones may. Boxes of zero width or height are
  /// objects that no anchor can be assigned to.
  ///
  /// - Parameters:
  ///   - output: The head's logits.
  ///   - targets: For each image its objects, in fractions of the input's width and height.
  ///   - imageSize: Height and width of the network input in pixels.
  ///   - shards: How the batch is cut; nil where `output` holds all of it.
  ///   - exchange: The ranks that have the rest of the batch.
  ///   - gradient: Maps of the same sizes as `output` that receive the derivatives of
  ///     ``LossComponents/total``; nil where only the loss is wanted.
  ///   - pool: Who computes.
  /// - Returns: The parts as they are logged, and the total.
  public func evaluate(
    _ output: HeadOutput, targets: [[LabeledBox<Normalized>]],
    imageSize: (height: Int, width: Int), shards: BatchShards? = nil,
    over exchange: (any BatchExchange)? = nil, gradient: HeadOutput? = nil, on pool: ThreadPool
  ) -> LossComponents {
    check(output, targets, gradient)
    let grid = AnchorGrid(output), count = output.count
    let shards = shards ?? BatchShards(images: count)
    let assigned = Results<[TargetRow]>(count: count, empty: [])
    pool.run(count) { image, _ in
      let objects = targets[image].map { object(of: $0, imageSize) }
      var predictions = HeadPredictions(output, image: image, grid: grid)
      assigned[image] = assigner.assign(objects, on: grid, seeing: &predictions).map {
        TargetRow($0, objects[$0.object])
      }
    }
    let rows = assigned.values
    let masses = rows.map { $0.reduce(0.0) { $0 + $1.target } }
    let objective = shards.total(over: exchange, size: 2) { tree in
      [
        shards.sum(of: tree, images: masses, from: 0, +),
        shards.sum(of: tree, images: rows.map { Double($0.count) }, from: 0, +),
      ]
    }
    guard let objective else { return .none }
    let mass = objective[0]
    let weight = 1 / max(mass, 1), scale = weight * Double(shards.images)
    let sums = Results<LossSums>(count: count, empty: LossSums())
    pool.run(count) { image, _ in
      let pass = LossPass(
        output: output, gradient: gradient, grid: grid, image: image,
        boxWeight: gains.box * scale, clsWeight: gains.cls * scale, dflWeight: gains.dfl * scale)
      sums[image] = pass.run(rows[image])
    }
    let all = sums.values
    let total = shards.total(over: exchange, size: 3) { tree in
      let sum = shards.sum(of: tree, images: all, from: LossSums(), +)
      return [sum.box, sum.cls, sum.dfl]
    }
    guard let total else { return .none }
    let sum = LossSums(box: total[0], cls: total[1], dfl: total[2])
    let box = sum.box * weight * gains.box
    let cls = sum.cls * weight * gains.cls
    let dfl = sum.dfl * weight * gains.dfl
    return LossComponents(
      box: box, cls: cls, dfl: dfl, total: (box + cls + dfl) * Double(shards.images),
      assigned: Int(objective[1]))
  }

  /// A labeled box in input pixels.
  private func object(
    of label: LabeledBox<Normalized>, _ size: (height: Int, width: Int)
  ) -> TaskAlignedAssigner.Object {
    let scale = SIMD2(Double(size.width), Double(size.height))
    return TaskAlignedAssigner.Object(
      box: label.box.edges * SIMD4(scale.x, scale.y, scale.x, scale.y),
      classIndex: label.classIndex)
  }

  private func check(
    _ output: HeadOutput, _ targets: [[LabeledBox<Normalized>]], _ gradient: HeadOutput?
  ) {
    precondition(
      targets.count == output.count,
      "\(targets.count) lists of objects do not fit \(output.count) images")
    for label in targets.joined() {
      precondition(
        label.classIndex >= 0 && label.classIndex < output.classes,
        "class \(label.classIndex) is not among the head's \(output.classes)")
    }
    guard let gradient else { return }
    precondition(
      gradient.count == output.count && gradient.classes == output.classes
        && gradient.regMax == output.regMax && AnchorGrid(gradient) == AnchorGrid(output),
      "the gradient's maps must have the sizes of the output's")
  }
}

/// The loss of one batch.
public struct LossComponents: Hashable, Sendable {
  /// The box part with its gain, per unit of target: what `train/box_loss` shows.
  public var box: Double
  /// The class part with its gain.
  public var cls: Double
  /// The distribution part with its gain.
  public var dfl: Double
  /// What is differentiated: the sum of the parts times the number of images.
  public var total: Double
  /// How many anchors learn an object.
  public var assigned: Int

  /// No loss at all.
  public static let none = LossComponents(box: 0, cls: 0, dfl: 0, total: 0, assigned: 0)

  /// A loss from its parts.
  public init(box: Double, cls: Double, dfl: Double, total: Double, assigned: Int) {
    (self.box, self.cls, self.dfl) = (box, cls, dfl)
    (self.total, self.assigned) = (total, assigned)
  }
}
