import Files
import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ConversionTests {
  private let scratch = Scratch()

  private func picture(_ width: Int, _ height: Int, _ name: String, gray: UInt8 = 50) throws {
    try scratch.write(Image(width: width, height: height, gray: gray).png(), to: name)
  }

  /// Three images with awkward numbers, two classes with awkward names, two splits.
  private func dataset() throws -> Dataset {
    try picture(640, 427, "images/train/a.png")
    try picture(333, 500, "images/train/b.png")
    try picture(100, 30, "images/val/c.png")
    try scratch.write(
      "0 0.272998046875 0.5147526041666667 0.31740234375 0.6697395833333334\n1 0.1 0.3 0.05 0.07\n",
      to: "labels/train/a.txt")
    try scratch.write("", to: "labels/train/b.txt")
    try scratch.write("1 0.5 0.5 1 1\n", to: "labels/val/c.txt")
    let yaml = "train: images/train\nval: images/val\nnames: ['a <b> & \"c\"', 'd: #e']\n"
    return try Dataset(contentsOf: try scratch.write(yaml, to: "set.yaml"))
  }

  private func expectSame(_ got: Dataset, _ want: Dataset, within tolerance: Double) {
    #expect(got.classNames == want.classNames)
    for split in DatasetSplit.allCases {
      #expect(got[split].map(\.fileName) == want[split].map(\.fileName), "\(split)")
      #expect(got[split].map(\.isLabeled) == want[split].map(\.isLabeled), "\(split)")
      #expect(got[split].map(\.imageDigest) == want[split].map(\.imageDigest), "\(split)")
      for (a, b) in zip(got[split].flatMap(\.rows), want[split].flatMap(\.rows)) {
        #expect(a.classIndex == b.classIndex)
        for (x, y) in [
          (a.centerX, b.centerX), (a.centerY, b.centerY), (a.width, b.width), (a.height, b.height),
        ] {
          #expect(abs(x - y) <= tolerance, "\(x), expected \(y)")
        }
      }
      #expect(got[split].map(\.rows.count) == want[split].map(\.rows.count))
    }
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)".replacingOccurrences(of: scratch.path + "/", with: "") }
  }

  @Test func `YOLO to YOLO loses nothing at all`() throws {
    let set = try dataset()
    let copy = try Dataset(contentsOf: set.writeYOLO(to: scratch.path + "/copy"))
    expectSame(copy, set, within: 0)
    #expect(copy.digest == set.digest)
  }

  /// As above, with a class that does not occur, a background, and a test split that is labeled in part.
  private func wideDataset() throws -> Dataset {
    _ = try dataset()
    try picture(64, 48, "images/test/y.png", gray: 70)
    try scratch.write("2 0.5 0.5 0.25 0.125\n", to: "labels/test/y.txt")
    try picture(64, 48, "images/test/z.png", gray: 90)
    try picture(64, 48, "images/test/zz.png", gray: 110)
    try scratch.write("", to: "labels/test/zz.txt")
    let yaml = """
      train: images/train
      val: images/val
      test: images/test
      names: ['z & "z"', 'a <b>', 'd: #e']
      """
    return try Dataset(contentsOf: try scratch.write(yaml, to: "wide.yaml"))
  }

  @Test func `YOLO to COCO and back loses nothing beyond the printed digits`() throws {
    let set = try wideDataset()
    try set.writeCOCO(to: scratch.path + "/coco")
    let back = try Dataset(cocoFolder: scratch.path + "/coco")
    // Double precision: one rounding of a product and one of a quotient near 1.
    expectSame(back, set, within: 1e-15)
    #expect(back.name == "coco")
    let val = try Dataset(
      coco: scratch.path + "/coco/annotations/instances_val.json",
      images: scratch.path + "/coco/images", split: .val)
    #expect(val.val.map(\.rows.count) == [1])
  }

  @Test func `of a folder in COCO's layout the files of instances are taken, one a split`() throws {
    let set = try dataset(), place = "coco/annotations/"
    try set.writeCOCO(to: scratch.path + "/coco")
    try scratch.write("{}", to: place + "captions_val2017.json")
    expectSame(try Dataset(cocoFolder: scratch.path + "/coco"), set, within: 1e-15)
    try scratch.write("{}", to: place + "instances_val2017.json")
    #expect(
      message { _ = try Dataset(cocoFolder: scratch.path + "/coco") }
        == "coco/annotations: 2 files have 'val' in their names; convert only one")
    #expect(
      message { _ = try Dataset(cocoFolder: scratch.path + "/images") }
        == "images/annotations: no file here has 'train', 'val' or 'test' in its name")
  }

  @Test func `YOLO to VOC and back loses nothing beyond the printed digits`() throws {
    let set = try wideDataset()
    try set.writeVOC(to: scratch.path + "/voc")
    // Nine decimals of a pixel, in images of at least 30 pixels.
    for folder in ["/voc", "/voc/Annotations"] {
      expectSame(try Dataset(voc: scratch.path + folder), set, within: 1e-9 / 30)
    }
    try FileManager.default.removeItem(atPath: scratch.path + "/voc/JPEGImages/z.png")
    #expect(message { _ = try Dataset(voc: scratch.path + "/voc") }.contains("z"))
  }

  @Test func `a file in the folder's place is not replaced, and nothing half done is left`() throws
  {
    let set = try dataset()
    let photograph = scratch.path + "/images/val/c.png"
    let before = try Data(contentsOf: URL(fileURLWithPath: photograph))
    for write in [
      { try set.writeCOCO(to: $0) }, { try set.writeVOC(to: $0) }, { try set.writeYOLO(to: $0) },
    ] as [(String) throws -> Void] {
      #expect(
        message { try write(photograph) }
          == "images/val/c.png: a file with this name exists; choose a new folder")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: photograph)) == before)
    // Two splits with one name do not fit into one folder: seen only when much is written already.
    let yaml = "train: images/train\nval: images/val\nnames: [a, b]\n"
    try picture(100, 30, "images/val/a.png")
    let twice = try Dataset(contentsOf: try scratch.write(yaml, to: "twice.yaml"))
    #expect(
      message { try twice.writeVOC(to: scratch.path + "/voc") }
        == "voc: train/a.png and val/a.png would both be written as a.png")
    try set.writeYOLO(to: scratch.path + "/slash/")
    try set.writeYOLO(to: scratch.path + "/slash/")
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(!left.contains { $0.contains(".partial") } && !left.contains("voc"))
  }

  @Test func `a folder that holds something is not written to`() throws {
    let set = try dataset()
    #expect(
      message { try set.writeYOLO(to: scratch.path) } == scratch.path
        + ": the folder contains files that are not from a conversion; choose a new one")
  }

  @Test func `a conversion replaces what an earlier one wrote, and nothing that was touched since`()
    throws
  {
    let set = try dataset(), folder = scratch.path + "/out"
    try set.writeCOCO(to: folder)
    let yaml = try set.writeYOLO(to: folder)
    #expect(!FileManager.default.fileExists(atPath: folder + "/annotations"))
    let first = try Data(contentsOf: URL(fileURLWithPath: yaml))
    try set.writeYOLO(to: folder)
    #expect(try Data(contentsOf: URL(fileURLWithPath: yaml)) == first)
    try scratch.write("mine", to: "out/.notes")
    #expect(message { try set.writeVOC(to: folder) }.contains("holds something else"))
    #expect(FileManager.default.fileExists(atPath: folder + "/.notes"))
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(!left.contains { $0.contains(".partial") })
  }

  private func coco(_ annotations: String, options: COCOOptions = COCOOptions()) throws -> Dataset {
    try picture(200, 100, "images/a b.png")
    let file = try scratch.write(
      """
      {"images": [{"id": "x", "file_name": "https://blob/store/a%20b.png?sig=1"}],
       "categories": [{"id": 90, "name": "dog"}, {"id": 7, "name": "cat"}],
       "annotations": [\(annotations)]}
      """, to: "coco.json")
    return try Dataset(coco: file, images: scratch.path + "/images", options: options)
  }

  private func box(_ id: Int, _ box: String, category: Int = 7, more: String = "") -> String {
    #"{"id": \#(id), "image_id": "x", "category_id": \#(category), "bbox": [\#(box)]\#(more)}"#
  }

  @Test func `links, texts as identifiers and gaps in categories are understood`() throws {
    let set = try coco(box(1, "20, 10, 60, 40", category: 90))
    #expect(set.classNames == ["cat", "dog"] && set.train[0].fileName == "a b.png")
    #expect(
      set.train[0].rows == [
        LabelRow(classIndex: 1, centerX: 0.25, centerY: 0.1 + 0.4 / 2, width: 0.3, height: 0.4)
      ])
    #expect(set.notes.map(\.description) == ["boxes are pixels, as all boxes of the file agree"])
  }

  @Test func `coordinates are decided from the whole file`() throws {
    let fractions = try coco(box(1, "0.1, 0.1, 0.3, 0.4") + "," + box(2, "0, 0, 1, 1"))
    #expect(abs(fractions.train[0].rows[0].centerX - 0.25) < 1e-15)
    // A single pixel in the corner of a file of pixels is no fraction.
    #expect(
      try coco(box(1, "0, 0, 1, 1") + "," + box(2, "5, 5, 50, 50")).train[0].rows[0].width == 1
        / 200.0)
    let mixed = box(1, "0.1, 0.1, 0.3, 0.4") + "," + box(2, "5, 5, 50, 50")
    #expect(
      message { _ = try coco(mixed) } == """
        coco.json: boxes are neither all fractions nor all pixels: annotation 1 ([0.1, 0.1, 0.3, 0.4]) \
        looks normalized, annotation 2 ([5.0, 5.0, 50.0, 50.0]) absolute; say which with \
        coords="normalized" or coords="absolute"
        """)
    var options = COCOOptions()
    options.coordinates = .absolute
    #expect(try coco(mixed, options: options).train[0].rows.count == 2)
  }

  @Test func `crowds, empty boxes, repetitions and borders are counted`() throws {
    let set = try coco(
      [
        box(1, "10, 10, 20, 20"), box(2, "10, 10, 20, 20"),
        box(3, "0, 0, 200, 100", more: #", "iscrowd": 1"#),
        box(4, "5, 5, 0, 9"), box(5, "-20, 50, 40, 100"),
      ].joined(separator: ","))
    #expect(set.train[0].rows.count == 2 && set.train[0].rows[1].width == 0.1)
    #expect(
      set.notes.dropFirst().map(\.description) == [
        "skipped: 1 x crowd", "skipped: 1 x box without area", "skipped: 1 x repeated row",
        "1 box cut at the border",
      ])
  }

  @Test func `what a COCO file gets wrong is named`() throws {
    #expect(
      message { _ = try coco(box(1, "1, 2, 3")) }
        == "coco.json: annotation 1: expected four finite numbers as bbox, or an outline as segmentation, found [1.0, 2.0, 3.0]"
    )
    #expect(
      message { _ = try coco(box(4, "1, 2, 3, 4", category: 5)) }
        == "coco.json: annotation 4 refers to category 5, which the file does not list")
    let bare = try scratch.write("{}", to: "bare.json")
    #expect(
      message { _ = try Dataset(coco: bare, images: scratch.path, options: COCOOptions()) }
        == "bare.json: is not a COCO file: the file has no 'images'")
    #expect(message { _ = try coco("{") } == "coco.json: is not a COCO file: it is not valid JSON")
    #expect(
      message { _ = try coco(#"{"id": 1, "image_id": "x", "bbox": [1, 2, 3, 4]}"#) }
        == "coco.json: is not a COCO file: .annotations[0] has no 'category_id'")
    try scratch.write(
      #"{"images": [{"id": 1, "file_name": "z.png"}], "annotations": [], "categories": []}"#,
      to: "m.json")
    #expect(
      message { _ = try Dataset(coco: scratch.path + "/m.json", images: scratch.path + "/images") }
        == "m.json: not in images: z.png; set images= to their folder, or use missing=\"skip\" leaves them out"
    )
  }

  @Test func `boxes outside the picture are told from boxes without area`() throws {
    var options = COCOOptions()
    options.coordinates = .normalized
    let set = try coco(box(1, "20, 10, 60, 40"), options: options)
    #expect(
      set.notes.map(\.description) == [
        "boxes are fractions of the image, as requested",
        "skipped: 1 x box outside the image",
      ])
  }

  @Test func `pictures that are not there are left out on request, and counted`() throws {
    let set = try wideDataset()
    try set.writeVOC(to: scratch.path + "/voc")
    for name in ["a", "z"] {
      try FileManager.default.removeItem(atPath: scratch.path + "/voc/JPEGImages/\(name).png")
    }
    let rest = try Dataset(voc: scratch.path + "/voc", skipsMissingImages: true)
    #expect(
      rest.train.map(\.fileName) == ["b.png"] && rest.test.map(\.fileName) == ["y.png", "zz.png"])
    #expect(rest.notes.contains(.missingImages(2)))
  }

  @Test func `XML of damaged bytes is refused and never traps`() throws {
    try picture(50, 40, "pics/a.png")
    let xml = Array(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <annotation><filename>a.png</filename><size><width>50</width><height>40</height></size>
      <object><name>caf\u{E9} &amp; tea</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax>
      <ymax>9</ymax></bndbox></object></annotation>
      """.utf8)
    func outcome(_ bytes: [UInt8]) throws -> String {
      try scratch.write(Data(bytes), to: "voc/a.xml")
      return message {
        _ = try Dataset(voc: scratch.path + "/voc", images: scratch.path + "/pics")
      }
    }
    #expect(try outcome(xml) == "no error")
    // Every byte in turn replaced by one that no UTF-8 has; every length.
    for i in xml.indices {
      var damaged = xml
      damaged[i] = 0xFF
      #expect(
        try outcome(damaged).contains(
          "is not UTF-8 text: this line holds bytes of another encoding"))
      #expect(try outcome(Array(xml[..<i])) != "no error", "\(i) bytes")
    }
  }

  @Test func `VOC annotations are total and refuse document types`() throws {
    try picture(50, 40, "pics/a.png")
    func read(_ xml: String) throws -> Dataset {
      try scratch.write(xml, to: "voc/a.xml")
      return try Dataset(voc: scratch.path + "/voc", images: scratch.path + "/pics", firstPixel: 1)
    }
    let object =
      "<object><name>cat</name><part><name>head</name></part><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>50</xmax><ymax>20</ymax></bndbox></object>"
    let set = try read("<annotation><filename>elsewhere.png</filename>\(object)</annotation>")
    #expect(set.classNames == ["cat"])
    #expect(
      set.train[0].rows == [
        LabelRow(classIndex: 0, centerX: 0.5, centerY: 0.25, width: 1, height: 0.5)
      ])
    #expect(
      message {
        _ = try read("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><annotation/>")
      }
        == "voc/a.xml: is not a VOC annotation: document types are not read")
    #expect(message { _ = try read("<annotation><object>") }.contains("is not XML"))
    #expect(
      message { _ = try read("<annotation>\n<size><width>wide</width></size></annotation>") }
        == "voc/a.xml:2: 'width': expected a number, found 'wide'")
    #expect(
      message { _ = try read("<annotation><object><name>cat</name></object></annotation>") }
        == "voc/a.xml:1: object 'cat': expected xmin, ymin, xmax and ymax, found ")
    #expect(
      message { _ = try read("<html/>") }
        == "voc/a.xml: is not a VOC annotation: it has no element 'annotation'")
  }

  @Test func `a union matches classes by name`() throws {
    let old = try dataset()
    try picture(60, 60, "new/images/p.png", gray: 9)
    try scratch.write("0 .5 .5 .2 .2\n1 .5 .5 .1 .1\n", to: "new/labels/p.txt")
    try scratch.write("train: images\nnames: [pig, 'd: #e']", to: "new/new.yaml")
    let union = Dataset.merged(
      [old, try Dataset(contentsOf: scratch.path + "/new/new.yaml")], name: "all")
    #expect(union.classNames == ["a <b> & \"c\"", "d: #e", "pig"])
    #expect(union.train.count == 3 && union.train[2].rows.map(\.classIndex) == [2, 1])
    let only = try union.selecting(classes: ["pig"], keepsBackgrounds: false)
    #expect(
      only.train.map(\.rows.count) == [0, 1] && only.val.isEmpty && only.classNames == ["pig"])
    #expect(
      message { _ = try union.selecting(classes: ["cow"]) }
        .hasSuffix("unknown class 'cow'; there are a <b> & \"c\", d: #e, pig"))
    expectSame(
      try Dataset(contentsOf: union.writeYOLO(to: scratch.path + "/all")), union, within: 0)
  }

  @Test func `a union says which files are in it twice`() throws {
    func set(
      _ name: String, train: [UInt8], val: [UInt8], labels: String = "0 .5 .5 .2 .2"
    ) throws -> Dataset {
      for (split, grays) in [("train", train), ("val", val)] {
        for gray in grays {
          try picture(20, 20, "\(name)/\(split)/images/\(gray).png", gray: gray)
          try scratch.write(labels, to: "\(name)/\(split)/labels/\(gray).txt")
        }
      }
      let yaml = "train: train/images\nval: val/images\nnames: [toy]"
      return try Dataset(contentsOf: scratch.write(yaml, to: "\(name)/set.yaml"))
    }
    let first = try set("one", train: [1, 2, 3], val: [4])
    let apart = try set("two", train: [5], val: [6])
    #expect(Dataset.merged([first, apart], name: "all").notes.isEmpty)
    let crossing = try set("three", train: [4, 3], val: [1, 2])
    #expect(
      Dataset.merged([first, crossing], name: "all").notes == [
        .repeatedImages(1, split: .train, example: "3.png"),
        .sharedImages(3, split: .val, from: .train, example: "4.png"),
      ])
    let empty = try set("four", train: [7, 3], val: [8], labels: "")
    let emptyToo = try set("five", train: [7], val: [9], labels: "")
    #expect(Dataset.merged([empty, emptyToo], name: "all").notes.isEmpty)
    #expect(
      Dataset.merged([first, empty], name: "all").notes == [
        .repeatedImages(1, split: .train, example: "3.png")
      ])
    #expect(
      "\(DatasetNote.sharedImages(1, split: .val, from: .train, example: "4.png"))"
        == """
        val: 1 image is in train too, such as 4.png; scores on it say nothing about new images
        """)
  }

  @Test func `names that keep a folder of images are written where they are looked for`() throws {
    for (split, gray) in [("train", 1), ("val", 2)] {
      try picture(20, 20, "s/\(split)/images/0.png", gray: UInt8(gray))
      try scratch.write("0 .5 .5 .2 .2", to: "s/\(split)/labels/0.txt")
    }
    let yaml = "train: train/images\nval: val/images\nnames: [toy]"
    let set = try Dataset(contentsOf: scratch.write(yaml, to: "s/set.yaml"))
    let joined = set.splitAgain { _ in .train }
    let again = try Dataset(contentsOf: joined.writeYOLO(to: scratch.path + "/again"))
    #expect(again.train.count == 2 && again.train.allSatisfy { $0.rows.count == 1 })
  }

  @Test func `one split alone can be selected`() throws {
    let val = try dataset().selecting(split: .val)
    #expect(val.train.isEmpty && val.val.map(\.fileName) == ["c.png"])
  }

  @Test func `splits and fractions follow the seed`() throws {
    for i in 0..<20 {
      try picture(20, 20, "m/images/\(i).png", gray: UInt8(i))
      try scratch.write("0 .5 .5 .2 .2", to: "m/labels/\(i).txt")
    }
    try scratch.write("train: images\nnames: [a]", to: "m/m.yaml")
    let set = try Dataset(contentsOf: scratch.path + "/m/m.yaml")
    let split = try set.splitAgain(val: 0.2, test: 0.1, seed: 4)
    #expect(split.train.count == 14 && split.val.count == 4 && split.test.count == 2)
    #expect(Set((split.train + split.val + split.test).map(\.imagePath)).count == 20)
    #expect(try split.splitAgain(val: 0.2, test: 0.1, seed: 4).digest == split.digest)
    #expect(try set.splitAgain(val: 0.2, test: 0.1, seed: 5).digest != split.digest)
    let half = try set.fraction(0.5, seed: 1).train, quarter = try set.fraction(0.25, seed: 1).train
    #expect(half.count == 10 && quarter.count == 5 && Set(quarter).isSubset(of: half))
    #expect(
      message { _ = try set.splitAgain(val: 0.9, test: 0.5, seed: 1) }.hasSuffix(
        "leave none to train on"))
    let ruled = set.splitAgain { $0.fileName.count > 5 ? .val : .train }
    #expect(ruled.train.count == 10 && ruled.val.count == 10)
  }
}

@Suite(.golden("labels")) struct GoldenCOCOTests {
  @Test(arguments: ["expected_category_minus_1", "expected_contiguous"])
  func `COCO becomes the reference's label files`(variant: String) throws {
    let section = try #require(Shared.golden("labels")).appendingPathComponent("coco")
    let expected = try goldenJSON(section.appendingPathComponent("expected.json"))
    let scratch = Scratch()
    for (name, width, height) in [
      ("a.jpg", 200, 100), ("sub/b.png", 64, 48), ("unannotated.jpg", 30, 30),
    ] {
      let image = Image(width: width, height: height, gray: 1)
      try scratch.write(name.hasSuffix("png") ? image.png() : image.jpeg(), to: name)
    }
    var options = COCOOptions()
    options.borders = .keep
    options.classes = variant == "expected_contiguous" ? .contiguous : .identifierMinusOne
    let set = try Dataset(
      coco: section.appendingPathComponent("annotations.json").path, images: scratch.path,
      options: options)
    let files = try #require((expected["files"] as? [String: Any])?[variant] as? [String: [String]])
    for (name, lines) in files {
      let stem = PathText.withoutSuffix(name)
      let sample = try #require(set.train.first { $0.imagePath.contains("/" + stem + ".") })
      let got = sample.rows.map { row in
        let numbers = [row.centerX, row.centerY, row.width, row.height].map {
          String(format: "%g", $0)
        }
        return ([String(row.classIndex)] + numbers).joined(separator: " ")
      }
      #expect(got == lines, "\(name)")
      countGoldenComparison()
    }
    #expect(
      set.notes.dropFirst().map(\.description) == [
        "skipped: 1 x crowd", "skipped: 1 x box without area", "skipped: 1 x repeated row",
      ])
    #expect(set.train.count == 3 && set.train[2].rows.isEmpty)
    if variant == "expected_contiguous" { #expect(set.classNames == ["cat", "dog", "horse"]) }
  }

  @Test(.shared("datasets/2plysaci-coco"), arguments: ["normalized", "absolute"])
  func `the plush labels come out of both kinds of export exactly`(kind: String) throws {
    let folder = try #require(Shared.folder("datasets"))
    let want = try Dataset(contentsOf: folder.path + "/2plysaci.yaml")
    let got = try Dataset(
      coco: folder.path + "/2plysaci-coco/\(kind).json",
      images: folder.path + "/2plysaci/train/images")
    #expect(got.classNames == want.classNames)
    #expect(got.train.map(\.imagePath) == want.train.map(\.imagePath))
    // Labels are single precision wherever they are used: there they must be equal to the last bit.
    #expect(got.train.flatMap(\.labels) == want.train.flatMap(\.labels))
    countGoldenComparison()
  }
}
