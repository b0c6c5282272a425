/// Finds the numbers of a storage in a file.
protocol TorchStorages {
  /// All elements of a storage, at least as many as it says it has.
  mutating func elements(of storage: PickleHeap.Storage) throws(CheckpointError) -> Elements
}

/// The storages of today's files: one zip entry each.
struct ZipStorages: TorchStorages {
  let archive: ZipArchive
  let file: String
  /// The folder in the archive; each file has a name of its own for it.
  let root: String
  private var loaded: [String: Bytes] = [:]

  init(_ archive: ZipArchive, file: String, root: String) {
    (self.archive, self.file, self.root) = (archive, file, root)
  }

  mutating func elements(of storage: PickleHeap.Storage) throws(CheckpointError) -> Elements {
    let entry = root + "data/" + storage.key
    let bytes: Bytes
    if let known = loaded[storage.key] {
      bytes = known
    } else if let read = try archive.read(entry) {
      bytes = read
      loaded[storage.key] = read
    } else {
      throw CheckpointError(file: file, problem: .missing("the entry '\(entry)'"))
    }
    guard storage.count <= bytes.count / storage.type.size else {
      let needed = storage.count.multipliedReportingOverflow(by: storage.type.size)
      throw CheckpointError(
        file: file, place: .entry(entry, byte: nil),
        problem: .truncated(
          needed: needed.overflow ? .max : needed.partialValue, available: bytes.count))
    }
    return Elements(bytes: bytes, start: 0, type: storage.type)
  }
}

/// The storages of files from before torch 1.6: behind the pickles, one after the other.
struct LegacyStorages: TorchStorages {
  private let bytes: Bytes
  private let file: String
  /// Where the elements of each storage begin, and how many there are.
  private var places: [String: (start: Int, count: Int)] = [:]

  /// Walks over the storages; each begins with its number of elements in eight bytes.
  init(_ keys: [String], of heap: PickleHeap, reader: ByteReader) throws(CheckpointError) {
    (bytes, file) = (reader.bytes, reader.file)
    var types: [String: ElementType] = [:]
    for storage in heap.storages { types[storage.key] = storage.type }
    var reader = reader
    for key in keys {
      guard let type = types[key] else {
        throw reader.failure(.malformed(expected: "a storage the pickle knows", found: "'\(key)'"))
      }
      let count = try reader.integer(Int64.self)
      guard count >= 0, count <= Int64(reader.available / type.size) else {
        throw reader.failure(
          .tooLarge(
            what: "elements of a storage", needed: Int(count),
            limit: reader.available / type.size))
      }
      places[key] = (reader.offset, Int(count))
      reader.offset += Int(count) * type.size
    }
  }

  func elements(of storage: PickleHeap.Storage) throws(CheckpointError) -> Elements {
    guard let place = places[storage.key] else {
      throw CheckpointError(file: file, problem: .missing("the storage '\(storage.key)'"))
    }
    guard storage.count <= place.count else {
      throw CheckpointError(
        file: file, place: .byte(place.start),
        problem: .truncated(needed: storage.count, available: place.count))
    }
    return Elements(bytes: bytes, start: place.start, type: storage.type)
  }
}
