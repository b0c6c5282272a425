package import Language
internal import Training

/// What commands find behind the language's context: one part for each thing a step may need.
///
/// Whoever runs steps (the prompt, the headless runner) puts the parts together; a command takes those it
/// needs.
package final class Host: Context {
  /// Folders, threads and backend.
  package let workplace: Workplace
  /// What `set` changes.
  package let settings = Settings()
  /// Shows what steps put out.
  package let display: Display
  /// What steps took.
  package let log = StepLog()
  /// What made the results.
  let provenance: Provenance
  /// Gives the results of expensive steps.
  let jobs: JobRunner
  /// Keeps what steps put out in the script's order.
  let order = OutputOrder()
  /// The notebook that the steps stand in, where one is kept.
  weak var notebook: (any Notebook)?
  /// Shows the work to people elsewhere, where somebody is there to be shown it.
  var showcase: (any Showcase)?

  /// Starts the engine.
  ///
  /// - Throws: ``UsageError`` for an unknown backend.
  package init(
    _ configuration: Workplace.Configuration, presenter: any Presenter
  ) throws(UsageError) {
    workplace = try Workplace(configuration)
    display = Display(presenter, in: order)
    provenance = Provenance(settings: settings, compute: workplace.compute, order: order)
    jobs = JobRunner(
      cache: ResultCache(folder: configuration.cacheFolder, isFresh: configuration.isFresh),
      log: log, provenance: provenance, workplace: workplace, display: display, order: order)
  }

  // MARK: Context

  package var baseFolder: String { workplace.configuration.baseFolder }

  package var isCancelled: Bool { workplace.cancellation.level != .none }

  package func emit(_ output: Language.Output) { display.take(output) }

  package func setting(_ name: String) -> Value? { settings[name] }

  package func set(_ name: String, to value: Value) throws(Diagnostic) {
    try settings.set(name, to: value)
  }

  package func perform(
    _ command: Command, _ invocation: Invocation
  ) throws(Diagnostic) -> Value {
    // `print` is the one command that loops call thousands of times, and takes no time.
    if command.name != Command.print.name { notebook?.transcript.flush() }
    if !order.isEmpty, mustFollowAll(invocation) { try jobs.settle() }
    let outer = jobs.call
    jobs.call = invocation
    defer { jobs.call = outer }
    return try command.code(invocation, self)
  }
}

extension Host {
  /// Whether a command may see or change what jobs that still run read or write: it waits for them, as
  /// everything does in a plain run.
  private func mustFollowAll(_ call: Invocation) -> Bool {
    if Self.lookingBack.contains(call.command) { return true }
    let runs = Paths.absolute(workplace.configuration.runsFolder)
    for parameter in call.signature.parameters
    where parameter.isPath && call.isGiven(parameter.name) {
      for text in call.list(parameter.name).compactMap(\.asString) {
        let path = Paths.absolute(workplace.resolve(text))
        if path == runs || path.hasPrefix(runs + "/") { return true }
        if Self.writing.contains(call.command), Paths.exists(path) { return true }
      }
    }
    return false
  }

  /// Commands that look at what was done before, or at the folder of a run.
  private static let lookingBack: Set = ["report", "save", "why", "time", "undo", "resume"]
  /// Commands that write files which jobs may be reading, where they are there already.
  private static let writing: Set = ["toys", "convert", "export", "predict", "ensemble"]

  /// The value that a command gives by a job: there at once, or pending where jobs run side by side.
  ///
  /// - Parameters:
  ///   - job: The work.
  ///   - inputs: What the digests in it stand for.
  ///   - title: What people call it.
  ///   - type: The type of the object.
  ///   - note: Called with the result when it is its turn in the script.
  ///   - make: Makes the object of the result.
  /// - Returns: The object, or the promise of one.
  /// - Throws: What the work throws where it is done at once.
  func value<Work: Job>(
    of job: Work, on inputs: JobInputs, named title: String, as type: ObjectType,
    noting note: @escaping (Work.Result) -> Void = { _ in },
    _ make: @escaping (Work.Result) -> any LanguageObject
  ) throws(Diagnostic) -> Value {
    switch try jobs.begin(job, on: inputs, named: title, noting: note) {
    case .there(let result): .object(make(result))
    case .pending(let pending):
      .pending(
        PendingObject(type) { () throws(Diagnostic) in .object(make(try pending.result())) })
    }
  }
}
