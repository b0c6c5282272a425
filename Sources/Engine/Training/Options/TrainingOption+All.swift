extension TrainingOption {
  /// Every option of training, in the order of help and `args.yaml`.
  public static let all: [TrainingOption] =
    course + optimization + lossGains + augmentation + validation + keeping

  private static let unbounded = 0.0...1e300
  private static let fraction = 0.0...1.0

  /// How long, how large, and with which weights.
  private static let course: [TrainingOption] = [
    TrainingOption(
      "epochs", .integer(1...1_000_000), .integer(100), unit: "epochs",
      "how often the training photographs are seen"),
    TrainingOption(
      "time", .number(unbounded), .none, unit: "h",
      support: .refused(
        "a run that ends by the clock cannot be reproduced; use epochs=, and patience= to stop early"
      ),
      "training for a wall-clock time; refused"),
    TrainingOption(
      "patience", .integer(0...1_000_000), .integer(100), unit: "epochs",
      classic: .integer(50), "stop after so many epochs without a better one; 0 never stops early"),
    TrainingOption(
      "batch", .integer(1...4096), .integer(16), unit: "images",
      "photographs of one step"),
    TrainingOption(
      "imgsz", .integer(32...4096), .integer(640), unit: "px",
      "side of the square network input, a multiple of 32"),
    TrainingOption(
      "seed", .integer(0...Int(UInt32.max)), .integer(0),
      "where the random numbers start; the same seed gives the same weights"),
    flag("pretrained", true, "start from the model's weights; false draws new ones"),
    flag(
      "cls_remap", true,
      "keep the class rows of classes whose names the data set shares with the model"),
    TrainingOption(
      "freeze", .freezing, .none, unit: "modules",
      "modules that keep their weights: a count from the front, a list of indices, or of names"),
    TrainingOption(
      "freeze_bn", .flag, .flag(true), classic: .flag(false),
      "frozen modules keep the statistics of their batch normalisation too"),
    flag("single_cls", false, "treat all classes as one"),
    TrainingOption(
      "fraction", .number(fraction), .number(1),
      "share of the training photographs that is used"),
    flag("resume", false, "continue an interrupted run"),
  ]

  /// Optimizer, learning rate, warm-up.
  private static let optimization: [TrainingOption] = [
    TrainingOption(
      "optimizer", .choice(["auto", "SGD", "Adam", "AdamW"]), .text("auto"),
      "auto takes AdamW up to 10,000 iterations, SGD above, and sets lr0 and momentum"),
    TrainingOption("lr0", .number(unbounded), .number(0.01), "learning rate at the start"),
    TrainingOption(
      "lrf", .number(unbounded), .number(0.01),
      "learning rate at the end, as a share of lr0"),
    TrainingOption(
      "momentum", .number(0...0.9999), .number(0.937),
      "momentum of SGD, first beta of Adam and AdamW"),
    TrainingOption(
      "weight_decay", .number(unbounded), .number(0.0005),
      "decay of convolution weights, scaled by batch * accumulate / nbs"),
    TrainingOption(
      "warmup_epochs", .number(unbounded), .number(3), unit: "epochs",
      "how long the learning rate rises"),
    TrainingOption(
      "warmup_momentum", .number(0...0.9999), .number(0.8),
      "momentum of SGD at the start of the warm-up"),
    TrainingOption(
      "warmup_bias_lr", .number(unbounded), .number(0.1),
      "learning rate of biases at the start of the warm-up"),
    TrainingOption(
      "warmup_floor", .integer(0...1_000_000), .integer(0), unit: "iterations",
      classic: .integer(100), "the warm-up lasts at least so long"),
    flag("cos_lr", false, "the learning rate falls along a cosine, not a line"),
    TrainingOption(
      "nbs", .integer(1...4096), .integer(64), unit: "images",
      "gradients are gathered until about so many images were seen"),
  ]

  /// What the parts of the loss weigh.
  private static let lossGains: [TrainingOption] = [
    TrainingOption("box", .number(unbounded), .number(7.5), "weight of the box loss"),
    TrainingOption("cls", .number(unbounded), .number(0.5), "weight of the class loss"),
    TrainingOption(
      "dfl", .number(unbounded), .number(1.5),
      "weight of the distribution focal loss"),
    TrainingOption(
      "label_smoothing", .number(fraction), .number(0),
      support: .refused("the reference's detection loss never used it; leave it out"),
      "softer class targets; refused"),
  ]

  /// What happens to the images.
  private static let augmentation: [TrainingOption] = [
    TrainingOption("hsv_h", .number(fraction), .number(0.015), "hue jitter, a share of the circle"),
    TrainingOption("hsv_s", .number(fraction), .number(0.7), "saturation jitter, as a share"),
    TrainingOption("hsv_v", .number(fraction), .number(0.4), "brightness jitter, as a share"),
    TrainingOption(
      "degrees", .number(0...180), .number(0), unit: "°", "rotation up to plus or minus"),
    TrainingOption("translate", .number(fraction), .number(0.1), "shift, as a share of the image"),
    TrainingOption("scale", .number(fraction), .number(0.5), "zoom up to plus or minus this share"),
    TrainingOption("shear", .number(0...89), .number(0), unit: "°", "shear up to plus or minus"),
    TrainingOption("perspective", .number(0...0.001), .number(0), "perspective distortion"),
    TrainingOption("flipud", .number(fraction), .number(0), "probability of an upside-down flip"),
    TrainingOption("fliplr", .number(fraction), .number(0.5), "probability of a left-right flip"),
    TrainingOption(
      "bgr", .number(fraction), .number(0),
      support: .refused("it is not built; hsv_h= varies the colours"),
      "probability of swapping red and blue; refused"),
    TrainingOption("mosaic", .number(fraction), .number(1), "probability of a mosaic of four"),
    TrainingOption("mixup", .number(fraction), .number(0), "probability of blending two images"),
    TrainingOption(
      "cutmix", .number(fraction), .number(0),
      support: .refused("it is not built; mixup= and mosaic= are"), "pasting parts; refused"),
    TrainingOption(
      "copy_paste", .number(fraction), .number(0),
      support: .refused("it needs outlines of the objects, and box labels have none"),
      "pasting objects; refused"),
    TrainingOption(
      "close_mosaic", .integer(0...1_000_000), .integer(10), unit: "epochs",
      classic: .integer(0), "no mosaic in the last epochs; 0 keeps it to the end"),
    TrainingOption(
      "rect", .flag, .flag(false),
      support: .refused("training batches are square; validation is rectangular already"),
      "rectangular training batches; refused"),
    TrainingOption(
      "multi_scale", .number(fraction), .number(0),
      support: .refused("it is not built; scale= varies the size of the objects"),
      "varying input size; refused"),
  ]

  /// How epochs are scored.
  private static let validation: [TrainingOption] = [
    flag("val", true, "score the validation photographs after each epoch"),
    TrainingOption("conf", .number(fraction), .number(0.001), "detections below do not count"),
    TrainingOption(
      "iou", .number(fraction), .number(0.7),
      "overlap above which the weaker of two boxes is dropped"),
    TrainingOption(
      "max_det", .integer(1...30_000), .integer(300), unit: "boxes",
      "at most so many detections an image"),
  ]

  /// What is kept on disk, and words accepted for the sake of familiarity.
  private static let keeping: [TrainingOption] = [
    TrainingOption(
      "save", .flag, .flag(true),
      support: .refused("a run without checkpoints leaves nothing to use; leave it out"),
      "write checkpoints; they always are"),
    TrainingOption(
      "save_period", .integer(-1...1_000_000), .integer(-1), unit: "epochs",
      "keep a checkpoint every so many epochs; -1 keeps best and last alone"),
    TrainingOption("project", .text, .text("runs/detect"), "folder of the run folders"),
    TrainingOption("name", .text, .text("train"), "name of the run"),
    flag("exist_ok", false, "write into a run folder that exists"),
    TrainingOption(
      "cache", .choice(["none", "ram"]), .text("none"),
      "ram keeps all decoded photographs in memory; changes no result"),
    familiar("device", .text, .text("cpu"), "computing is done on the CPU"),
    familiar("amp", .flag, .flag(false), "computing is done in 32-bit floats"),
    familiar(
      "workers", .integer(0...1024), .integer(8),
      "photographs are prepared by the program's own threads"),
    familiar("deterministic", .flag, .flag(true), "every run is deterministic"),
    familiar("plots", .flag, .flag(true), "charts are made by the plot command"),
    familiar("verbose", .flag, .flag(true), "progress is shown by whoever started the run"),
  ]

  private static func flag(_ name: String, _ value: Bool, _ help: String) -> TrainingOption {
    TrainingOption(name, .flag, .flag(value), help)
  }

  /// An option that users pass by habit and that changes nothing here.
  private static func familiar(
    _ name: String, _ kind: Kind, _ value: OptionValue, _ why: String
  ) -> TrainingOption {
    TrainingOption(name, kind, value, support: .noted(why), "accepted; \(why)")
  }
}
