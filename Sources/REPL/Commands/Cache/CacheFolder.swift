internal import Datasets
internal import Foundation
internal import Report

/// The cache as `yolos cache` sees it.
package struct CacheFolder {
  private let cache: ResultCache
  private let memory: DatasetMemory

  /// The cache in a folder.
  package init(_ folder: String) {
    cache = ResultCache(folder: folder, isFresh: false)
    memory = DatasetMemory(folder: Self.files(in: folder))
  }

  /// Where is kept what is known of the files of datasets.
  static func files(in folder: String) -> String { folder + "/files" }

  /// All results, the latest first.
  package var listing: Rendering {
    let entries = cache.list()
    guard !entries.isEmpty else { return .text("the cache is empty") }
    let bytes = entries.reduce(0) { $0 + $1.bytes }
    let dates = DateFormatter()
    dates.locale = Locale(identifier: "en_US_POSIX")
    dates.dateFormat = "yyyy-MM-dd HH:mm"
    return .table(
      Table(
        title: "\(Wording.number(entries.count, "result")), \(Wording.size(bytes))",
        columns: [
          .init("entry"), .init("command"), .init("took", isNumeric: true),
          .init("size", isNumeric: true), .init("created"),
        ],
        rows: entries.map { entry in
          [
            .init(String(entry.key.prefix(12)), style: .code), .init(entry.command),
            .init(Wording.duration(entry.seconds), isVolatile: true),
            .init(Wording.size(entry.bytes)),
            .init(dates.string(from: entry.modified), isVolatile: true),
          ]
        }))
  }

  /// Removes all results but the latest, and what is known of datasets that are gone.
  ///
  /// - Returns: How many results were removed.
  package func prune(keeping count: Int) -> Int {
    _ = memory.prune()
    JobFolder.prune(in: cache.folder)
    return cache.prune(keeping: count)
  }
}
