internal import Charts
internal import Files
internal import Foundation
internal import Images
internal import Tensors

extension Checkup {
  /// System, processor, cores and memory.
  static func machine(_ configuration: Workplace.Configuration) -> [Finding] {
    [system, processor, cores(configuration), memory]
  }

  private static var system: Finding {
    let release = Machine.text("/etc/os-release") ?? ""
    let line = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
    let name = line.map { $0.dropFirst(12).filter { $0 != "\"" } } ?? "an unknown system"
    let kernel = Machine.text("/proc/sys/kernel/osrelease")
    let version = kernel?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "?"
    return Finding("system", "\(name), Linux \(version)")
  }

  private static var processor: Finding {
    let set = KernelSet.current
    let value = "\(Machine.processor); kernels: \(set)"
    #if arch(x86_64)
      if set == .portable {
        return Finding(
          "processor", .doubtful, value,
          do: "without AVX2 and FMA training takes many times as long; the results are the same")
      }
    #endif
    return Finding("processor", value)
  }

  private static func cores(_ configuration: Workplace.Configuration) -> Finding {
    let all = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let status = Machine.text("/proc/self/status")
    let allowed = status.flatMap { Cores.allowed($0)?.count } ?? all
    var parts = ["\(Wording.number(all, "core"))"]
    if allowed < all { parts.append("\(allowed) allowed by the affinity") }
    if let quota = CPUQuota.ofThisProcess {
      parts.append("a quota of \(Wording.fixed(quota.cores, 2))")
    } else {
      parts.append("no quota")
    }
    let threads = configuration.threads ?? Cores.available
    parts.append("yolos uses \(Wording.number(threads, "thread"))")
    let value = parts.joined(separator: ", ")
    // A quota that is no whole number leaves a part of a core unused.
    guard let quota = CPUQuota.ofThisProcess, quota.cores < 1 else {
      return Finding("cores", value)
    }
    return Finding(
      "cores", .doubtful, value, do: "less than one core: ask for a larger quota, if you can")
  }

  /// Below so many bytes, trainings at usual sizes do not fit.
  private static let littleMemory = 1 << 30

  private static var memory: Finding {
    let text = Machine.text("/proc/meminfo") ?? ""
    let all = memory("MemTotal", in: text), free = memory("MemAvailable", in: text)
    let limit = memoryLimit { Machine.text($0) }
    var parts = all.map { [Wording.size($0)] } ?? ["unknown"]
    if let free { parts.append("\(Wording.size(free)) available") }
    if let limit, limit < all ?? Int.max { parts.append("limited to \(Wording.size(limit))") }
    let value = parts.joined(separator: ", ")
    let room = [free, limit].compactMap { $0 }.min()
    guard let room, room < littleMemory else { return Finding("memory", value) }
    return Finding(
      "memory", .doubtful, value,
      do: "little for training; a smaller batch or imgsz needs less, and so does set memory=\"low\""
    )
  }

  /// An entry of `/proc/meminfo` in bytes.
  static func memory(_ name: String, in text: String) -> Int? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(name):") }) else {
      return nil
    }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// The least limit of memory, in bytes, among the control group of this process and those around it; nil
  /// where there is none.
  ///
  /// Source: the Linux kernel's documentation, `admin-guide/cgroup-v2.rst` (memory.max).
  package static func memoryLimit(contents: (_ path: String) -> String?) -> Int? {
    let group = (contents("/proc/self/cgroup") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("0::/") }?.dropFirst(3)
    var folder = "/sys/fs/cgroup", limits: [Int] = []
    for name in [""] + (group ?? "").split(separator: "/").map(String.init) where name != ".." {
      if !name.isEmpty { folder += "/\(name)" }
      let text = contents(folder + "/memory.max")?.trimmingCharacters(in: .whitespacesAndNewlines)
      if let limit = text.flatMap({ Int($0) }) { limits.append(limit) }
    }
    return limits.min()
  }

  // MARK: Libraries

  /// The libraries in use, what they cannot read, and the font.
  static var libraries: [Finding] {
    // Asked first: libheif is opened by the question.
    let lacking = ImageDecoders.missing
    let maps = Machine.text("/proc/self/maps") ?? ""
    let used = libraries(in: maps, named: known)
    var findings = [Finding("libraries", used.isEmpty ? "linked statically" : used)]
    for missing in lacking {
      findings.append(
        Finding(
          missing.format, .absent, "no decoder: such images are errors",
          do: "apt install \(missing.package)"))
    }
    findings.append(font)
    return findings
  }

  private static let known = [
    "cairo", "freetype", "openblas", "png16", "turbojpeg", "webp", "tiff", "gif", "heif", "crypto",
    "curl", "readline",
  ]

  /// Libraries with their versions, as the names of their files have them: "cairo 2.11600.0".
  ///
  /// - Parameters:
  ///   - maps: What `/proc/self/maps` holds.
  ///   - names: The libraries that are of interest, in order.
  /// - Returns: Those that are there, in one line.
  package static func libraries(in maps: String, named names: [String]) -> String {
    var paths: Set<String> = []
    for line in maps.split(separator: "\n") {
      if let slash = line.firstIndex(of: "/") { paths.insert(String(line[slash...])) }
    }
    let files = paths.map { PathText.name(of: $0) }.sorted { $0.precedesByBytes($1) }
    return names.compactMap { name -> String? in
      guard let file = files.first(where: { $0.hasPrefix("lib\(name)") && $0.contains(".so") })
      else { return nil }
      let rest = file.dropFirst(3 + name.count)
      // "libcairo.so.2.11600.0", or "libopenblasp-r0.3.21.so".
      let version =
        rest.hasPrefix(".so.") ? rest.dropFirst(4) : rest.drop { $0 != "-" }.dropFirst()
      let plain = version.hasSuffix(".so") ? version.dropLast(3) : version
      return plain.isEmpty ? name : "\(name) \(plain)"
    }.joined(separator: ", ")
  }

  private static var font: Finding {
    do {
      _ = try Typeface(folder: Typeface.debianFolder)
      return Finding("font", "DejaVu Sans; \(DrawingPlatform.description)")
    } catch {
      return Finding(
        "font", .wrong, "\(error)", do: "no chart can be drawn: apt install fonts-dejavu-core")
    }
  }
}
