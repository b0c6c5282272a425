import Datasets
import Files
import Foundation
import Images
import TestSupport
import Testing

@Suite struct DatasetTests {
  private let scratch = Scratch()
  private let picture = Image(width: 20, height: 12, gray: 90).png()

  /// A small dataset: two training images, one of them a background, and one for validation.
  private func write(yaml: String = "train: images/train\nval: images/val\nnames: [a, b]\n") throws
    -> String
  {
    for name in ["train/1.png", "train/2.png", "val/3.png"] {
      try scratch.write(picture, to: "images/" + name)
    }
    try scratch.write("0 .5 .5 .2 .2\n1 .4 .4 .1 .1\n", to: "labels/train/2.txt")
    try scratch.write("1 .5 .5 .2 .2\n", to: "labels/val/3.txt")
    return try scratch.write(yaml, to: "toys.yaml")
  }

  private func message(_ file: String, _ labels: LabelPolicy = .strict) -> String {
    do {
      _ = try Dataset(contentsOf: file, labels: labels)
      return "no error"
    } catch { return "\(error)".replacingOccurrences(of: scratch.path + "/", with: "") }
  }

  @Test func `images, labels, sizes and counts are read`() throws {
    let set = try Dataset(contentsOf: write())
    #expect(set.name == "toys" && set.train.map(\.fileName) == ["1.png", "2.png"])
    #expect(set.train[1].labels.count == 2 && set.train[1].width == 20 && set.train[1].height == 12)
    let summary = set.summary(of: .train)
    #expect(summary.images == 2 && summary.backgrounds == 1 && summary.objects == [1, 1])
    #expect(set.notes == [.withoutLabels(split: .train, images: 1)])
    #expect(set.test.isEmpty && set.problems.isEmpty)
  }

  @Test func `the digest follows the content and not the place`() throws {
    let first = try Dataset(contentsOf: write()).digest
    let other = Scratch()
    try FileManager.default.createDirectory(atPath: other.path, withIntermediateDirectories: true)
    for name in ["images", "labels", "toys.yaml"] {
      try FileManager.default.copyItem(
        atPath: scratch.path + "/" + name, toPath: other.path + "/" + name)
    }
    #expect(try Dataset(contentsOf: other.path + "/toys.yaml").digest == first)
    try scratch.write("0 .5 .5 .2 .21\n1 .4 .4 .1 .1\n", to: "labels/train/2.txt")
    #expect(try Dataset(contentsOf: scratch.path + "/toys.yaml").digest != first)
    try other.write(Image(width: 20, height: 12, gray: 91).png(), to: "images/val/3.png")
    #expect(try Dataset(contentsOf: other.path + "/toys.yaml").digest != first)
  }

