internal import Datasets
internal import Language
internal import YOLO

/// The host behind the language's context.
func host(_ context: any Context) -> Host {
  guard let host = context as? Host else {
    preconditionFailure("the commands of yolos run on the host of yolos alone")
  }
  return host
}

/// Runs work whose errors describe themselves.
func attempt<Result>(_ work: () throws -> Result) throws(Diagnostic) -> Result {
  do { return try work() } catch let diagnostic as Diagnostic { throw diagnostic } catch {
    throw Diagnostic("\(error)")
  }
}

extension Invocation {
  /// Runs work whose errors describe themselves, and says which argument they are about.
  func attempt<Result>(
    _ name: String, hint: String? = nil, _ work: () throws -> Result
  ) throws(Diagnostic) -> Result {
    do { return try work() } catch let diagnostic as Diagnostic { throw diagnostic } catch {
      if let interruption = Diagnostic(interruption: error) { throw interruption }
      throw diagnostic("\(error)", at: name, hint: hint)
    }
  }

  /// The dataset of a parameter.
  func dataset(_ name: String) throws(Diagnostic) -> DatasetObject {
    guard let dataset = object(name, as: DatasetObject.self) else {
      throw diagnostic("'\(name)' needs a dataset", at: name)
    }
    return dataset
  }

  /// The model of a parameter: a model, or the weights of a run.
  func modelSource(_ name: String) throws(Diagnostic) -> any ModelSource {
    guard let source = object(name, as: (any ModelSource).self) else {
      throw diagnostic("'\(name)' needs a model or a checkpoint", at: name)
    }
    return source
  }

  /// The runs of a parameter: one, or a list of them; of a study or cross-validation all of its runs.
  func runs(_ name: String) throws(Diagnostic) -> [RunObject] {
    let runs = list(name).flatMap { value in
      value.asObject(StudyObject.self)?.runs ?? value.asObject(CrossValidationObject.self)?.runs
        ?? [value.asObject(RunObject.self)].compactMap(\.self)
    }
    guard !runs.isEmpty else {
      throw diagnostic("'\(name)' needs a run or a list of runs", at: name)
    }
    return runs
  }

  /// The path on disk that a parameter names.
  func path(_ name: String, on host: Host) -> String? {
    string(name).map { host.workplace.resolve($0) }
  }
}

extension ValueType {
  static let dataset = ValueType.object("Dataset")
  static let model = ValueType.object("Model")
  static let run = ValueType.object("Run")
  static let study = ValueType.object("Study")
  static let crossValidation = ValueType.object("CrossValidation")
  static let runs = ValueType.union(
    of: [.run, .study, .crossValidation, .list(.union(of: [.run, .study, .crossValidation]))])
}

/// A check that a file named by a constant, or another thing, is there before anything runs.
func filesExist(_ parameter: String, or other: String? = nil) -> Command.Check {
  { call, lint in
    call.constants(parameter).compactMap { constant in
      guard case .string(let path) = constant, !lint.exists(path) else { return nil }
      return call.diagnostic(
        "no such file\(other.map { " or \($0)" } ?? ""): '\(path)'", at: parameter,
        hint: Paths.hint(beside: lint.filesBeside(path), rewritten: lint.rewritten(path)))
    }
  }
}
