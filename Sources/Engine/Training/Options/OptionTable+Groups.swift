internal import Layers
public import YOLO

extension OptionTable {
  /// How long, how large, and with which weights.
  public struct Course: Sendable {
    /// Who chooses the options that nobody gave.
    public let recipe: OptionKey<RecipeChoice>
    /// Epochs of the run.
    public let epochCount: OptionKey<EpochCount>
    /// Counts: epochs of the patience, images of a step, pixels of the input's side.
    public let patience, batch, imageSize, startSize: OptionKey<Int>
    /// Where the random numbers start.
    public let seed: OptionKey<UInt64>
    /// Where the weights start, what becomes of classes and frozen statistics, and what goes on.
    public let pretrained, remapsClasses, freezesStatistics, singleClass, resume: OptionKey<Bool>
    /// Which parts keep their weights.
    public let freezing: OptionKey<Freezing>
    /// The share of the training images that is used, 0...1.
    public let fraction: OptionKey<Double>

    init(_ list: inout OptionList) {
      recipe = list.choice(
        "recipe", .field,
        traits: OptionTraits(isOurs: true),
        "who chooses options you leave out: the standard defaults, or rules for small datasets")
      epochCount = list.count(
        "epochs", 1...1_000_000, 100, unit: "epochs",
        "number of epochs; \"auto\" leaves it to recipe=\"small\"")
      list.refused(
        "time", .number(unbounded), .none, unit: "h",
        because:
          "a run that ends by the clock cannot be reproduced; use epochs=, and patience= to stop early",
        "training for a wall-clock time; not supported")
      patience = list.integer(
        "patience", 0...1_000_000, 100, classic: 50, unit: "epochs",
        "stop after this many epochs without improvement; 0 never stops early")
      batch = list.integer("batch", 1...4096, 16, unit: "images", "batch size")
      imageSize = list.integer(
        "imgsz", 32...4096, 640, unit: "px", "input size of the network, a multiple of 32")
      startSize = list.integer(
        "imgsz_start", 0...4096, 0, unit: "px",
        traits: OptionTraits(isOurs: true),
        "input size in the first epoch; it grows to imgsz by half of the run; 0 for imgsz")
      seed = list.integer(
        "seed", 0...Int(UInt32.max), 0,
        "random seed; the same seed gives the same weights")
      pretrained = list.flag(
        "pretrained", true, traits: OptionTraits(isOfStart: true),
        "start from the model's weights; false initializes them randomly")
      remapsClasses = list.flag(
        "cls_remap", true,
        "keep the head's outputs for classes that model and dataset share by name")
      freezing = list.freezing(
        "freeze", unit: "modules",
        "modules to freeze: a number from the front, a list of indices, or of names")
      freezesStatistics = list.flag(
        "freeze_bn", true, classic: false,
        "frozen modules also keep their batch normalization statistics")
      singleClass = list.flag("single_cls", false, "treat all classes as one")
      fraction = list.number(
        "fraction", shares, .number(1), "fraction of the training images to use")
      resume = list.flag(
        "resume", false, traits: OptionTraits(scope: .place, isOfStart: true),
        "continue an interrupted run")
    }
  }

  /// Optimizer, learning rate, warm-up.
  public struct Optimization: Sendable {
    /// How the weights move.
    public let optimizer: OptionKey<OptimizerChoice>
    /// Learning rates, momentum and decay; see the paper of each optimizer.
    public let lr0, lrf, momentum, weightDecay: OptionKey<Double>
    /// The warm-up: its length in epochs, and where momentum and the rate of biases start.
    public let warmupEpochs, warmupMomentum, warmupBiasRate: OptionKey<Double>
    /// The least iterations of the warm-up, and the images that one step should see.
    public let warmupFloor, nominalBatch: OptionKey<Int>
    /// Whether the learning rate falls along a cosine, and whether it falls with every batch.
    public let cosine, fallsByBatch: OptionKey<Bool>
    /// The learning rate of a module as a share of the next one's.
    public let depthShare: OptionKey<Double>
    /// The learning rate of the head's branch for classes as a multiple of the others'.
    public let classFactor: OptionKey<Double>
    /// What the EMA keeps of itself in the long run, and how many updates it takes to get there.
    public let averageDecay, averageRise: OptionKey<Double>
    /// What a batch weighs in the running statistics of batch normalization.
    public let statisticsMomentum: OptionKey<Double>

