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
    display = Display(presenter)
    provenance = Provenance(settings: settings, compute: workplace.compute)
    jobs = JobRunner(
      cache: ResultCache(folder: configuration.cacheFolder, isFresh: configuration.isFresh),
      log: log, provenance: provenance, workplace: workplace, display: display)
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
    return try command.code(invocation, self)
  }
}
