internal import Files
internal import Foundation
internal import Language
internal import Training

/// Does jobs on the nodes of a cluster: those that are asked for together go to Slurm as one job array.
final class SlurmExecutor: Executor {
  private struct Queued {
    let ticket: JobTicket
    var place: SlurmPlace
    /// Since when the queue does not have it any more.
    var goneSince: ContinuousClock.Instant?
  }

  private let options: [String]
  private let program: String
  private let folder: String
  private let claims: JobClaims
  private let queue: SlurmQueue
  private let display: Display
  private var gathered: [JobTicket] = []
  private var queued: [Queued] = []
  private var level = Cancellation.Level.none
  private var batches = 0
  private var nextLook = ContinuousClock.now
  private var pauseOfLooks = firstPause

  /// How long the queue is left alone at first, and at most.
  private static let firstPause = Duration.seconds(1)
  private static let lastPause = Duration.seconds(30)
  /// How long a result may be on its way from a node that has ended its job, by the end's kind: shared
  /// folders show new files late.
  private static let patience = Duration.seconds(3)
  private static let patienceAfterSuccess = Duration.seconds(90)
  /// More jobs go into several arrays: the least `MaxArraySize` that clusters have by default is 1001.
  private static let largestArray = 1000

  let pause = Duration.milliseconds(500)

  /// An executor.
  ///
  /// - Parameters:
  ///   - options: Options of `sbatch`, passed through.
  ///   - program: The program that does a job, at the same path on all nodes.
  ///   - folder: The cache folder, which all nodes see.
  ///   - claims: Where a job in the queue is named as the one that does the work.
  ///   - queue: Knows how jobs are.
  ///   - display: Told what was submitted.
  init(
    _ options: [String], program: String, folder: String, claims: JobClaims, queue: SlurmQueue,
    display: Display
  ) {
    (self.options, self.program, self.folder) = (options, program, folder)
    (self.claims, self.queue, self.display) = (claims, queue, display)
  }

  func submit(_ ticket: JobTicket) {
    ticket.state = .waiting("to be submitted")
    gathered.append(ticket)
    if gathered.count == Self.largestArray { submitAll() }
  }

  func adopt(_ ticket: JobTicket, _ claim: JobClaim) -> Bool {
    guard let place = claim.slurm, claim.host == Machine.name,
      Machine.start(of: claim.process) != claim.started
    else { return false }
    (ticket.isOurs, ticket.batch) = (true, place.batch)
    ticket.state = .waiting("Slurm job \(place.words)")
    queued.append(Queued(ticket: ticket, place: place))
    nextLook = .now
    return true
  }

  func update() {
    if !gathered.isEmpty { submitAll() }
    for job in queued where Paths.exists(job.ticket.folder.report) {
      job.ticket.end(else: Diagnostic("'\(job.ticket.title)': its result cannot be read"))
    }
    tidyUp()
    guard !queued.isEmpty, ContinuousClock.now >= nextLook else { return }
    look()
    tidyUp()
    nextLook = .now + pauseOfLooks
    pauseOfLooks = min(pauseOfLooks * 2, level == .none ? Self.lastPause : Self.firstPause)
  }

  func interrupt(_ level: Cancellation.Level) {
    self.level = level
    for ticket in gathered { ticket.interrupt() }
    gathered = []
    let arrays = arrays { _ in true }
    guard !arrays.isEmpty else { return }
    if level == .atOnce {
      _ = ShellCommand.run("scancel", arrays)
    } else {
      _ = ShellCommand.run("scancel", ["--state=PENDING"] + arrays)
      let alone = self.arrays { $0 == 1 }, shared = self.arrays { $0 > 1 }
      if !alone.isEmpty { _ = ShellCommand.run("scancel", ["--full", "--signal=INT"] + alone) }
      // mpirun would end its ranks; the script passes on what they understand.
      if !shared.isEmpty { _ = ShellCommand.run("scancel", ["--batch", "--signal=INT"] + shared) }
    }
    nextLook = .now
    pauseOfLooks = Self.firstPause
  }

  /// The numbers of the arrays whose jobs have such a number of ranks.
  private func arrays(ofRanks isWanted: (Int) -> Bool) -> [String] {
    Set(queued.filter { isWanted($0.ticket.ranks) }.compactMap(\.place.array)).sorted()
      .map(String.init)
  }

  // MARK: Looking

