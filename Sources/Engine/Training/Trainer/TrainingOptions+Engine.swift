package import Datasets
internal import Evaluation
internal import YOLO

extension TrainingOptions {
  /// What the loader does to images.
  package var augmentation: AugmentationOptions {
    var options = AugmentationOptions()
    options.hsvH = number("hsv_h")
    options.hsvS = number("hsv_s")
    options.hsvV = number("hsv_v")
    options.degrees = number("degrees")
    options.translate = number("translate")
    options.scale = number("scale")
    options.shear = number("shear")
    options.perspective = number("perspective")
    options.flipud = number("flipud")
    options.fliplr = number("fliplr")
    options.mosaic = number("mosaic")
    options.mixup = number("mixup")
    return options
  }

  /// How the run validates: batches twice as large as those it learns from.
  var validation: ValidationOptions {
    var options = ValidationOptions()
    options.imageSize = imageSize
    options.batch = 2 * batch
    options.confidence = Float(number("conf"))
    options.iou = Float(number("iou"))
    options.limit = integer("max_det")
    options.rules = rules == .current ? .current : .classic
    return options
  }
}

extension TrainingPlan {
  /// What a run learns from: the loss with its gains, by the run's rules.
  var loss: DetectionLoss {
    DetectionLoss(
      rules: options.rules == .current ? .current : .classic,
      gains: DetectionLoss.Gains(
        box: options.number("box"), cls: options.number("cls"), dfl: options.number("dfl")))
  }
}
