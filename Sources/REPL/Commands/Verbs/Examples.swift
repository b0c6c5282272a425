internal import Language

/// Examples that need data or a run before they can show anything: small ones, since the tests run
/// each of them.
extension [Example] {
  private static let data = """
    plush = toys "plush" kinds=["oslik", "ovecka"] train=4 val=2 test=0 size=64
    nano = load "yolov8n.yaml"
    """
  private static let run =
    data + "\nfirst = train nano data=plush epochs=1 imgsz=64 batch=4 name=\"first\""
  private static let runs =
    run + "\nsecond = train nano data=plush epochs=1 imgsz=64 batch=4 freeze=10 name=\"second\""

  static let train = [
    Example("first = train nano data=plush epochs=2 imgsz=64 batch=4", after: data),
    Example("train nano data=plush epoch=2", after: data, fails: "'train' has no option 'epoch'"),
    Example(
      "train nano data=plush lr0=0.02", after: data, fails: "optimizer=auto chooses it"),
  ]
  static let study = [
    Example("s = study nano data=plush seeds=2 epochs=1 imgsz=64 batch=4", after: data),
    Example("study nano data=plush seeds=1", after: data, fails: "from 2 to 1000 seeds"),
  ]
  static let crossval = [
    Example("c = crossval nano data=plush folds=2 epochs=1 imgsz=64 batch=4", after: data),
    Example(
      "crossval nano data=plush folds=500 epochs=1", after: data, fails: "are too few for 500 folds"
    ),
  ]
  static let resume = [
    Example("resume \"runs/absent\" data=plush", after: data, fails: "has nothing to resume")
  ]
  static let extend = [
    Example("more = extend first epochs=1", after: run),
    Example("extend first", after: run, fails: "'extend' needs the option 'epochs'"),
  ]
  static let val = [Example("val first.best data=plush imgsz=64", after: run)]
  static let errors = [
    Example("wrong = errors first.best data=plush imgsz=64", after: run)
  ]
  static let suspects = [
    Example("doubtful = suspects first.best data=plush imgsz=64 count=5", after: run)
  ]
  static let forget = [
    Example("forget second.best before=first.best data=plush imgsz=64", after: runs)
  ]
  static let predict = [
    Example("seen = predict first source=plush.val conf=0.1 imgsz=64", after: run),
    Example(
      "predict nano source=plush.val conf=\"best\"", after: data,
      fails: "its best confidence is unknown"),
    Example(
      "predict nano source=\"absent.jpg\"", after: data,
      fails: "no such file or folder: 'absent.jpg'"),
  ]
  static let ensemble = [
    Example("ensemble [first, second] source=plush.val imgsz=64", after: runs)
  ]
  static let preview = [Example("preview plush imgsz=64 mosaic=0.5", after: data)]
  static let audit = [Example("audit plush epochs=20", after: data)]
  static let convert = [
    Example("convert plush to=\"coco\" format=\"coco\"", after: data),
    Example("split = convert plush.train to=\"split\" val_files=\"000003*\"", after: data),
    Example(
      "convert plush to=\"split\" val_files=\"IMG*\"", after: data,
      fails: "no image name matches 'IMG*'"),
    Example(
      "convert plush to=\"split\" val_files=\"0*\" val=0.5", after: data,
      fails: "split images by file name or by fraction, not both"),
    Example("split = convert \"plush/toys.yaml\" to=\"split\" val=0.25", after: data),
  ]
  static let merge = [
    Example("sheep = merge plush classes=[\"ovecka\"]", after: data),
    Example(
      "part = merge plush.train\npart.val", after: data,
      fails: "the dataset 'plush' has no val split"),
  ]
  static let plot = [
    Example("plot first", after: run),
    Example("plot [first, second] metric=\"map50_95\"", after: runs),
  ]
  static let compare = [
    Example("compare [first, second]", after: runs),
    Example(
      """
      a = study nano data=plush seeds=2 epochs=1 imgsz=64 batch=4
      b = study nano data=plush seeds=2 epochs=1 imgsz=64 batch=4 freeze=10
      compare [a, b] plots=false
      """, after: data),
  ]
  static let cost = [Example("cost first rate=0.9 currency=\"EUR\"", after: run)]
  static let time = [Example("time", after: data)]
  static let why = [Example("why", after: run)]
}
