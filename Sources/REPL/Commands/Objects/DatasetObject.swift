internal import Charts
internal import Datasets
internal import Files
internal import Language
internal import Report

/// A dataset as a value of the language.
struct DatasetObject: LanguageObject {
  let dataset: Dataset
  /// The split that commands take where they are given this value and no `split`.
  var split: DatasetSplit?

  static let objectType = ObjectType(
    "Dataset", "labeled images in up to three splits",
    members: [
      .init("name", .string, "the name of its YAML file"),
      .init("classes", .list(.string), "the names of its classes in order"),
      .init("train", .object("Dataset"), "its training split"),
      .init("val", .object("Dataset"), "its validation split"),
      .init("test", .object("Dataset"), "its test split"),
      .init("images", .integer, "number of images"),
      .init("instances", .integer, "number of labeled objects"),
      .init("backgrounds", .integer, "number of labeled images without objects"),
      .init("digest", .string, "digest of images, labels and class names"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": return .string(dataset.name)
    case "classes": return .list(dataset.classNames.map { .string($0) })
    case "train", "val", "test":
      guard let split = DatasetSplit(rawValue: name) else { return .none }
      guard !dataset[split].isEmpty else {
        throw Diagnostic("the dataset '\(dataset.name)' has no \(name) split")
      }
      return .object(DatasetObject(dataset: dataset, split: split))
    case "images": return .number(summaries.reduce(0) { $0 + $1.images })
    case "instances": return .number(summaries.reduce(0) { $0 + $1.instances })
    case "backgrounds": return .number(summaries.reduce(0) { $0 + $1.backgrounds })
    default: return .string(dataset.digest.description)
    }
  }

  var summary: String {
    let images = splits.map { "\(dataset[$0].count) \($0)" }.joined(separator: ", ")
    let classes = Wording.number(dataset.classNames.count, "class", plural: "classes")
    return "dataset '\(dataset.name)': \(images) images, \(classes)"
  }

  var digest: String { dataset.digest.description + (split.map { ":\($0)" } ?? "") }

  /// The splits that it stands for and that hold images.
  var splits: [DatasetSplit] {
    (split.map { [$0] } ?? DatasetSplit.allCases).filter { !dataset[$0].isEmpty }
  }

  /// The dataset with the splits that it stands for.
  var selected: Dataset { split.map { dataset.selecting(split: $0) } ?? dataset }

  private var summaries: [SplitSummary] { splits.map { dataset.summary(of: $0) } }
}

extension DatasetObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    var columns = [Table.Column("split")]
    for name in ["images", "without objects", "objects"] + dataset.classNames {
      columns.append(Table.Column(name, isNumeric: true))
    }
    let rows = splits.map { split -> [Table.Cell] in
      let summary = dataset.summary(of: split)
      let counts = [summary.images, summary.backgrounds, summary.instances] + summary.objects
      return [Table.Cell(split.rawValue)] + counts.map { Table.Cell(Wording.count($0)) }
    }
    let renderings: [Rendering] = [
      .table(Table(title: "Dataset \(dataset.name)", columns: columns, rows: rows))
    ]
    return renderings + memory.newNotes(on: dataset)
  }
}