  @Test func `strict stops at every problem, lenient leaves out and counts`() throws {
    let file = try write()
    try scratch.write("0 .5 .5 .2 .2\n5 .4 .4 .1 .1\n", to: "labels/train/1.txt")
    try scratch.write("0 .5 .5 .2 .2\n0 .5 .5 .2 .2\n", to: "labels/train/2.txt")
    #expect(
      message(file) == """
        labels/train/1.txt:2:1: class 5 does not exist: the 2 classes are 0 to 1
        labels/train/2.txt:2:1: is a duplicate of line 1
        toys.yaml: 2 problems in 2 files; fix them, or use labels="lenient" to drop what cannot be used
        """)
    let set = try Dataset(contentsOf: file, labels: .lenient)
    #expect(set.train.map(\.fileName) == ["2.png"] && set.train[0].rows.count == 1)
    #expect(set.notes == [.leftOut(images: 1, rows: 1)])
  }

  @Test(arguments: [
    ("0 320 240 50 40\n", 4, 1, "the labels seem to be in pixels: divide x and width by the width"),
    (
      "2 0.5 0.5 0.1 0.1\n", 1, 1,
      "either 'names' lacks classes, or the labels count classes from 1"
    ),
    ("0 0.5 0.5 0.1 0.1 0.9\n", 1, 1, "a sixth column is mostly a confidence"),
    ("0,0.5,0.5,0.1,0.1\n", 2, 2, "columns are separated by spaces, and decimals have a point"),
    ("bear 0.5 0.5 0.1 0.1\n", 1, 1, "a class is its number in 'names', from 0, not its name"),
  ]) func `one kind of problem is one line a file, and few files are named`(
    row: String, problems: Int, kinds: Int, remedy: String
  ) throws {
    let file = try write()
    for name in ["1", "2"] {
      try scratch.write(String(repeating: row, count: 30), to: "labels/train/\(name).txt")
    }
    let few = message(file).split(separator: "\n")
    #expect(few.count == 2 * kinds + 2, "\(few)")
    #expect(few[0].hasPrefix("labels/train/1.txt:1:"))
    let more = 30 * problems / kinds - 1
    #expect(few[0].hasSuffix("(and \(more) more like it in this file)"), "\(few[0])")
    #expect(few[2 * kinds].hasPrefix(remedy), "\(few)")
    #expect(few.last?.contains(": \(60 * problems) problems in 2 files; fix them") == true)
    for number in 10..<30 {
      try scratch.write(picture, to: "images/train/\(number).png")
      try scratch.write(row, to: "labels/train/\(number).txt")
    }
    let many = message(file).split(separator: "\n")
    #expect(many.count == 4 * kinds + 2, "\(many)")
    #expect(many.contains { $0.hasPrefix("… the same in 19 more files") }, "\(many)")
  }

  @Test func `a picture that we cannot read is named, never passed over`() throws {
    let file = try write()
    try scratch.write("\0\0\0\u{C}jP  ", to: "images/train/4.jp2")
    try scratch.write("no picture", to: "images/train/5.jpg")
    #expect(
      message(file).contains(
        "images/train/4.jp2: "))
    #expect(message(file).contains("images/train/5.jpg: cannot be decoded: expected an image"))
    #expect(try Dataset(contentsOf: file, labels: .lenient).train.count == 2)
  }

  @Test func `a header that asks for gigabytes is a problem of the audit`() throws {
    let file = try write()
    var bomb = picture
    bomb.replaceSubrange(16..<24, with: [0, 0x0F, 0, 0, 0, 0x0F, 0, 0])
    try scratch.write(bomb, to: "images/val/3.png")
    #expect(
      message(file).hasPrefix(
        "images/val/3.png: cannot be decoded: 983040 x 983040 pixels are more than the 120 million")
    )
  }

  @Test func `lists written under Windows name the same images`() throws {
    let file = try write(yaml: "train: train.txt\nval: images/val\nnames: [a, b]\n")
    try scratch.write(".\\images\\train\\1.png\r\nimages\\train\\2.png\r\n", to: "train.txt")
    let dataset = try Dataset(contentsOf: file)
    #expect(dataset.train.map(\.fileName) == ["1.png", "2.png"])
    #expect(dataset.train[1].labels.count == 2, "labels are found beside them")
  }

  @Test func `a dataset with lists of Windows opens`() throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("windows-lists/data.yaml"))
    #expect(dataset.train.count == 2 && dataset.val.count == 1)
  }

  @Test func `a test folder that was never made is a note`() throws {
    let file = try write(
      yaml: "train: images/train\nval: images/val\ntest: ../test/images\nnames: [a, b]\n")
    let dataset = try Dataset(contentsOf: file)
    #expect(dataset.train.count == 2 && dataset.test.isEmpty)
    #expect(dataset.notes.contains(.absentSplit(.test, place: "../test/images", isEmpty: false)))
    #expect(
      "\(DatasetNote.absentSplit(.test, place: "../test/images", isEmpty: false))"
        == "test: '../test/images' does not exist, so the dataset has no test split")
  }

  @Test func `a free export opens without its test folder`() throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("absent-test/data.yaml"))
    #expect(dataset.train.count == 3 && dataset.val.count == 2 && dataset.test.isEmpty)
    #expect(dataset.classNames == ["red-box"])
    #expect(dataset.notes.contains(.absentSplit(.test, place: "../test/images", isEmpty: false)))
  }

  @Test func `missing folders, empty splits and missing labels name the line`() throws {
    let missing = try write(yaml: "names: [a, b]\nval: images/nowhere\n")
    #expect(
      message(missing) == """
        toys.yaml:2: 'val': no such folder or list; looked for images/nowhere; paths are relative to \
        the YAML file
        """)
    let empty = try write(yaml: "names: [a, b]\ntrain: labels\n")
    #expect(message(empty) == "toys.yaml:2: 'train': no image in labels")
    let root = try write(yaml: "path: nowhere\ntrain: there\nnames: [a, b]\n")
    #expect(
      message(root).hasPrefix("toys.yaml:1: 'path': no such folder or list; looked for nowhere"))
    try scratch.write(picture, to: "bare/1.png")
    let bare = try write(yaml: "train: bare\nnames: [a, b]\n")
    #expect(
      message(bare)
        == "toys.yaml:1: 'train': none of 1 image has labels; expected, for one, bare/1.txt")
  }

  @Test func `a split may be several folders or a list of images`() throws {
    try scratch.write("./images/train/2.png\n\nimages/val/3.png\n", to: "lists/../some.txt")
    let set = try Dataset(
      contentsOf: write(yaml: "train: [images/val, images/train]\nval: some.txt\nnames: [a, b]"))
    #expect(set.train.map(\.fileName) == ["1.png", "2.png", "3.png"])
    #expect(set.val.map(\.fileName) == ["2.png", "3.png"])
  }

  @Test func `links to folders are followed, also where they lead in a circle`() throws {
    _ = try write()
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: scratch.path + "/linked/images", withIntermediateDirectories: true)
    for (link, target) in [
      ("linked/images/train", "../../images/train"), ("linked/labels", "../labels"),
      ("images/train/again", "../train"),
    ] {
      try manager.createSymbolicLink(
        atPath: scratch.path + "/" + link, withDestinationPath: target)
    }
    try scratch.write(picture, to: "images/train/.checkpoints/2.png")
    let yaml = "train: images\nnames: [a, b]\n"
    let set = try Dataset(contentsOf: try scratch.write(yaml, to: "linked/linked.yaml"))
    #expect(set.train.map(\.fileName) == ["1.png", "2.png"])
    #expect(set.train.map(\.rows.count) == [0, 2])
  }

  @Test func `a picture is no list, a list is text, and a device is nothing to read`() throws {
    #expect(
      message(try write(yaml: "train: images/train/1.png\nnames: [a, b]\n")) == """
        toys.yaml:1: 'train' should be a folder or a .txt file with one path per line, found the image \
        'images/train/1.png'
        """)
    // The list of a program that writes Latin-1.
    let latin = "images/train/1.png\nimages/\u{E9}.png".unicodeScalars.map { UInt8($0.value) }
    try scratch.write(Data(latin), to: "list.txt")
    #expect(
      message(try write(yaml: "train: list.txt\nnames: [a, b]\n"))
        == "list.txt:2: is not UTF-8 text: this line holds bytes of another encoding")
    try scratch.write("images/train/2.png\n/dev/zero\nimages\n", to: "list.txt")
    #expect(
      message(try write(yaml: "train: list.txt\nnames: [a, b]\n")).hasPrefix(
        "/dev/zero: cannot read: it is not a regular file\nimages: cannot read: it is a folder\n"))
    let backslashes = try Dataset(contentsOf: write(yaml: "train: images\\train\nnames: [a, b]\n"))
    #expect(backslashes.train.count == 2)
  }

  @Test func `path is relative to the YAML file, and forgiven where it is of another machine`()
    throws
  {
    _ = try write()
    try scratch.write("path: ../\ntrain: images/train\nnames: [a, b]", to: "sub/inner.yaml")
    #expect(try Dataset(contentsOf: scratch.path + "/sub/inner.yaml").train.count == 2)
    let file = try write(yaml: "path: /elsewhere/sets\ntrain: images/train\nnames: [a, b]")
    let set = try Dataset(contentsOf: file)
    #expect(set.train.count == 2)
    guard case .pathReread("path", "/elsewhere/sets", _)? = set.notes.first else {
      Issue.record("the forgiven path is not said aloud: \(set.notes)")
      return
    }
  }

  @Test func `labels without an image are mentioned`() throws {
    let file = try write()
    try scratch.write("0 .5 .5 .2 .2\n", to: "labels/val/renamed.txt")
    let notes = try Dataset(contentsOf: file).notes
    #expect(
      notes.contains(.strayLabels(files: 1, example: scratch.path + "/labels/val/renamed.txt")))
  }
}

