import Datasets
import Files
import Foundation
import Images
import Mathematics
import Synchronization
import Testing

/// What is remembered of a dataset's files, and when they are read again.
@Suite struct MemoryTests {
  private let scratch = Scratch()
  private let images = 150

  /// Training images of several gray levels and patterns, and a few to validate, with all that can be
  /// wrong and is mended; the YAML file.
  private func write() throws -> String {
    for folder in ["images/train", "images/val", "labels/train", "labels/val"] {
      try AtomicFile.makeFolder("\(scratch.path)/\(folder)")
    }
    for number in 0..<images {
      let split = number % 10 == 9 ? "val" : "train"
      try put(picture(number == 149 ? 0 : number), to: "images/\(split)/\(number).png")
      guard number % 7 != 3 else { continue }
      let rows = (0...(number % 3)).map { "\($0 % 2) .5 .\(3 + $0) .2 .1\n" }.joined()
      let rest = number % 20 == 5 ? "0 .5 .3 .2 .1\n" : number % 30 == 8 ? "7 .5 .5 .2 .2\n" : ""
      try put(rows + rest, to: "labels/\(split)/\(number).txt")
    }
    try put(Image(width: 8, height: 20, gray: 9).png(), to: "images/train/tiny.png")
    try put(picture(1) + Data("behind".utf8), to: "images/train/trailing.png")
    try put(Data("no image".utf8), to: "images/train/broken.png")
    try put("0 .5 .5 .2 .2\n", to: "labels/train/stray.txt")
    return try scratch.write("train: images/train\nval: images/val\nnames: [a, b]\n", to: "s.yaml")
  }

  /// Writes a file without waiting for the disk: there are many.
  private func put(_ content: Data, to name: String) throws {
    try content.write(to: URL(filePath: "\(scratch.path)/\(name)"))
  }

  private func put(_ text: String, to name: String) throws { try put(Data(text.utf8), to: name) }

  private func picture(_ number: Int) -> Data {
    var image = Image(width: 24, height: 16, gray: UInt8(number % 150))
    for i in 0..<image.pixels.count where i * (number % 11 + 3) % 17 < 6 { image.pixels[i] += 90 }
    return image.png()
  }

  /// Which files were read.
  private final class Reads: Sendable {
    private let names = Mutex<Set<String>>([])

    func add(_ path: String) {
      names.withLock { _ = $0.insert(path.split(separator: "/").suffix(2).joined(separator: "/")) }
    }

    var count: Int { names.withLock { $0.count } }
    var all: [String] { names.withLock { $0.sorted() } }
  }

  /// Work with a memory that believes that it is so many seconds later: what was just written is old.
  private func work(
    threads: Int = 2, later seconds: Int64 = 100, isFresh: Bool = false, _ reads: Reads = Reads()
  ) -> DatasetWork {
    var memory = DatasetMemory(folder: scratch.path + "/memory", isFresh: isFresh)
    memory.now = { FileIdentity.now + seconds * 1_000_000_000 }
    var work = DatasetWork()
    (work.threads, work.memory, work.willRead) = (threads, memory, reads.add)
    return work
  }

  private func open(_ file: String, _ work: DatasetWork) throws -> Dataset {
    try Dataset(contentsOf: file, labels: .lenient, work: work)
  }

  /// The files that an opening reads.
  private func reads(_ file: String, later seconds: Int64 = 100) throws -> [String] {
    let reads = Reads()
    _ = try open(file, work(later: seconds, reads))
    return reads.all
  }

  private func expectSame(_ a: Dataset, _ b: Dataset, _ comment: Comment) {
    #expect(a.digest == b.digest, comment)
    #expect(a.splits == b.splits, comment)
    #expect(a.notes == b.notes, comment)
    #expect(a.problems == b.problems, comment)
  }

  /// The files with a problem, which are read each time.
  private let suspects = [
    "train/105.txt", "train/125.txt", "train/128.txt", "train/145.txt", "train/25.txt",
    "train/5.txt", "train/65.txt", "train/68.txt", "train/8.txt", "train/85.txt",
    "train/98.txt", "train/broken.png",
  ]

  // MARK: The same result

