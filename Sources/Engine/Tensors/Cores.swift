internal import Foundation

/// How many cores this process may keep busy: those its affinity allows, or fewer where its control
/// group has a quota, as in a container.
public enum Cores {
  /// Cores that may be used, at least 1.
  ///
  /// Real ones: processors that share a core share its multipliers, too, which a single thread of ours
  /// keeps busy.
  ///
  /// A quota is rounded down: with two threads on one and a half cores the system would stop both of
  /// them every time the quota is used up, and the faster one would wait for the slower. Affinity and
  /// quota are looked at once, when they are first asked for.
  public static let available: Int = {
    // The system's list may name cores that are switched off, and Foundation counts those that this
    // process may not use.
    let active = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let list = systemText("/proc/self/status").flatMap { Cores.allowed($0) }
    let allowed = min(
      active,
      list.map { processors in
        real(processors) {
          systemText("/sys/devices/system/cpu/cpu\($0)/topology/thread_siblings_list")
        }
      } ?? active)
    guard let quota = CPUQuota.ofThisProcess else { return allowed }
    return quota.limit(allowed)
  }()

  /// Processors that the affinity of a process allows.
  ///
  /// - Parameter text: What `/proc/self/status` holds; "Cpus_allowed_list: 0-3,8" are five.
  /// - Returns: Their numbers, or nil where the text does not tell.
  package static func allowed(_ text: String) -> [Int]? {
    let name = "Cpus_allowed_list:"
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else {
      return nil
    }
    var processors: [Int] = []
    for part in line.dropFirst(name.count).split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
        last - first < 1 << 16
      else { return nil }
      processors += first...last
    }
    return processors.isEmpty ? nil : processors
  }

  /// The cores that some processors lie on.
  ///
  /// - Parameters:
  ///   - processors: Their numbers.
  ///   - siblings: The list of those that share a core with a processor, as the system writes it, or nil
  ///     where there is none, as for a processor that is switched off.
  /// - Returns: Their number; that of the processors where no list can be read.
  package static func real(
    _ processors: [Int], siblings: (_ processor: Int) -> String?
  ) -> Int {
    let cores = Set(processors.compactMap { siblings($0)?.filter { !$0.isWhitespace } })
    return cores.isEmpty ? processors.count : cores.count
  }

  /// Threads of the whole machine that run or could.
  ///
  /// - Parameter text: What `/proc/loadavg` holds: three averages, then runnable and all threads.
  /// - Returns: Their number, or nil where the text does not tell.
  package static func runnable(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count > 3 else { return nil }
    return words[3].split(separator: "/").first.flatMap { Int($0) }
  }
}

/// How much processor time a control group may use, in cores.
///
/// Source: the Linux kernel's documentation, `admin-guide/cgroup-v2.rst` (cpu.max) and
/// `scheduler/sched-bwc.rst` (cpu.cfs_quota_us).
package struct CPUQuota: Equatable {
  /// Seconds of processor time a second.
  package let cores: Double

  /// Threads that fit the quota, of those the affinity allows; at least one.
  package func limit(_ allowed: Int) -> Int {
    // Quotas are not always finite numbers of a sensible size.
    max(1, cores < Double(allowed) ? Int(cores) : allowed)
  }

  /// The quota of the process that runs, or nil where it has none or the system has no such thing.
  package static let ofThisProcess = CPUQuota { systemText($0) }

  /// Finds the tightest quota among the control groups of a process and all groups around them.
  ///
  /// - Parameter contents: The text of a file, or nil where it cannot be read. Asked for
  ///   `/proc/self/cgroup`, `/proc/self/mountinfo`, and the files of the groups.
  package init?(contents: (_ path: String) -> String?) {
    let mounts = (contents("/proc/self/mountinfo") ?? "").split(separator: "\n")
      .compactMap { Mount($0) }
    var quotas: [Double] = []
    for line in (contents("/proc/self/cgroup") ?? "").split(separator: "\n") {
      // "0::/path" under version 2, "4:cpu,cpuacct:/path" under version 1.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("cpu") else { continue }
      for mount in mounts where mount.isUnified == isUnified {
        for folder in mount.folders(of: String(parts[2])) {
          let quota =
            isUnified ? unifiedQuota(in: folder, contents) : olderQuota(in: folder, contents)
          if let quota { quotas.append(quota) }
        }
      }
    }
    guard let least = quotas.min() else { return nil }
    cores = least
  }
}

/// The text of a file of the system, whose size is known only when it has been read.
func systemText(_ path: String) -> String? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 4096)
  while true {
    // SAFETY: the system writes no more bytes than the piece has.
    let got = unsafe piece.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    guard got > 0 else { break }
    bytes += piece[..<got]
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Where control groups are found as folders.
private struct Mount {
  let isUnified: Bool
  /// The group that stands at the mount point: not always the outermost one in a container.
  let root: String
  let point: String

  /// Reads a line of `/proc/self/mountinfo`; nil for what has nothing to do with processor time.
  init?(_ line: Substring) {
    // "34 25 0:28 ROOT POINT options [more] - TYPE source options"
    let words = line.split(separator: " ")
    guard let dash = words.firstIndex(of: "-"), dash >= 6, dash + 3 < words.count else {
      return nil
    }
    let type = words[dash + 1]
    isUnified = type == "cgroup2"
    let isOlder = type == "cgroup" && words[dash + 3].split(separator: ",").contains("cpu")
    guard isUnified || isOlder else { return nil }
    (root, point) = (String(words[3]), String(words[4]))
  }

  /// The folders of a group and of all groups around it that can be seen here.
  func folders(of group: String) -> [String] {
    // A container may see its own group as the outermost one, under a path that leads nowhere.
    var inner = group
    if root != "/" { inner = group.hasPrefix(root) ? String(group.dropFirst(root.count)) : "" }
    var folders = [point]
    var path = point
    for name in inner.split(separator: "/") where name != ".." {
      path += "/\(name)"
      folders.append(path)
    }
    return folders
  }
}

/// `cpu.max`: "QUOTA PERIOD" in microseconds, or "max PERIOD".
private func unifiedQuota(in folder: String, _ contents: (String) -> String?) -> Double? {
  let words = (contents(folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
  guard words.count == 2 else { return nil }
  return ratio(words[0], words[1])
}

/// `cpu.cfs_quota_us`, -1 for none, and `cpu.cfs_period_us`.
private func olderQuota(in folder: String, _ contents: (String) -> String?) -> Double? {
  guard let quota = contents(folder + "/cpu.cfs_quota_us")?.split(whereSeparator: \.isWhitespace),
    let period = contents(folder + "/cpu.cfs_period_us")?.split(whereSeparator: \.isWhitespace),
    let quota = quota.first, let period = period.first
  else { return nil }
  return ratio(quota, period)
}

private func ratio(_ quota: Substring, _ period: Substring) -> Double? {
  guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else {
    return nil
  }
  return quota / period
}