@Suite(.shared("datasets/2plysaci")) struct PlushTests {
  @Test func `the plush photographs are read with their author's own YAML`() throws {
    let file = try #require(Shared.folder("datasets/2plysaci.yaml")).path
    let set = try Dataset(contentsOf: file)
    #expect(DatasetSplit.allCases.map { set[$0].count } == [23, 3, 2])
    #expect(set.classNames == ["oslik", "ovecka"] && set.summary(of: .train).objects == [23, 23])
    #expect(set.summary(of: .test).unlabeled == 2)
    #expect(
      set.notes.map(\.description) == [
        "train: '../2plysaci/train/images' does not exist relative to the YAML file; read as '2plysaci/train/images'",
        "val: '../2plysaci/valid/images' does not exist relative to the YAML file; read as '2plysaci/valid/images'",
        "test: '../2plysaci/test/images' does not exist relative to the YAML file; read as '2plysaci/test'",
        "test: 2 images without labels, for prediction only",
      ])
  }

  @Test func `the pig is read, its test photographs partly labelled`() throws {
    let set = try Dataset(contentsOf: try #require(Shared.folder("datasets/prasatko.yaml")).path)
    #expect(DatasetSplit.allCases.map { set[$0].count } == [8, 2, 2])
    #expect(set.test.map(\.isLabeled) == [true, false])
  }
}

