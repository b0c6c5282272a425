internal import Foundation

/// What Slurm knows of jobs, asked for seldom: its controller serves a whole cluster.
final class SlurmQueue {
  /// One job as the queue has it.
  struct Entry: Equatable {
    /// What Slurm calls it, such as PENDING, RUNNING, COMPLETED or FAILED.
    let state: String
    /// Where it runs; empty where it does not yet.
    let nodes: String
    /// Why it waits, or how it ended.
    let reason: String

    /// Whether a node could not start it: it is queued again, but held until somebody releases it.
    var isHeld: Bool { reason == "launch failed requeued held" }

    /// Whether it will not run any more, nor again by itself.
    var isOver: Bool {
      if isHeld { return true }
      let going = [
        "PENDING", "RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "STAGE_OUT", "STOPPED",
        "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESIZING", "SIGNALING", "SPECIAL_EXIT",
        "RESV_DEL_HOLD",
      ]
      return !going.contains(state)
    }
  }

  /// What was found out about one array.
  private struct Look {
    let when: ContinuousClock.Instant
    let entries: [Int: Entry]?
  }

  private var looks: [Int: Look] = [:]
  private static let patience = Duration.seconds(5)

  /// Whether this machine has Slurm's programs.
  static var isInstalled: Bool { ShellCommand.path(of: "sbatch") != nil }

  /// Whether a job waits or runs; nil where nobody can tell just now.
  func holds(_ place: SlurmPlace) -> Bool? {
    guard let array = place.array ?? self.array(of: place.batch) else {
      // Without a number it was never put into the queue, or the queue cannot be seen.
      return canBeAsked ? false : nil
    }
    guard let entries = entries(of: array) else { return nil }
    return entries[place.task].map { !$0.isOver } ?? false
  }

  /// The number of the array whose comment names a batch.
  func array(of batch: String) -> Int? {
    let outcome = ShellCommand.run("squeue", ["--noheader", "--me", "--format=%F|%k"])
    for line in outcome?.output.split(separator: "\n") ?? [] {
      let fields = line.split(separator: "|", maxSplits: 1)
      if fields.count == 2, fields[1] == Self.comment(batch) { return Int(fields[0]) }
    }
    return nil
  }

  private var canBeAsked: Bool {
    ShellCommand.run("squeue", ["--noheader", "--me", "--format=%F"])?.code == 0
  }

  /// What the comment of a batch says.
  static func comment(_ batch: String) -> String { "yolos:\(batch)" }

  /// What the controller knows of an array.
  ///
  /// - Parameters:
  ///   - array: Its number.
  ///   - age: What was found out so long ago still serves.
  /// - Returns: All jobs by their numbers in it; nil where the controller does not answer.
  func entries(of array: Int, noOlderThan age: Duration = patience) -> [Int: Entry]? {
    if let look = looks[array], look.when.duration(to: .now) < age { return look.entries }
    let entries = Self.entries(
      ShellCommand.run(
        "squeue",
        ["--noheader", "--array", "--states=all", "--format=%K|%T|%N|%r", "--jobs=\(array)"]))
    looks[array] = Look(when: .now, entries: entries)
    return entries
  }

  private static func entries(_ outcome: ShellCommand.Outcome?) -> [Int: Entry]? {
    guard let outcome else { return nil }
    guard outcome.code == 0 else {
      // A controller that forgot the job answers; one that is away does not.
      return outcome.errors.contains("Invalid job id") ? [:] : nil
    }
    var entries: [Int: Entry] = [:]
    for line in outcome.output.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4, let task = Int(fields[0]) else { continue }
      entries[task] = Entry(state: fields[1], nodes: fields[2], reason: fields[3])
    }
    return entries
  }
}
