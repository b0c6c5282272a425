internal import Checkpoints
internal import Datasets
internal import Files
internal import Foundation
internal import Language
internal import Layers
internal import Training
internal import YOLO

/// The head of a job's description: who wrote it, for whom, and where its inputs lie.
struct JobFileHead: Codable, Sendable {
  /// What computes; a job is done by the same engine that wrote it down.
  struct Engine: Codable, Equatable, Sendable {
    var version = Release.version
    var numbers = Release.numbers
    let backend: String
  }

  /// Where the work is done, seen from any machine that shares the folder.
  struct Place: Codable, Sendable {
    /// The working directory, from the root; all other paths may count from it.
    let directory: String
    let baseFolder, runsFolder, shownRunsFolder, cacheFolder: String
    /// Whether others who need the same result wait for this job.
    let isClaimed: Bool
  }

  static let format = "yolos-job"
  static let layout = 1

  var format = JobFileHead.format
  var layout = JobFileHead.layout
  let engine: Engine
  /// The digest that names the result in the cache.
  let key: String
  /// Which kind of job it is; see ``JobKinds``.
  let kind: String
  /// What people call it.
  let title: String
  let place: Place
  let models: [TravelingModel]
  let datasets: [TravelingDataset]
}

/// A job's description as `yolos job` reads it.
struct JobFile<Work: Job>: Codable, Sendable {
  let head: JobFileHead
  let job: Work

  /// Writes it in one step.
  func write(to path: String) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = JobRunner.encodedFloats
    guard let content = try? encoder.encode(self) else {
      preconditionFailure("a job '\(head.kind)' cannot be encoded")
    }
    try AtomicFile.write(content, to: path)
  }
}

/// The kinds of jobs that travel.
enum JobKinds {
  private static let all: [any Job.Type] = [
    TrainingJob.self, ValidationJob.self, PredictionJob.self, ErrorsJob.self, SuspectsJob.self,
  ]

  /// The name of a kind in job files.
  static func name(of kind: any Job.Type) -> String { String(describing: kind) }

  /// The kind of a name.
  static func named(_ name: String) -> (any Job.Type)? { all.first { self.name(of: $0) == name } }
}

/// A mistake in a job's file, or in what it names.
struct JobFileError: Error, CustomStringConvertible {
  /// One line.
  let description: String

  init(_ file: String, _ problem: String) { description = "\(file): \(problem)" }
}

extension JobFileHead {
  /// The head of a description, checked: a file that is damaged or comes from another program is an error.
  ///
  /// - Returns: The head and the whole content.
  static func read(_ path: String) throws(JobFileError) -> (head: JobFileHead, content: Data) {
    struct Marks: Codable {
      let format: String
      let layout: Int
    }
    struct Outer<Head: Codable>: Codable { let head: Head }
    let content: Data
    do { content = try AtomicFile.read(path) } catch {
      throw JobFileError(
        path,
        "\(error.reason) on \(Machine.name); jobs need a folder that all machines see under the same path"
      )
    }
    let decoder = JSONDecoder()
    guard let marks = try? decoder.decode(Outer<Marks>.self, from: content).head,
      marks.format == format
    else {
      throw JobFileError(
        path, "this is no job file: expected JSON with head.format = \"\(format)\"")
    }
    guard marks.layout == layout else {
      throw JobFileError(
        path,
        "layout \(marks.layout), expected \(layout): run the yolos that wrote the file, on every machine"
      )
    }
    do {
      let head = try decoder.decode(Outer<JobFileHead>.self, from: content).head
      let own = Engine(backend: head.engine.backend)
      guard head.engine == own else {
        throw JobFileError(
          path,
          "written by yolos \(head.engine.version) (numbers \(head.engine.numbers)), and this is "
            + "\(own.version) (numbers \(own.numbers)): run the same yolos on every machine")
      }
      return (head, content)
    } catch let error as JobFileError { throw error } catch {
      throw JobFileError(path, "damaged: \(Self.words(for: error))")
    }
  }

  /// What a decoder did not like, in a few words.
  static func words(for error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        .joined(separator: ".")
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      let place = path(context)
      return "'\(place.isEmpty ? "" : place + ".")\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "'\(path(context))' is of the wrong kind"
    case .dataCorrupted(let context):
      let place = path(context)
      return place.isEmpty ? context.debugDescription : "'\(place)': \(context.debugDescription)"
    default: return "\(error)"
    }
  }
}

// MARK: Inputs

/// A model on its way: where its weights lie.
struct TravelingModel: Codable, Sendable {
  let input: ModelInput
  let file: String

  /// Weights of a run lie in its folder; those of other models are put into the folder of jobs, once.
  ///
  /// - Returns: nil where a file cannot hold the model whole, so that it cannot travel.
  init?(_ source: any ModelSource, in cache: String) throws(Diagnostic) {
    input = ModelInput(source)
    if let checkpoint = source as? CheckpointObject {
      file = checkpoint.record.file
      return
    }
    file = "\(JobFolder.place(in: cache))/models/\(input.weights).safetensors"
    guard !Paths.exists(file) else { return }
    let model = try source.model(), file = file
    try attempt {
      try AtomicFile.makeFolder(PathText.folder(of: file))
      try Checkpoint(
        state: model.stateDictionary(), names: model.classNames, strides: model.strides
      ).write(to: file, half: false)
    }
    guard (try? TraveledModel(self).model()) != nil else {
      try? FileManager.default.removeItem(atPath: file)
      return nil
    }
  }
}

/// A model that came with a job.
struct TraveledModel: ModelSource {
  private let origin: TravelingModel

  init(_ origin: TravelingModel) { self.origin = origin }

  static var objectType: ObjectType { ModelObject.objectType }