  @Test func `the same comes out on any number of threads, with and without a memory`() throws {
    let file = try write()
    var plain = DatasetWork()
    plain.threads = 1
    let want = try open(file, plain)
    #expect(want.train.count > 100 && want.problems.count == 14 && want.notes.count == 5)
    for threads in [1, 2, 3, 8] {
      plain.threads = threads
      expectSame(try open(file, plain), want, "\(threads) threads, no memory")
      expectSame(try open(file, work(threads: threads)), want, "\(threads) threads")
      #expect(throws: DatasetError.self) { try Dataset(contentsOf: file, work: plain) }
    }
    var messages: Set<String> = []
    for threads in [1, 3] {
      for work in [work(threads: threads), work(threads: threads, isFresh: true)] {
        do { _ = try Dataset(contentsOf: file, work: work) } catch { messages.insert("\(error)") }
      }
    }
    #expect(messages.count == 1)
  }

  @Test func `annotations of other tools come out the same with a memory`() throws {
    let copy = scratch.path + "/coco"
    try open(write(), DatasetWork()).writeCOCO(to: copy)
    let want = try Dataset(contentsOf: copy)
    let first = Reads(), second = Reads()
    expectSame(try Dataset(contentsOf: copy, work: work(first)), want, "first")
    expectSame(try Dataset(contentsOf: copy, work: work(second)), want, "second")
    #expect(first.count == want.train.count + want.val.count && second.count == 0)
  }

  @Test func `leaks are the same on any number of threads, with and without a memory`() throws {
    let file = try write()
    let set = try open(file, work())
    var plain = DatasetWork()
    plain.threads = 1
    let want = try set.leaks(work: plain)
    #expect(want.contains(where: \.isExact) && want.contains { !$0.isExact })
    for threads in [1, 2, 5] {
      plain.threads = threads
      #expect(try set.leaks(work: plain) == want)
      #expect(try set.leaks(work: work(threads: threads)) == want)
    }
    let reads = Reads()
    #expect(try set.leaks(work: work(reads)) == want)
    #expect(reads.all.isEmpty)
    // An opening keeps what is known of how images look.
    try scratch.write("0 .5 .5 .3 .3\n", to: "labels/train/3.txt")
    _ = try open(file, work())
    #expect(try set.leaks(work: work(reads)) == want)
    #expect(reads.all.isEmpty)
    try scratch.write(picture(77), to: "images/train/0.png")
    _ = try open(file, work()).leaks(work: work(reads))
    #expect(reads.all == ["train/0.png"])
  }

  // MARK: Changes

  @Test func `what is known is not read again`() throws {
    let file = try write()
    #expect(try reads(file).count > 2 * images - 60)
    #expect(try reads(file) == suspects)
    #expect(try reads(file) == suspects)
  }

  @Test func `content of the same size and time is read again`() throws {
    let file = try write()
    let before = try open(file, work()).digest
    let path = scratch.path + "/labels/train/1.txt"
    let text = try scratch.text("labels/train/1.txt")
    let date = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
    // In place: the same inode.
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.write(contentsOf: Data(text.replacingOccurrences(of: ".2", with: ".1").utf8))
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    #expect(try reads(file) == (suspects + ["train/1.txt"]).sorted())
    #expect(try open(file, work()).digest != before)
  }

  @Test func `a touched file and a replaced one are read again, and nothing else`() throws {
    let file = try write()
    let before = try open(file, work()).digest
    let path = scratch.path + "/images/val/9.png"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
    #expect(try reads(file) == suspects + ["val/9.png"])
    #expect(try open(file, work()).digest == before)
    try scratch.write(picture(10), to: "images/val/9.png")
    #expect(try reads(file) == suspects + ["val/9.png"])
    #expect(try open(file, work()).digest != before)
    #expect(try reads(file) == suspects)
  }

  @Test func `images that come and go leave nothing behind`() throws {
    let file = try write()
    let before = try open(file, work())
    let size = try Data(contentsOf: URL(fileURLWithPath: memoryFile(file))).count
    try scratch.write(picture(3), to: "images/val/new.png")
    #expect(try reads(file) == suspects + ["val/new.png"])
    try FileManager.default.removeItem(atPath: scratch.path + "/images/val/new.png")
    #expect(try reads(file) == suspects)
    expectSame(try open(file, work()), before, "as before")
    #expect(try Data(contentsOf: URL(fileURLWithPath: memoryFile(file))).count == size)
  }

