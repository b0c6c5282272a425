internal import Files
internal import Foundation
internal import Synchronization

/// Who computes a result, so that nobody else does so at the same time.
struct JobClaim: Codable, Equatable, Sendable {
  /// The machine of the process that holds the claim.
  var host: String
  /// The process, and when it started: the system gives numbers again.
  var process: Int32
  var started: String
  /// The job in the queue of Slurm that will do the work; the process is then the one that put it there.
  var slurm: SlurmPlace?
  /// The folder of the job, seen from the directory of the cache.
  var folder: String?

  /// A claim of this process.
  static var own: JobClaim {
    let process = getpid()
    return JobClaim(
      host: Machine.name, process: process, started: Machine.start(of: process) ?? "")
  }

  /// A claim of a process of this machine.
  init(process: Int32, folder: String?) {
    (host, self.process, self.folder) = (Machine.name, process, folder)
    started = Machine.start(of: process) ?? ""
  }

  private init(host: String, process: Int32, started: String) {
    (self.host, self.process, self.started) = (host, process, started)
  }

  /// Who that is, for people.
  var words: String {
    if let slurm { return "Slurm job \(slurm.words)" }
    return host == Machine.name ? "process \(process)" : "process \(process) on \(host)"
  }
}

/// The claims on results in a cache folder; safe with many programs on many machines.
///
/// A claim is a file that its holder touches again and again. It is void where its process is gone, where
/// its Slurm job is not in the queue, or, on another machine, where nobody touched it for a minute.
final class JobClaims: Sendable {
  private let folder: String
  private let held = Mutex<Set<String>>([])
  private struct Sight {
    let modified: Date
    let since: ContinuousClock.Instant
  }
  private let sights = Mutex<[String: Sight]>([:])
  private let isBeating = Mutex(false)

  private static let beat: UInt32 = 10
  private static let patience = Duration.seconds(60)

  /// The claims of a cache.
  init(cache: String) { folder = cache + "/claims" }

  private func path(_ key: String) -> String { "\(folder)/\(key).json" }

  /// Claims a key, where nobody holds it.
  ///
  /// - Parameters:
  ///   - key: What is to be computed.
  ///   - claim: Whose it will be.
  ///   - isQueued: Whether a job is still in the queue of Slurm; nil where nobody can tell.
  /// - Returns: The claim of somebody else who holds it, or nil where it is ours now.
  func take(
    _ key: String, as claim: JobClaim, isQueued: (SlurmPlace) -> Bool?
  ) -> JobClaim? {
    locked {
      if let other = holder(of: key), isAlive(other, key, isQueued) { return other }
      write(claim, key)
      return nil
    }
  }

  /// Hands a claim of ours to another process, or to a job in the queue.
  func hand(_ key: String, to claim: JobClaim) { locked { write(claim, key) } }

  /// Gives a claim up: that of this process or of a child that has ended, or of a job in a batch of ours.
  func release(_ key: String, of batch: String? = nil) {
    _ = held.withLock { $0.remove(key) }
    remove(key) { holder in
      if let slurm = holder.slurm { return slurm.batch == batch }
      return holder.host == Machine.name
        && (holder.process == getpid() || Machine.start(of: holder.process) != holder.started)
    }
  }

  /// Gives up the claim that was made for a job, by the job itself.
  func release(_ key: String, forJobIn folder: String) {
    _ = held.withLock { $0.remove(key) }
    remove(key) { $0.folder == folder }
  }

  private func remove(_ key: String, where isOurs: (JobClaim) -> Bool) {
    locked {
      if let holder = holder(of: key), isOurs(holder) {
        try? FileManager.default.removeItem(atPath: path(key))
      }
    }
  }

  /// Who holds a key, alive or not.
  func holder(of key: String) -> JobClaim? {
    guard let content = FileManager.default.contents(atPath: path(key)) else { return nil }
    return try? JSONDecoder().decode(JobClaim.self, from: content)
  }

  /// Whether whoever holds a claim still does.
  func isAlive(_ claim: JobClaim, _ key: String, _ isQueued: (SlurmPlace) -> Bool?) -> Bool {
    if let slurm = claim.slurm { return isQueued(slurm) ?? isTouched(key) }
    guard claim.host == Machine.name else { return isTouched(key) }
    return Machine.start(of: claim.process) == claim.started
  }

  /// Goes on touching a claim of ours, so that other machines see that we live.
  func keep(_ key: String) {
    held.withLock { _ = $0.insert(key) }
    let isFirst = isBeating.withLock { isBeating in
      defer { isBeating = true }
      return !isBeating
    }
    guard isFirst else { return }
    let thread = Thread { [self] in
      while true {
        sleep(Self.beat)
        for key in held.withLock({ $0 }) {
          try? FileManager.default.setAttributes(
            [.modificationDate: Date()], ofItemAtPath: path(key))
        }
      }
    }
    thread.start()
  }

  /// Whether somebody touched a claim within the last minute, by our own clock: clocks of machines differ.
  private func isTouched(_ key: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path(key))
    guard let modified = attributes?[.modificationDate] as? Date else { return false }
    return sights.withLock { sights in
      guard let sight = sights[key], sight.modified == modified else {
        sights[key] = Sight(modified: modified, since: .now)
        return true
      }
      return sight.since.duration(to: .now) < Self.patience
    }
  }

  private func write(_ claim: JobClaim, _ key: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Without a claim the same may be computed twice, which costs time and no result.
    if let content = try? encoder.encode(claim) {
      try? content.write(to: URL(fileURLWithPath: path(key)), options: .atomic)
    }
    if claim.process == getpid() { keep(key) }
  }

  /// Does something that no other program does at the same time.
  private func locked<Result>(_ body: () -> Result) -> Result {
    try? AtomicFile.makeFolder(folder)
    // SAFETY: the path lives for the call; the descriptor is ours until it is closed.
    let lock = unsafe open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else { return body() }
    defer { close(lock) }
    flock(lock, LOCK_EX)
    return body()
  }
}

extension Machine {
  /// The machine's name in its network.
  static let name: String = {
    let name = try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
    return name?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "this machine"
  }()

  /// When a process of this machine started, in the system's own counting since a start of the machine; nil
  /// where there is none.
  static func start(of process: Int32) -> String? {
    guard process > 0,
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The name in parentheses may hold anything; the 22nd field is the 20th after it.
      let end = status.lastIndex(of: ")")
    else { return nil }
    let fields = status[end...].dropFirst().split(separator: " ")
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    let machine = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    return "\(machine?.prefix(8) ?? ""):\(fields[19])"
  }
}

/// Where a job stands in the queue of Slurm.
struct SlurmPlace: Codable, Hashable, Sendable {
  /// What the job's comment says, known before Slurm gives a number.
  let batch: String
  /// The number of the array, once it is known.
  var array: Int?
  /// The number in the array, from 0.
  let task: Int

  /// "12_3".
  var words: String { array.map { "\($0)_\(task)" } ?? "\(batch)_\(task)" }
}
