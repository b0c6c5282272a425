/// Something about a dataset that decides what an experiment with it is worth.
public enum DatasetFinding: Hashable, Sendable, CustomStringConvertible {
  /// An image is in two splits.
  case leak(Leak)
  /// So many images of a split are also, or nearly, in another, in so many pairs.
  case leaks(images: Int, of: Int, split: DatasetSplit, from: DatasetSplit, pairs: Int)
  /// A class has no object in a split.
  case classMissing(name: String, split: DatasetSplit)
  /// A class has fewer than a tenth of the objects of the most frequent one.
  case rareClass(name: String, objects: Int, most: Int)
  /// Objects are smaller than the finest grid of the network at the image size.
  case tinyBoxes(split: DatasetSplit, count: Int, of: Int, side: Int, imageSize: Int)
  /// The optimizer takes fewer than ten steps an epoch: an epoch has so many batches, and gradients are
  /// `gathered` over so many for a step.
  case fewSteps(batches: Int, images: Int, gathered: Int, run: RunSize)
  /// The scores rest on few objects.
  case fewValidationObjects(objects: Int, images: Int)
  /// The learning rate rises during a large part of the run.
  case longWarmup(iterations: Int, of: Int)

  /// One sentence: the number, and what follows from it.
  public var description: String {
    switch self {
    case .leak(let leak):
      let how = leak.isExact ? "the same file as" : "nearly the same image as"
      let bits = leak.isExact ? "" : " (\(leak.distance) of 64 bits differ)"
      return """
        \(leak.secondSplit): \(leak.second) is \(how) \(leak.first) in \(leak.firstSplit)\(bits); \
        scores on it say nothing about new images
        """
    case .leaks(let images, let all, let split, let from, let pairs):
      return """
        \(split): \(images) of \(counted(all, "image")) are also, or nearly, in \(from), in \
        \(counted(pairs, "pair")) of images; scores on them say nothing about new images; split by \
        scene, not by image
        """
    case .classMissing(let name, let split):
      let what = split == .train ? "it cannot be learned" : "its score cannot be measured"
      return "\(split): no objects of class '\(name)'; \(what)"
    case .rareClass(let name, let objects, let most):
      return """
        train: '\(name)' has \(counted(objects, "object")), the most frequent class \(most); rare \
        classes are learned late
        """
    case .tinyBoxes(let split, let count, let all, let side, let size):
      return """
        \(split): \(count) of \(counted(all, "object")) are narrower than \(side) pixels at image size \
        \(size); a larger imgsz makes them visible
        """
    case .fewSteps(let batches, let images, 1, let run):
      return """
        train: \(counted(images, "image")) make \(counted(batches, "step")) per epoch at batch size \
        \(run.batchSize); a smaller batch or more epochs give the optimizer more steps
        """
    case .fewSteps(let batches, let images, let gathered, let run):
      let steps = max(1, (run.epochs * batches + gathered / 2) / gathered)
      return """
        train: \(counted(images, "image")) make \(counted(batches, "batch", plural: "batches")) of \
        \(run.batchSize), but gradients are gathered over nbs=\(run.nominalBatchSize) images: about \
        \(counted(steps, "step")) in \(counted(run.epochs, "epoch")); recipe="small" makes every \
        small batch a step and chooses a learning rate for it
        """
    case .fewValidationObjects(let objects, let images):
      return """
        val: \(counted(objects, "object")) in \(counted(images, "image")); one object more or less \
        found moves the recall by \(Self.percent(1, of: objects)) %
        """
    case .longWarmup(let iterations, let all):
      return """
        warm-up lasts \(iterations) of \(counted(all, "step")), \(Self.percent(iterations, of: all)) % \
        of the run
        """
    }
  }

  private static func percent(_ part: Int, of whole: Int) -> Int {
    (200 * part + whole) / max(2 * whole, 1)
  }
}