  @Test func `young files are read again until they are old`() throws {
    let file = try write()
    let all = try reads(file, later: 0)
    #expect(all.count > 2 * images - 60)
    #expect(try reads(file, later: 0) == all)
    // In the future no file is young; and what the memory holds from then on is used.
    #expect(try reads(file, later: 100) == all)
    #expect(try reads(file, later: 0) == suspects)
    // A file with a time to come is young as well.
    let path = scratch.path + "/labels/train/1.txt"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 1000)], ofItemAtPath: path)
    for _ in 0..<2 { #expect(try reads(file) == (suspects + ["train/1.txt"]).sorted()) }
    #expect(try reads(file, later: 2000).contains("train/1.txt"))
    #expect(try reads(file) == suspects)
  }

  @Test func `labels that do not stand with fewer classes are read, and the problem found`() throws
  {
    let file = try write()
    _ = try open(file, work())
    try scratch.write("train: images/train\nval: images/val\nnames: [a]\n", to: "s.yaml")
    let set = try open(file, work())
    expectSame(set, try open(file, DatasetWork()), "one class")
    #expect(set.problems.contains { $0.rule == .classTooLarge(classCount: 1) && $0.value == "1" })
  }

  // MARK: The memory itself

  private func memoryFile(_ file: String) -> String {
    DatasetMemory(folder: scratch.path + "/memory").place(of: file)
  }

  @Test func `a fresh reading reads all, and is remembered`() throws {
    let file = try write()
    let all = try reads(file)
    let again = Reads()
    _ = try open(file, work(isFresh: true, again))
    #expect(again.all == all)
    #expect(try reads(file) == suspects)
  }

  @Test(arguments: ["flipped", "cut", "empty", "version", "longer", "another's"])
  func `a damaged memory is ignored and written anew`(kind: String) throws {
    let file = try write()
    let want = try open(file, work()), all = try reads(file, later: 0).count
    let memory = memoryFile(file)
    var content = try AtomicFile.read(memory)
    switch kind {
    case "flipped": content[content.count / 2] ^= 1
    case "cut": content = content.prefix(content.count - 40)
    case "empty": content = Data()
    case "version":
      content[7] += 1
      content = content.dropLast(32)
      content += Digest(of: content).bytes
    case "longer": content += [0]
    default:
      let other = try scratch.write(scratch.text("s.yaml"), to: "other.yaml")
      _ = try open(other, work())
      content = try AtomicFile.read(memoryFile(other))
    }
    try AtomicFile.write(content, to: memory)
    let again = Reads()
    expectSame(try open(file, work(again)), want, "read again")
    #expect(again.count > 2 * images - 60 && all == suspects.count)
    #expect(try reads(file) == suspects)
  }

  @Test func `a memory that cannot be written costs a remark and nothing else`() throws {
    let file = try write()
    var work = work(), remarks: [String] = []
    work.memory = DatasetMemory(folder: file + "/none")
    work.remark = { remarks.append($0) }
    work.memory?.now = { FileIdentity.now + 100_000_000_000 }
    expectSame(try open(file, work), try open(file, DatasetWork()), "without a memory")
    #expect(remarks.count == 1 && remarks[0].contains("was not remembered"))
  }

  @Test func `readings at once leave a whole memory`() throws {
    let file = try write()
    let want = try open(file, DatasetWork()).digest
    let digests = Mutex<Set<Digest>>([])
    let work = Mutex(
      [work(), self.work(), self.work(isFresh: true), self.work()].map { $0.memory })
    DispatchQueue.concurrentPerform(iterations: 4) { number in
      var own = DatasetWork()
      own.memory = work.withLock { $0[number] }
      guard let set = try? Dataset(contentsOf: file, labels: .lenient, work: own) else { return }
      digests.withLock { _ = $0.insert(set.digest) }
    }
    #expect(digests.withLock { $0 } == [want])
    #expect(try reads(file) == suspects)
  }

  @Test func `what is known of datasets that are gone is pruned`() throws {
    let file = try write()
    _ = try open(file, work())
    let memory = DatasetMemory(folder: scratch.path + "/memory")
    try scratch.write("half", to: "memory/abc.files.XyZ")
    #expect(memory.prune() == 0)
    try FileManager.default.removeItem(atPath: file)
    var later = memory
    later.now = { FileIdentity.now + 90_000 * 1_000_000_000 }
    #expect(later.prune() == 2)
    #expect(!FileManager.default.fileExists(atPath: memoryFile(file)))
  }

  // MARK: The end, and how far it is

  @Test(arguments: [1, 3])
  func `an opening ends when somebody asks, and keeps what it read`(threads: Int) throws {
    let file = try write()
    let first = Reads()
    var work = work(threads: threads, first)
    work.isCancelled = { first.count >= 140 }
    #expect(throws: DatasetError(file: "", problem: .cancelled)) { try open(file, work) }
    // Each thread ends with the image that it is at.
    #expect(first.count >= 140 && first.count < 140 + 2 * threads + 2)
    let rest = Reads()
    _ = try open(file, self.work(rest))
    // One thread has handed over most of its images by then; of three, none may have.
    #expect(threads > 1 || rest.count < 2 * images - 40 - 64)
    #expect(DatasetError(file: "", problem: .cancelled).description == "stopped on request")
  }

  @Test func `a conversion ends when somebody asks, and leaves nothing`() throws {
    let set = try open(write(), DatasetWork())
    var work = DatasetWork(), written = 0
    work.report = { if $0.stage == .writing { written = $0.done } }
    let asked = Atomic<Int>(0)
    work.isCancelled = { asked.wrappingAdd(1, ordering: .relaxed).newValue > 20 }
    #expect(throws: DatasetError(file: "", problem: .cancelled)) {
      try set.writeYOLO(to: scratch.path + "/out", work: work)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(written == 20 && !names.contains { $0.hasPrefix("out") })
  }

  @Test func `reports count up to the end of each stage`() throws {
    let file = try write()
    var heard: [DatasetProgress] = []
    var work = DatasetWork()
    work.threads = 3
    work.report = { heard.append($0) }
    let set = try open(file, work)
    let stages = [set.train.count + 15, 15]
    #expect(heard.filter { $0.done == $0.count }.count == 2)
    #expect(heard.allSatisfy { $0.stage == .reading && $0.done <= $0.count })
    #expect(stages[0] > heard[0].done)
    heard = []
    _ = try set.leaks(work: work)
    #expect(heard.first?.stage == .looking && heard.last?.stage == .comparing)
    #expect(zip(heard, heard.dropFirst()).allSatisfy { $0.stage != $1.stage || $0.done < $1.done })
  }
}