    init(_ list: inout OptionList) {
      optimizer = list.choice(
        "optimizer", .auto,
        "auto uses AdamW up to 10,000 iterations, SGD above, and sets lr0 and momentum")
      lr0 = list.number(
        "lr0", unbounded, .number(0.01), traits: OptionTraits(isChosenByAuto: true),
        "initial learning rate")
      lrf = list.number(
        "lrf", unbounded, .number(0.01), "final learning rate, as a fraction of lr0")
      momentum = list.number(
        "momentum", 0...0.9999, .number(0.937), traits: OptionTraits(isChosenByAuto: true),
        "momentum of SGD, first beta of Adam and AdamW")
      weightDecay = list.number(
        "weight_decay", unbounded, .number(0.0005),
        "weight decay of convolution weights, scaled by batch * accumulate / nbs")
      warmupEpochs = list.number(
        "warmup_epochs", unbounded, .number(3), unit: "epochs",
        "length of the learning-rate warm-up")
      warmupMomentum = list.number(
        "warmup_momentum", 0...0.9999, .number(0.8),
        traits: OptionTraits(unusedBy: [.adam, .adamW]),
        "momentum of SGD at the start of the warm-up")
      warmupBiasRate = list.number(
        "warmup_bias_lr", unbounded, .number(0.1), traits: OptionTraits(isChosenByAuto: true),
        "learning rate of biases at the start of the warm-up")
      warmupFloor = list.integer(
        "warmup_floor", 0...1_000_000, 0, classic: 100, unit: "iterations",
        "minimum length of the warm-up")
      cosine = list.flag("cos_lr", false, "cosine learning-rate schedule instead of linear")
      fallsByBatch = list.flag(
        "lr_by_batch", false, traits: OptionTraits(isOurs: true),
        "update the learning rate every batch instead of every epoch")
      depthShare = list.number(
        "lr_depth", shares, .number(1),
        traits: OptionTraits(isOurs: true),
        "learning rate of a module as a fraction of the next one's; below 1, early modules move less"
      )
      classFactor = list.number(
        "lr_classes", 0...100, .number(1),
        traits: OptionTraits(isOurs: true),
        "learning rate of the head's class branch as a multiple of the others'; above 1, new classes are learned sooner"
      )
      averageDecay = list.number(
        "ema_decay", 0...0.9999999, .number(0.9999),
        traits: OptionTraits(isOurs: true),
        "decay of the EMA of the weights")
      averageRise = list.number(
        "ema_tau", 0.001...1e300, .number(2000), unit: "steps",
        traits: OptionTraits(isOurs: true),
        "steps after which the EMA decay has reached 63 % of ema_decay")
      statisticsMomentum = list.number(
        "bn_momentum", shares, .number(BatchNormalization.standardMomentum),
        traits: OptionTraits(isOurs: true),
        "momentum of the batch normalization statistics: the weight of a new batch")
      nominalBatch = list.integer(
        "nbs", 1...4096, 64, unit: "images",
        "nominal batch size: gradients accumulate over about this many images")
    }
  }

  /// What the parts of the loss weigh.
  public struct LossGains: Sendable {
    /// Weights of the box, class and distribution focal losses.
    public let box, cls, dfl: OptionKey<Double>

    init(_ list: inout OptionList) {
      box = list.number("box", unbounded, .number(7.5), "weight of the box loss")
      cls = list.number("cls", unbounded, .number(0.5), "weight of the class loss")
      dfl = list.number("dfl", unbounded, .number(1.5), "weight of the distribution focal loss")
      list.refused(
        "label_smoothing", .number(shares), .number(0),
        because: "the YOLOv8 detection loss does not use it; leave it out",
        "softer class targets; not supported")
    }
  }

  /// What happens to the images.
  public struct Augmentation: Sendable {
    /// Color jitter as shares, rotation and shear in degrees, shift and zoom as shares.
    public let hsvH, hsvS, hsvV, degrees, translate, scale, shear, perspective: OptionKey<Double>
    /// Probabilities, 0...1.
    public let flipud, fliplr, mosaic, mixup: OptionKey<Double>
    /// How many of the last epochs do without mosaic; 0 for none.
    public let closeMosaic: OptionKey<Int>

