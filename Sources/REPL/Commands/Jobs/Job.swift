internal import Datasets
internal import Language

/// An expensive step as a value: what its result depends on, and how the result is worked out.
///
/// A job is complete in itself but for the contents that its digests name (``JobInputs``), so it can be
/// written down and carried out anywhere.
protocol Job: Codable, Sendable {
  /// Everything that decides the result, with digests for models, data and files.
  ///
  /// The cache key, and what `why` says, come from this value alone. A job may hold more, such as a title or
  /// the place of a folder: two jobs with the same ingredients have the same result.
  associatedtype Ingredients: Codable & Equatable & Sendable
  /// What comes of it, as the cache keeps it.
  associatedtype Result: Codable

  /// The command, for people and as part of the key.
  var command: String { get }
  var ingredients: Ingredients { get }
  /// The data and weights that the result came from, in the order in which a report names them.
  var citations: [Citation] { get }

  /// Why a result from the cache no longer serves, for example because its files are gone; nil where it does.
  func objection(to result: Result) -> String?

  /// Does what is wanted beside a result that was found, such as logs that other programs read.
  func took(_ result: Result, on inputs: JobInputs, at workplace: Workplace, display: Display)

  /// Whether it writes where another job may write, so that it waits for all before it.
  var mustRunAlone: Bool { get }

  /// How many processes of a cluster share the work.
  var ranks: Int { get }

  /// The job with the places where it will write, chosen before it leaves for another process.
  ///
  /// - Parameter earlier: The same job as it left before, if it did and never came back.
  /// - Returns: The job.
  /// - Throws: A diagnostic where a place cannot be made.
  func placed(after earlier: Self?) throws(Diagnostic) -> Self

  /// Works the result out.
  ///
  /// - Parameters:
  ///   - inputs: What the digests stand for.
  ///   - workplace: Folders, threads and backend.
  ///   - display: Shows progress and warnings.
  /// - Returns: The result.
  /// - Throws: A diagnostic where it cannot be worked out, or the user ends the work.
  func run(
    on inputs: JobInputs, at workplace: Workplace, display: Display
  ) throws(Diagnostic) -> JobResult<Result>
}

extension Job {
  func objection(to result: Result) -> String? { nil }

  func took(_ result: Result, on inputs: JobInputs, at workplace: Workplace, display: Display) {}

  var mustRunAlone: Bool { false }

  var ranks: Int { 1 }

  func placed(after earlier: Self?) throws(Diagnostic) -> Self { self }
}

/// What came of a job.
struct JobResult<Payload> {
  let payload: Payload
  /// Whether the work ran to its end: a partial result is shown and not kept.
  var isComplete = true
}

// MARK: Inputs

/// A model by its content.
struct ModelInput: Codable, Hashable, Sendable {
  /// What people call it; stands in results.
  let title: String
  /// The digest of its weights.
  let weights: String
  /// Where its weights started, if they have learned nothing yet: then they are drawn for the classes that
  /// are wanted.
  let freshSeed: UInt64?

  /// The model of a value.
  init(_ source: any ModelSource) {
    (title, weights, freshSeed) = (source.title, source.weights, source.freshSeed)
  }

  var citation: Citation { Citation(name: "weights \(title)", digest: weights) }
}

/// A dataset by its content.
struct DatasetInput: Codable, Hashable, Sendable {
  /// What people call it; stands in results and checkpoints.
  let name: String
  /// The digest of images, labels and class names.
  let digest: String

  /// The dataset of a value.
  init(_ object: DatasetObject) { (name, digest) = (object.dataset.name, object.digest) }

  var citation: Citation { Citation(name: "data \(name)", digest: digest) }
}

/// What the digests in a job's ingredients stand for.
struct JobInputs {
  private var models: [ModelInput: any ModelSource] = [:]
  private var datasets: [DatasetInput: DatasetObject] = [:]

  /// Contents at hand.
  init(models: [any ModelSource], datasets: [DatasetObject] = []) {
    for source in models { self.models[ModelInput(source)] = source }
    for object in datasets { self.datasets[DatasetInput(object)] = object }
  }

  /// All models and datasets, in no order that matters.
  var allModels: [any ModelSource] { models.values.sorted { $0.weights < $1.weights } }
  var allDatasets: [DatasetObject] { datasets.values.sorted { $0.digest < $1.digest } }

  /// The model that an input names.
  ///
  /// - Throws: A diagnostic where its weights cannot be read.
  func source(_ input: ModelInput) throws(Diagnostic) -> any ModelSource {
    guard let source = models[input] else {
      throw Diagnostic("the weights '\(input.title)' (\(input.weights)) are not there")
    }
    return source
  }

  /// The dataset that an input names.
  func dataset(_ input: DatasetInput) throws(Diagnostic) -> DatasetObject {
    guard let object = datasets[input] else {
      throw Diagnostic("the dataset '\(input.name)' (\(input.digest)) is not there")
    }
    return object
  }
}