  var title: String { origin.input.title }
  var weights: String { origin.input.weights }
  var freshSeed: UInt64? { origin.input.freshSeed }
  var freezing: Freezing { .none }
  var digest: String { weights }
  var summary: String { "model '\(title)'" }

  func member(_ name: String) throws(Diagnostic) -> Value {
    preconditionFailure("a job looks at no member")
  }

  /// A job's options hold the confidences that were asked for.
  func thresholds() throws(Diagnostic) -> BestThresholds? { nil }

  func model() throws(Diagnostic) -> Model {
    let file = origin.file
    guard Paths.exists(file) else {
      throw Diagnostic(
        "\(Machine.name) cannot see '\(file)', the weights of '\(title)'",
        hint: "jobs need a folder that all machines see under the same path")
    }
    let model = try attempt { try Model.read(file) }
    let isRunFile = try attempt { try Digest(ofFile: file).description == weights }
    guard isRunFile || "\(model.weightDigest())" == weights else {
      throw Diagnostic("'\(file)' no longer contains the weights '\(title)': its digest differs")
    }
    return model
  }
}

/// A dataset on its way: a list of what is in it; images stay where they are.
struct TravelingDataset: Codable, Sendable {
  let input: DatasetInput
  /// The one split that it stands for.
  let split: DatasetSplit?
  let file: String

  private struct Listing: Codable {
    let name, file: String
    let classNames: [String]
    let splits: [String: [Item]]
  }

  private struct Item: Codable {
    let image: String
    let label: String?
    let size: [Int]
    let digest: String
    /// Class, center and size of each object.
    let rows: [[Double]]
  }

  /// Writes down what is in a dataset, once.
  init(_ object: DatasetObject, in cache: String) throws(Diagnostic) {
    input = DatasetInput(object)
    split = object.split
    let dataset = object.dataset
    let listing = Listing(
      name: dataset.name, file: dataset.file, classNames: dataset.classNames,
      splits: Dictionary(
        uniqueKeysWithValues: dataset.splits.map { ($0.rawValue, $1.map(Self.item)) }))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let content = try? encoder.encode(listing) else {
      preconditionFailure("a dataset cannot be encoded")
    }
    // Two lists of the same images at different places are two files.
    let file = "\(JobFolder.place(in: cache))/data/\(Digest(of: content)).json"
    self.file = file
    guard !Paths.exists(file) else { return }
    try attempt { try AtomicFile.write(content, to: file) }
  }

  /// The dataset as the job sees it.
  ///
  /// - Throws: A diagnostic where the list or an image cannot be seen, or is another one.
  func object() throws(Diagnostic) -> DatasetObject {
    guard Paths.exists(file) else { throw unseen(file, "the list of its images") }
    let file = file
    let listing = try attempt {
      do {
        return try JSONDecoder().decode(Listing.self, from: AtomicFile.read(file))
      } catch let error as DecodingError {
        throw JobFileError(file, "damaged: \(JobFileHead.words(for: error))")
      }
    }
    var splits: [DatasetSplit: [Sample]] = [:]
    for (name, items) in listing.splits {
      guard let split = DatasetSplit(rawValue: name) else {
        throw Diagnostic("\(file): damaged: there is no split '\(name)'")
      }
      var samples: [Sample] = []
      for item in items {
        guard let sample = Self.sample(item, classes: listing.classNames.count) else {
          throw Diagnostic("\(file): damaged: '\(item.image)' has a row or a digest that is none")
        }
        samples.append(sample)
      }
      splits[split] = samples
    }
    // One of each: a folder that is not shared lacks all of them.
    for sample in splits.values.compactMap(\.first) where !Paths.exists(sample.imagePath) {
      throw unseen(sample.imagePath, "an image of it")
    }
    let dataset = Dataset(
      name: listing.name, file: listing.file, classNames: listing.classNames, splits: splits)
    let object = DatasetObject(dataset: dataset, split: split)
    guard DatasetInput(object) == input else {
      throw Diagnostic("\(file): this is another dataset than '\(input.name)': its digest differs")
    }
    return object
  }

  private func unseen(_ path: String, _ what: String) -> Diagnostic {
    Diagnostic(
      "\(Machine.name) cannot see '\(path)', which the dataset '\(input.name)' needs: \(what)",
      hint: "jobs need a folder that all machines see under the same path")
  }

  private static func item(_ sample: Sample) -> Item {
    Item(
      image: sample.imagePath, label: sample.labelPath, size: [sample.width, sample.height],
      digest: sample.imageDigest.description,
      rows: sample.rows.map {
        [Double($0.classIndex), $0.centerX, $0.centerY, $0.width, $0.height]
      })
  }

  private static func sample(_ item: Item, classes: Int) -> Sample? {
    guard item.size.count == 2, let digest = Digest(hexadecimal: item.digest) else { return nil }
    var rows: [LabelRow] = []
    for row in item.rows {
      guard row.count == 5, row.allSatisfy(\.isFinite), let index = Int(exactly: row[0]),
        (0..<classes).contains(index)
      else { return nil }
      rows.append(
        LabelRow(
          classIndex: index, centerX: row[1], centerY: row[2], width: row[3], height: row[4]))
    }
    return Sample(
      imagePath: item.image, labelPath: item.label, width: item.size[0], height: item.size[1],
      rows: rows, imageDigest: digest)
  }
}

extension Digest {
  /// A digest from its 64 hexadecimal digits; nil for any other text.
  init?(hexadecimal text: String) {
    let digits = text.utf8.map { digit -> UInt8? in
      switch digit {
      case 0x30...0x39: digit - 0x30
      case 0x61...0x66: digit - 0x57
      default: nil
      }
    }
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }
}