  private func look() {
    for index in queued.indices {
      if queued[index].place.array == nil {
        queued[index].place.array = queue.array(of: queued[index].place.batch)
      }
      let place = queued[index].place, ticket = queued[index].ticket
      guard let array = place.array else {
        wait(for: index, nil)
        continue
      }
      // A controller that does not answer is waited for: the jobs run on without it.
      guard let entries = queue.entries(of: array, noOlderThan: Self.firstPause / 2) else {
        continue
      }
      guard let entry = entries[place.task], !entry.isOver else {
        wait(for: index, entries[place.task])
        continue
      }
      queued[index].goneSince = nil
      switch entry.state {
      case "RUNNING": ticket.state = .running("Slurm job \(place.words) on \(entry.nodes)")
      default:
        let why = ["None", ""].contains(entry.reason) ? "" : ", \(entry.reason)"
        ticket.state = .waiting("Slurm job \(place.words): \(entry.state.lowercased())\(why)")
      }
    }
  }

  /// A job that is not in the queue any more may have left a result that cannot be seen yet.
  private func wait(for index: Int, _ entry: SlurmQueue.Entry?) {
    let ticket = queued[index].ticket, now = ContinuousClock.now
    let since = queued[index].goneSince ?? now
    queued[index].goneSince = since
    pauseOfLooks = Self.firstPause
    // To list a folder brings what is known of a shared one up to date.
    _ = Paths.names(in: ticket.folder.path)
    if Paths.exists(ticket.folder.report) { return }
    let patience = entry?.state == "COMPLETED" ? Self.patienceAfterSuccess : Self.patience
    guard level != .none || since.duration(to: now) > patience else { return }
    if level != .none {
      ticket.interrupt()
    } else {
      let place = queued[index].place
      // Its step failed: nobody would take the result if somebody released it.
      if let array = place.array, entry?.isHeld == true {
        _ = ShellCommand.run("scancel", ["\(array)_\(place.task)"])
      }
      ticket.end(else: Self.failure(of: ticket, place, entry), log: said(by: place))
    }
  }

  /// What Slurm, or the node before the job began, said of a job.
  private func said(by place: SlurmPlace) -> String {
    let content = try? AtomicFile.read(output(of: place.batch, "\(place.task)"))
    return content.map { String(decoding: $0.suffix(2048), as: UTF8.self) } ?? ""
  }

  /// Forgets jobs that have ended, and removes what was written for their batches.
  private func tidyUp() {
    let ended = queued.filter { $0.ticket.hasEnded }
    guard !ended.isEmpty else { return }
    queued.removeAll { $0.ticket.hasEnded }
    for job in ended {
      let file = output(of: job.place.batch, "\(job.place.task)")
      try? FileManager.default.removeItem(atPath: file)
    }
    for batch in Set(ended.map(\.place.batch))
    where !queued.contains(where: { $0.place.batch == batch }) {
      try? FileManager.default.removeItem(atPath: script(of: batch))
    }
  }

  /// The script of a batch, and where its jobs put out what they do not put into their own logs.
  private func script(of batch: String) -> String {
    Paths.absolute("\(JobFolder.place(in: folder))/batches/\(batch).sh")
  }

  private func output(of batch: String, _ task: String) -> String {
    Paths.absolute("\(JobFolder.place(in: folder))/batches/\(batch)-\(task).txt")
  }

  private static func failure(
    of ticket: JobTicket, _ place: SlurmPlace, _ entry: SlurmQueue.Entry?
  ) -> Diagnostic {
    let who = "'\(ticket.title)', Slurm job \(place.words),"
    let nodes = entry.map { $0.nodes.isEmpty ? "" : " on \($0.nodes)" } ?? ""
    switch entry?.state {
    case "CANCELLED":
      return Diagnostic(
        "\(who) was canceled\(nodes)", hint: "run the script again to do the rest")
    case "TIMEOUT":
      return Diagnostic(
        "\(who) ran out of time\(nodes)",
        hint:
          "allow more with --slurm \"--time=…\" and run again; it continues from its last epoch")
    case "OUT_OF_MEMORY":
      return Diagnostic(
        "\(who) ran out of memory\(nodes)", hint: "allow more with --slurm \"--mem=…\"")
    case let state?:
      return Diagnostic(
        "\(who) ended without a result\(nodes): \(state)",
        hint:
          "if its log is empty, the node may not see the folder or the program: both must be at the "
          + "same path on all nodes")
    case nil:
      return Diagnostic(
        "\(who) is no longer in the queue and left no result",
        hint: "sacct --jobs=\(place.words) may know why")
    }
  }

  // MARK: Submitting

  /// Submits what was gathered: an array for each number of ranks, since Slurm gives all jobs of one the
  /// same.
  private func submitAll() {
    let tickets = gathered
    gathered = []
    for ranks in Set(tickets.map(\.ranks)).sorted() {
      submitArray(tickets.filter { $0.ranks == ranks }, ranks: ranks)
    }
    nextLook = .now + Self.firstPause
    pauseOfLooks = Self.firstPause
  }