@Suite(.golden("labels")) struct GoldenImageVerdictTests {
  @Test func `every picture is accepted, corrected or rejected as the reference does`() throws {
    let section = try #require(Shared.golden("labels"))
    let expected = try goldenJSON(section.appendingPathComponent("expected.json"))
    let scratch = Scratch()
    let entries = try #require(expected["image_files"] as? [[String: Any]])
    for entry in entries {
      let name = try #require(entry["image"] as? String)
      try scratch.write(try Data(contentsOf: section.appendingPathComponent(name)), to: name)
      let stem = PathText.withoutSuffix(PathText.name(of: name))
      try scratch.write(try #require(expected["inline_label"] as? String), to: "labels/\(stem).txt")
    }
    try scratch.write("train: images\nnames: [a, b, c]", to: "set.yaml")
    let set = try Dataset(contentsOf: scratch.path + "/set.yaml", labels: .lenient)
    for entry in entries {
      let name = try #require(entry["image"] as? String)
      let sample = set.train.first { $0.imagePath.hasSuffix("/" + name) }
      let problems = set.problems.filter { $0.file.hasSuffix("/" + name) }
      let outcome = sample == nil ? "rejected" : problems.isEmpty ? "accepted" : "corrected"
      #expect(outcome == entry["outcome"] as? String, "\(name): \(problems)")
      if let sample, let shape = entry["shape_hw"] as? [Int] {
        #expect([sample.height, sample.width] == shape, "\(name)")
        #expect(sample.rows.count == 1)
      }
      countGoldenComparison()
    }
    // Our decoder ignores what follows an image, so nothing is rewritten and strict accepts it too.
    #expect(set.problems.filter { $0.effect == .harmless }.count == 1)
  }

  @Test func `an image without a label file is a background`() throws {
    let section = try #require(Shared.golden("labels"))
    let scratch = Scratch()
    let common = try Data(contentsOf: section.appendingPathComponent("images/common.png"))
    for name in ["a", "b"] { try scratch.write(common, to: "images/\(name).png") }
    try scratch.write("", to: "labels/a.txt")
    try scratch.write("train: images\nnames: [a]", to: "set.yaml")
    let set = try Dataset(contentsOf: scratch.path + "/set.yaml")
    #expect(
      set.summary(of: .train)
        == SplitSummary(images: 2, backgrounds: 2, unlabeled: 0, objects: [0]))
    #expect(set.train.map(\.width) == [40, 40] && set.train.map(\.height) == [24, 24])
    countGoldenComparison()
  }
}
