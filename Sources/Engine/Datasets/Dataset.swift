public import Files
internal import Foundation

/// What the reading of a dataset does about labels and images that are wrong.
public enum LabelPolicy: String, CaseIterable, Sendable {
  /// Any problem is an error; nothing is left out unsaid.
  case strict
  /// Corrects and leaves out what the reference corrects and leaves out, and counts it.
  case lenient
}

/// A dataset that has been read and audited: class names and, for each split, images with labels.
public struct Dataset: Sendable {
  /// What the dataset is called: the name of its file without the suffix, or of its folder.
  public let name: String
  /// The file or folder that opens it.
  public let file: String
  /// The classes by index.
  public let classNames: [String]
  /// The images of each split that the dataset has, in the order of their paths' bytes.
  public let splits: [DatasetSplit: [Sample]]
  /// The identity of the content: names, and per split the images' names and bytes and their labels.
  public let digest: Digest
  /// What its user should hear.
  public let notes: [DatasetNote]
  /// What the lenient reading corrected or left out, and what is harmless.
  public let problems: [DatasetProblem]

  /// A dataset from its parts; the digest is made from them.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - file: The file it came from, for messages.
  ///   - classNames: The classes by index; every row's class is one of them.
  ///   - splits: The images of each split.
  ///   - notes: What its user should hear.
  ///   - problems: What was corrected or left out.
  public init(
    name: String, file: String, classNames: [String], splits: [DatasetSplit: [Sample]],
    notes: [DatasetNote] = [], problems: [DatasetProblem] = []
  ) {
    (self.name, self.file, self.classNames, self.splits) = (name, file, classNames, splits)
    (self.notes, self.problems) = (notes, problems)
    digest = Self.digest(classNames, splits)
  }

  /// The digest of a text of lines: the classes, and of each split the images with their rows.
  private static func digest(
    _ classNames: [String], _ splits: [DatasetSplit: [Sample]]
  ) -> Digest {
    var hasher = Digest.Hasher()
    var lines: [UInt8] = []
    func add(_ text: String, to hasher: inout Digest.Hasher) {
      lines += text.utf8
      lines.append(UInt8(ascii: "\n"))
      guard lines.count > 1 << 16 else { return }
      hasher.update(Data(lines))
      lines.removeAll(keepingCapacity: true)
    }
    for name in classNames { add("class " + name, to: &hasher) }
    for split in DatasetSplit.allCases {
      guard let samples = splits[split] else { continue }
      add("split \(split)", to: &hasher)
      for sample in samples {
        lines += sample.fileName.utf8
        lines.append(UInt8(ascii: " "))
        lines += sample.imageDigest.hexadecimal
        add(sample.isLabeled ? " true" : " false", to: &hasher)
        for row in sample.rows { add(row.text, to: &hasher) }
      }
    }
    hasher.update(Data(lines))
    return hasher.finish()
  }

  /// The same images and labels with other words around them; the digest stays.
  init(_ other: Dataset, name: String? = nil, file: String? = nil, notes: [DatasetNote]) {
    (self.name, self.file) = (name ?? other.name, file ?? other.file)
    (classNames, splits, digest) = (other.classNames, other.splits, other.digest)
    (self.notes, problems) = (notes, other.problems)
  }

  /// The images to learn from; empty where the dataset has none.
  public var train: [Sample] { self[.train] }
  /// The images that decide between epochs and runs; empty where the dataset has none.
  public var val: [Sample] { self[.val] }
  /// The images kept for the end; empty where the dataset has none.
  public var test: [Sample] { self[.test] }
  /// The images of one split; empty where the dataset has none.
  public subscript(split: DatasetSplit) -> [Sample] { splits[split] ?? [] }
}

/// How many images and objects a split has.
public struct SplitSummary: Equatable, Sendable {
  /// All images.
  public var images = 0
  /// Images in which nothing is labeled, though labels were looked for.
  public var backgrounds = 0
  /// Images of the test split without a label file.
  public var unlabeled = 0
  /// Labeled objects of each class.
  public var objects: [Int] = []

  /// A summary from its counts.
  public init(images: Int = 0, backgrounds: Int = 0, unlabeled: Int = 0, objects: [Int] = []) {
    (self.images, self.backgrounds) = (images, backgrounds)
    (self.unlabeled, self.objects) = (unlabeled, objects)
  }

  /// Labeled objects of all classes.
  public var instances: Int { objects.reduce(0, +) }
}

extension Dataset {
  /// How many images and objects a split has.
  public func summary(of split: DatasetSplit) -> SplitSummary {
    var summary = SplitSummary(objects: [Int](repeating: 0, count: classNames.count))
    for sample in self[split] {
      summary.images += 1
      if split == .test && !sample.isLabeled {
        summary.unlabeled += 1
      } else if sample.rows.isEmpty {
        summary.backgrounds += 1
      }
      for row in sample.rows { summary.objects[row.classIndex] += 1 }
    }
    return summary
  }
}