  private func submitArray(_ tickets: [JobTicket], ranks: Int) {
    batches += 1
    let batch = "\(Machine.name)-\(getpid())-\(Int(Date().timeIntervalSince1970))-\(batches)"
    for (task, ticket) in tickets.enumerated() {
      ticket.batch = batch
      // Before Slurm knows of it, so that it is found even if we are killed right after.
      hand(ticket, SlurmPlace(batch: batch, array: nil, task: task))
    }
    do throws(Diagnostic) {
      let array = try submit(tickets, ranks: ranks, as: batch)
      for (task, ticket) in tickets.enumerated() {
        let place = SlurmPlace(batch: batch, array: array, task: task)
        hand(ticket, place)
        ticket.state = .waiting("Slurm job \(place.words)")
        queued.append(Queued(ticket: ticket, place: place))
      }
      display.progress(
        .line("Slurm job \(array): \(Wording.number(tickets.count, "job")) submitted"))
    } catch {
      for ticket in tickets { ticket.state = .ended(.failed(error, log: "")) }
    }
  }

  private func hand(_ ticket: JobTicket, _ place: SlurmPlace) {
    guard ticket.isClaimed else { return }
    var claim = JobClaim(process: getpid(), folder: ticket.folder.path)
    claim.slurm = place
    claims.hand(ticket.key.description, to: claim)
  }

  private func submit(
    _ tickets: [JobTicket], ranks: Int, as batch: String
  ) throws(Diagnostic) -> Int {
    let script = script(of: batch)
    try attempt { try AtomicFile.write(self.script(tickets, ranks: ranks), to: script) }
    let arguments =
      ["--job-name=yolos"] + options + (ranks > 1 ? ["--ntasks=\(ranks)"] : []) + [
        "--parsable", "--comment=\(SlurmQueue.comment(batch))", "--array=0-\(tickets.count - 1)",
        "--chdir=\(FileManager.default.currentDirectoryPath)", "--requeue", "--open-mode=append",
        "--output=\(output(of: batch, "%a"))", script,
      ]
    guard let outcome = ShellCommand.run("sbatch", arguments) else {
      throw Diagnostic("command not found: sbatch")
    }
    // With several clusters the answer is "12;name".
    let number = outcome.output.split { $0 == ";" || $0.isWhitespace }.first.flatMap { Int($0) }
    guard outcome.code == 0, let number else {
      let words = outcome.errors.split(separator: "\n").last.map(String.init) ?? "no answer"
      throw Diagnostic(
        "Slurm rejected the job: \(words)", hint: "pass options for sbatch with --slurm \"…\"")
    }
    return number
  }

  /// What a node runs; the number in the array chooses the job.
  private func script(_ tickets: [JobTicket], ranks: Int) -> String {
    let choices = tickets.enumerated().map { task, ticket in
      "  \(task)) folder=\(ShellCommand.quoted(Paths.absolute(ticket.folder.path))) ;;"
    }
    return """
      #!/bin/sh
      # Written by yolos; one job for each number of the array.
      case $SLURM_ARRAY_TASK_ID in
      \(choices.joined(separator: "\n"))
      esac
      if [ ! -r "$folder/job.json" ]; then
        echo "$(hostname) cannot see $folder: jobs need a folder that all nodes share" >&2
        exit 2
      fi
      \(ranks > 1 ? launchRanks(ranks) : "exec \(command)")

      """
  }

  /// Does the job that the script has chosen.
  private var command: String {
    "\(ShellCommand.quoted(program)) job \"$folder/job.json\" "
      + ">>\"$folder/progress.jsonl\" 2>>\"$folder/log.txt\""
  }

  /// Starts the ranks on the nodes of the job, and passes on the wish to end.
  private func launchRanks(_ ranks: Int) -> String {
    """
    if ! command -v mpirun >/dev/null; then
      echo "$(hostname) has no mpirun, which ranks=\(ranks) needs (on Debian: openmpi-bin)" >&2
      exit 2
    fi
    # Whoever runs jobs as root means it.
    [ "$(id -u)" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    # Since 20.11 a step gets a part of the job's cores unless it asks for the whole.
    export SLURM_WHOLE=1
    mpirun --bind-to none -n \(ranks) \(command) &
    launcher=$!
    # mpirun passes this signal on; rank 0 ends the training after its batch.
    trap 'kill -USR1 $launcher' INT
    while
      wait $launcher
      code=$?
      kill -0 $launcher 2>/dev/null
    do :; done
    exit $code
    """
  }
}
