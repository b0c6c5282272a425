internal import Datasets
internal import Files
internal import Foundation
internal import Language
internal import Weights

/// A first script for a dataset: `yolos new toys.yolos --data plush`.
///
/// It runs as it is, and has gaps for the thoughts that only its author can have.
package struct FirstScript {
  /// Where it is written.
  private let path: String
  /// The dataset as the script writes it, seen from the script's folder.
  private let source: String
  private let dataset: Dataset
  /// What the training starts from, as the script writes it.
  private let weights: String
  /// What is to be said of those weights.
  private let remark: String

  /// Why no script was written.
  package struct Problem: Error, CustomStringConvertible {
    /// One or more lines.
    package let description: String
  }

  /// Looks at a dataset.
  ///
  /// - Parameters:
  ///   - path: Where the script will lie.
  ///   - data: What `dataset` opens, seen from the working directory.
  ///   - weights: What the training starts from; chosen where nil.
  ///   - installation: What came along with the program.
  /// - Throws: ``Problem`` where the dataset cannot be opened, or has nothing to train on.
  package init(
    path: String, data: String, weights: String? = nil, installation: Installation = .current
  ) throws(Problem) {
    let folder = PathText.folder(of: path), here = folder.isEmpty ? "." : folder
    guard Paths.exists(data) else {
      throw Problem(description: "no such file or folder: '\(data)'")
    }
    do throws(DatasetError) { dataset = try Dataset(contentsOf: data, labels: .lenient) } catch {
      throw Problem(description: "\(error)")
    }
    guard !dataset.train.isEmpty else {
      throw Problem(description: "the dataset '\(dataset.name)' has no training images")
    }
    self.path = path
    source = data.hasPrefix("/") ? data : Paths.relative(data, to: here)
    let configuration = Workplace.Configuration()
    if let weights {
      let isFile = Paths.exists(weights) && !weights.hasPrefix("/")
      self.weights = isFile ? Paths.relative(weights, to: here) : weights
      remark = "the model to start from"
    } else if configuration.fetchedPath("yolov8n.pt").map(Paths.exists) == true {
      self.weights = "yolov8n.pt"
      remark = "the official weights, trained on the 80 classes of COCO"
    } else if let nano = installation.weights {
      self.weights = nano
      remark = "knows drawn objects; for photos: yolos fetch yolov8n.pt, then \"yolov8n.pt\""
    } else {
      self.weights = "yolov8n.yaml"
      remark = "from scratch; better: yolos fetch yolov8n.pt, then \"yolov8n.pt\""
    }
  }

  /// Writes it, unless a file is there.
  ///
  /// - Throws: ``Problem`` where a file is there, or it cannot be written.
  package func write() throws(Problem) {
    guard !Paths.exists(path) else {
      throw Problem(description: "there is a file '\(path)' already; give another name")
    }
    do { try AtomicFile.write(text, to: path) } catch {
      throw Problem(description: "\(error)")
    }
  }

  // MARK: Facts

  /// Below so many images to validate on, a score says little.
  private static let fewImages = 10
  /// Beyond these, larger inputs cost more time than most objects need.
  private static let sides = 64...640

  /// The side of the network's input: the median of the images' longer sides, as a multiple of 32.
  var imageSize: Int {
    let sides = dataset.train.map { max($0.width, $0.height) }.sorted()
    let side = (sides[sides.count / 2] + 31) / 32 * 32
    return min(max(side, Self.sides.lowerBound), Self.sides.upperBound)
  }

  /// The split whose images the model is shown at the end: those it was not chosen by, if there are any.
  private var lastSplit: DatasetSplit {
    dataset.val.isEmpty || dataset.test.isEmpty ? .val : .test
  }

  /// An image without objects, as the script writes its path; one the model was not trained on if there is one.
  var emptyImage: String? {
    let folder = PathText.folder(of: path)
    for split in [DatasetSplit.test, .val, .train] {
      let empty = dataset[split].first {
        // Without a label file nobody has said that a test image is empty.
        $0.rows.isEmpty && (split != .test || $0.isLabeled)
      }
      guard let empty else { continue }
      return Paths.relative(empty.imagePath, to: folder.isEmpty ? "." : folder)
    }
    return nil
  }

  // MARK: Text

  /// The script, in the one style.
  package var text: String {
    let source = SourceText(name: path, draft)
    return ScriptFormatter.format(source, notation: .steps).text
  }

  private var draft: String {
    let parts = [
      head, parameters, data, training, lessons, emptyImage.map(falsePositives) ?? "", ending,
    ]
    return "#!/usr/bin/env yolos\n" + parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func quoted(_ text: String) -> String { StringLiteral.quoted(text) }

  /// The dataset's name, or none where it cannot be a title.
  private var title: String {
    let plain = dataset.name.filter { !$0.isNewline && $0 != "{" && $0 != "}" }
    return plain.isEmpty ? "A first model" : plain
  }

  private var head: String {
    """
    # # \(title)
    #
    # What do you want to know, and what do you expect? Write it here before you run this file, and compare at the end.

    """
  }

  private var parameters: String {
    let name = PathText.name(of: path)
    return """
      param epochs = \(epochs)  ## for a quick trial: yolos run \(name) -p epochs=2
      param size = \(imageSize)  ## width and height of the network's input, in pixels
      param weights = \(Self.quoted(weights))  ## \(remark)

      """
  }

  /// So many that each model sees enough images, as `epochs="auto"` has it.
  private var epochs: Int {
    let images = dataset.train.count
    let (base, each) = weights.hasSuffix(".yaml") ? (3000, 20) : (150, 3)
    return (base + images - 1) / images + each
  }

  private var data: String {
    let opened =
      dataset.problems.isEmpty
      ? "dataset \(Self.quoted(source))" : "dataset \(Self.quoted(source)) labels=\"lenient\""
    var text = "# ## The data\n\n"
    if dataset.val.isEmpty {
      text += """
        # No images are set aside for validation, so a quarter of them is: the model never trains on these.

        all = \(opened)
        data = convert all.train to=\(Self.quoted(PathText.stem(of: path) + "-split")) val=0.25

        """
    } else {
      text += "data = \(opened)\n"
    }
    text += """

      # Look at the boxes: what is labeled wrong here is learned wrong.

      show data
      audit data epochs=epochs imgsz=size

      """
    return text + remarks
  }

  /// What should be known of the data before a score is believed.
  private var remarks: String {
    var lines: [String] = []
    let count = dataset.val.count
    if (1..<Self.fewImages).contains(count) {
      lines.append(
        "# \(Wording.number(count, "image")) to validate on: one box more or less moves the scores a lot."
      )
      lines.append(
        "# `crossval` in place of `train` takes longer and holds out every image once, so that all of them count."
      )
    }
    let rare = zip(dataset.classNames, dataset.summary(of: .train).objects).filter { $1 < 10 }
    if !rare.isEmpty, dataset.classNames.count > 1 {
      let names = Wording.names(rare.map { Self.harmless($0.0) })
      lines.append("# Fewer than ten objects to learn from: \(names).")
    }
    return lines.isEmpty ? "" : "\n" + lines.joined(separator: "\n") + "\n"
  }

  /// A name in prose, where braces open an interpolation.
  private static func harmless(_ name: String) -> String {
    name.filter { !$0.isNewline }.replacing("{", with: "{{").replacing("}", with: "}}")
  }

  private var training: String {
    """
    # ## The training
    #
    # `recipe="small"` chooses every option that is not given, by the number of images and the size of the model.

    model = load weights
    first = train model data=data recipe="small" epochs=epochs imgsz=size name="first"
    show first
    plot first

    # mAP50 is {first.best.map50:.3f} and mAP50-95 {first.best.map50_95:.3f}, in epoch {first.best.epoch}. Is that what you expected?

    """
  }

  private var lessons: String {
    """
    # ## What it sees, and what it misses

    seen = predict first source=data.\(lastSplit.rawValue) imgsz=size
    show seen
    wrong = errors first.best data=data imgsz=size
    show wrong

    # Which mistakes matter to you? More photos of what it misses help more than more epochs.

    """
  }

  private func falsePositives(_ image: String) -> String {
    """
    # This image has no object in it. Whatever the model finds here is a false positive.

    nothing = predict first source=\(Self.quoted(image)) imgsz=size
    show nothing

    """
  }

  private var ending: String {
    """
    # ## What we learned
    #
    # Write it here. Then change one thing, such as `freeze=10` or a larger model, and compare.

    """
  }
}