    init(_ list: inout OptionList) {
      hsvH = list.number(
        "hsv_h", shares, .number(0.015), "hue jitter, as a fraction of the color wheel")
      hsvS = list.number("hsv_s", shares, .number(0.7), "saturation jitter, as a fraction")
      hsvV = list.number("hsv_v", shares, .number(0.4), "brightness jitter, as a fraction")
      degrees = list.number(
        "degrees", 0...180, .number(0), unit: "°", "rotation up to plus or minus")
      translate = list.number(
        "translate", shares, .number(0.1), "translation, as a fraction of the image size")
      scale = list.number(
        "scale", shares, .number(0.5), "scaling up to plus or minus this fraction")
      shear = list.number("shear", 0...89, .number(0), unit: "°", "shear up to plus or minus")
      perspective = list.number("perspective", 0...0.001, .number(0), "perspective distortion")
      flipud = list.number("flipud", shares, .number(0), "probability of a vertical flip")
      fliplr = list.number("fliplr", shares, .number(0.5), "probability of a horizontal flip")
      list.refused(
        "bgr", .number(shares), .number(0),
        because: "it is not implemented; use hsv_h= to vary colors",
        "probability of swapping red and blue; not supported")
      mosaic = list.number(
        "mosaic", shares, .number(1), "probability of mosaic (four images in one)")
      mixup = list.number("mixup", shares, .number(0), "probability of mixup (blending two images)")
      list.refused(
        "cutmix", .number(shares), .number(0),
        because: "it is not implemented; use mixup= or mosaic=", "CutMix; not supported")
      list.refused(
        "copy_paste", .number(shares), .number(0),
        because: "it needs segmentation masks, and box labels have none",
        "copy-paste augmentation; not supported")
      closeMosaic = list.integer(
        "close_mosaic", 0...1_000_000, 10, classic: 0, unit: "epochs",
        "turn mosaic off for this many last epochs; 0 keeps it on")
      list.refused(
        "rect", .flag, .flag(false),
        because: "training batches are square; validation is rectangular already",
        "rectangular training batches; not supported")
      list.refused(
        "multi_scale", .number(shares), .number(0),
        because: "it is not implemented; use scale= to vary the object size",
        "multi-scale training; not supported")
    }
  }

  /// How epochs are scored.
  public struct Scoring: Sendable {
    /// Whether every epoch is scored.
    public let validates: OptionKey<Bool>
    /// The least confidence that counts, and the IoU threshold of non-maximum suppression.
    public let confidence, iou: OptionKey<Double>
    /// The most detections of one image.
    public let maximumDetections: OptionKey<Int>

    init(_ list: inout OptionList) {
      validates = list.flag("val", true, "validate after each epoch")
      confidence = list.number(
        "conf", shares, .number(0.001), "confidence threshold")
      iou = list.number(
        "iou", shares, .number(0.7), "IoU threshold of non-maximum suppression")
      maximumDetections = list.integer(
        "max_det", 1...30_000, 300, unit: "boxes", "maximum detections per image")
    }
  }

  /// What is kept on disk, and words accepted for the sake of familiarity.
  public struct Keeping: Sendable {
    /// Every how many epochs a checkpoint is kept; -1 for best and last alone.
    public let savePeriod: OptionKey<Int>
    /// Where the run folder lies, and what it is called.
    public let project, name: OptionKey<String>
    /// Whether a folder that exists is written into.
    public let reusesFolder: OptionKey<Bool>
    /// How many decoded images the loader keeps.
    public let cache: OptionKey<ImageCacheChoice>
    /// Which other programs can read the run.
    public let log: OptionKey<LogChoice>
    /// How many processes of a cluster share the training.
    public let ranks: OptionKey<Int>

    init(_ list: inout OptionList) {
      list.refused(
        "save", .flag, .flag(true),
        because: "without checkpoints you could not use the run; leave it out",
        "write checkpoints; always on")
      savePeriod = list.integer(
        "save_period", -1...1_000_000, -1, unit: "epochs", traits: OptionTraits(scope: .files),
        "also keep a checkpoint every this many epochs; -1 keeps only best and last")
      project = list.text(
        "project", "runs/detect", traits: OptionTraits(scope: .place),
        "parent folder of the run folders")
      name = list.text("name", "train", traits: OptionTraits(scope: .place), "name of the run")
      reusesFolder = list.flag(
        "exist_ok", false, traits: OptionTraits(scope: .place),
        "write into an existing run folder")
      cache = list.choice(
        "cache", .none, traits: OptionTraits(scope: .work),
        "\"ram\" keeps all decoded images in memory; results do not change")
      log = list.choice(
        "log", .none, traits: OptionTraits(scope: .work),
        "tensorboard writes event files, mlflow a run in mlruns; results do not change")
      ranks = list.integer(
        "ranks", 1...8, 1, unit: "processes", traits: OptionTraits(scope: .work),
        "with --on slurm: MPI processes that share the training; results do not change")
      list.familiar("device", .text, .text("cpu"), "yolos always computes on the CPU")
      list.familiar("amp", .flag, .flag(false), "yolos always computes in 32-bit floats")
      list.familiar(
        "workers", .integer(0...1024), .integer(8),
        "yolos loads images on its own threads")
      list.familiar("deterministic", .flag, .flag(true), "every run is deterministic")
      list.familiar("plots", .flag, .flag(true), "use the plot command for charts")
      list.familiar(
        "verbose", .flag, .flag(true), "the program that starts the run shows the progress")
    }
  }
}
