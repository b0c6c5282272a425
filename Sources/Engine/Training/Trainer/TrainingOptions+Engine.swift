package import Datasets
internal import Evaluation
internal import Layers
internal import YOLO

extension TrainingOptions {
  /// What the loader does to images.
  package var augmentation: AugmentationOptions {
    var options = AugmentationOptions()
    options.hsvH = self.hsvH
    options.hsvS = self.hsvS
    options.hsvV = self.hsvV
    options.degrees = self.degrees
    options.translate = self.translate
    options.scale = self.scale
    options.shear = self.shear
    options.perspective = self.perspective
    options.flipud = self.flipud
    options.fliplr = self.fliplr
    options.mosaic = self.mosaic
    options.mixup = self.mixup
    return options
  }

  /// How the run validates: batches twice as large as those it learns from.
  package var validation: ValidationOptions {
    var options = ValidationOptions()
    options.imageSize = self.imageSize
    options.batch = 2 * self.batch
    options.confidence = Float(self.confidence)
    options.iou = Float(self.iou)
    options.limit = self.maximumDetections
    options.rules = rules == .current ? .current : .classic
    return options
  }
}

extension TrainingPlan {
  /// The share of the learning rate that each parameter of a model moves with: `lr_depth` to the power
  /// of the modules that lie between its own and the head, or `lr_classes` in the head's branch for
  /// classes.
  func rateShare(of model: Model) -> (Parameter) -> Double {
    let head = model.architecture.rows.count - 1, share = options.depthShare
    let classFactor = options.classFactor, classBranch = "model.\(head).cv3."
    return { parameter in
      guard !parameter.name.hasPrefix(classBranch) else { return classFactor }
      // "model.4.cv1.conv.weight" belongs to module 4.
      let module = parameter.name.split(separator: ".").dropFirst().first.flatMap { Int($0) }
      return power(share, head - (module ?? head))
    }
  }

  /// What a run learns from: the loss with its gains, by the run's rules.
  var loss: DetectionLoss {
    DetectionLoss(
      rules: options.rules == .current ? .current : .classic,
      gains: DetectionLoss.Gains(
        box: options.box, cls: options.cls, dfl: options.dfl))
  }
}