@Suite struct LookIndexTests {
  @Test(arguments: [0, 1, 4, 7, 8, 20])
  func `finds what a comparison with each finds`(threshold: Int) {
    var random = RandomSource(seed: 1, purpose: 77)
    var hashes: [PerceptualHash] = []
    for number in 0..<600 {
      var bits = UInt64(random.nextWord()) << 32 | UInt64(random.nextWord())
      if number % 3 > 0 {
        bits = hashes[number / 3 * 3].bits
        for _ in 0..<(number % 12) { bits ^= 1 << UInt64(random.below(64)) }
      }
      hashes.append(PerceptualHash(bits: bits, mean: SIMD3(Int32(number % 5) * 90, 0, 0)))
    }
    let index = LookIndex(hashes, threshold: threshold)
    for hash in hashes {
      let want = hashes.enumerated().compactMap { place, other -> LookIndex.Match? in
        guard let distance = hash.distance(other), distance <= threshold else { return nil }
        return LookIndex.Match(index: place, distance: distance)
      }
      #expect(index.matches(of: hash) == want)
    }
  }
}

@Suite struct LabelPathTests {
  @Test(arguments: [
    ("images/1.jpg", "labels/1.txt"), ("a/images/b/1.JPG", "a/labels/b/1.txt"),
    ("/images/x/images/1.png", "/images/x/labels/1.txt"), ("1.png", "1.txt"),
    ("a/my-images/1.png", "a/my-images/1.txt"),
    ("images/images.v2/1.a.png", "labels/images.v2/1.a.txt"),
    ("a/images/scan", "a/labels/scan.txt"), ("a/images/photo.1", "a/labels/photo.txt"),
    ("daß/images/é.jpeg", "daß/labels/é.txt"), ("images", "images.txt"),
  ])
  func `labels lie where the last folder of images is one of labels`(image: String, label: String) {
    #expect(ImageFolder.labelPath(ofImage: image) == label)
  }
}
