internal import Files
internal import Foundation
internal import Weights

extension Checkup {
  /// Disk, write access, cache.
  static func places(_ configuration: Workplace.Configuration) -> [Finding] {
    [
      folder, disk, home, cache(configuration.cacheFolder), installation(.current),
    ]
  }

  private static func canWrite(_ path: String) -> Bool {
    // SAFETY: access reads the text during the call.
    unsafe access(path, W_OK | X_OK) == 0
  }

  private static var folder: Finding {
    let path = FileManager.default.currentDirectoryPath
    return canWrite(path)
      ? Finding("folder", "\(path), can be written to")
      : Finding(
        "folder", .wrong, "\(path) cannot be written to",
        do: "reports/, runs/ and .yolos/ are made in the folder you work in: go to another one")
  }

  /// Below so many bytes, the weights of a few runs fill the disk.
  private static let littleSpace = 1 << 30

  private static var disk: Finding {
    let path = FileManager.default.currentDirectoryPath
    let facts = try? FileManager.default.attributesOfFileSystem(forPath: path)
    guard let free = (facts?[.systemFreeSize] as? NSNumber)?.intValue else {
      return Finding("disk", .doubtful, "how much is free cannot be told")
    }
    let value = "\(Wording.size(free)) free"
    return free >= littleSpace
      ? Finding("disk", value)
      : Finding(
        "disk", .doubtful, value, do: "old results go with: yolos cache prune 100; old runs by hand"
      )
  }

  private static var home: Finding {
    guard !Paths.home.isEmpty, Directory.isFolder(Paths.home) else {
      return Finding(
        "home", .absent, "HOME names no folder: no history, no fetched weights",
        do: "XDG_DATA_HOME and XDG_STATE_HOME name other places")
    }
    return canWrite(Paths.home)
      ? Finding("home", "can be written to")
      : Finding(
        "home", .absent, "HOME cannot be written to: no history, no fetched weights",
        do: "XDG_DATA_HOME and XDG_STATE_HOME name other places")
  }

  private static func cache(_ path: String) -> Finding {
    let entries = ResultCache(folder: path, isFresh: false).list()
    guard !entries.isEmpty else { return Finding("cache", "\(path), empty") }
    let size = Wording.size(entries.reduce(0) { $0 + $1.bytes })
    return Finding("cache", "\(path), \(Wording.number(entries.count, "result")), \(size)")
  }

  /// What came along with the program.
  static func installation(_ installation: Installation) -> Finding {
    guard let share = installation.share else {
      return Finding("notebooks", .absent, "none came along with this program")
    }
    return Finding(
      "notebooks",
      "\(share): \(installation.notebooks.joined(separator: ", "))"
        + (installation.weights == nil ? "; no weights" : ""))
  }

  // MARK: Weights

  /// Fetched weights, each checked by its digest.
  static func weights(_ configuration: Workplace.Configuration) -> [Finding] {
    let store = configuration.weights
    var there: [String] = [], damaged: [Finding] = []
    for file in store.catalog.files {
      do throws(WeightsError) {
        if case .present = try store.state(of: file) { there.append(file.name) }
      } catch {
        damaged.append(
          Finding("weights", .wrong, "\(error)", do: error.hint ?? "fetch \(file.name) again"))
      }
    }
    let place = store.folder.map { " in \($0)" } ?? ""
    let found =
      there.isEmpty
      ? Finding(
        "weights", .absent, "none fetched\(place)",
        do: "for photos, the official ones: yolos fetch yolov8n.pt")
      : Finding("weights", there.joined(separator: ", ") + place)
    return [found] + damaged
  }

  // MARK: Programs

  /// Programs of others that yolos can use.
  static var programs: [Finding] {
    [
      program(
        "Slurm", ["sbatch"], isFor: "yolos run --on slurm", do: "apt install slurm-client"),
      program("MPI", ["mpirun", "mpiexec"], isFor: "", do: "apt install openmpi-bin"),
    ]
  }

  /// A program that is looked for on the PATH and asked for its version.
  static func program(
    _ title: String, _ names: [String], isFor use: String, do advice: String
  ) -> Finding {
    for name in names {
      guard let path = ShellCommand.path(of: name) else { continue }
      let outcome = ShellCommand.run(name, ["--version"])
      let version = outcome.flatMap { $0.code == 0 ? $0.output.split(separator: "\n").first : nil }
      return Finding(title, version.map { "\(path): \($0)" } ?? path)
    }
    let needed = use.isEmpty ? "not found" : "not found; needed for \(use)"
    return Finding(title, .absent, needed, do: advice)
  }
}
