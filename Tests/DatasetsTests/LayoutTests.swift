import Datasets
import Files
import Foundation
import TestSupport
import Testing

/// What labeling tools export, opened as it comes: by the folder, or by the file that describes it.
///
/// Each layout is told by what its tool writes; the images show a red square at pixels 40 to 90 and 30
/// to 80 of 160 x 120.
@Suite struct LayoutTests {
  private let scratch = Scratch()
  private static let row = "0 0.40625 0.4583333 0.3125 0.4166667\n"

  private func open(_ name: String = ".") throws -> Dataset {
    try Dataset(contentsOf: scratch.path + "/" + name)
  }

  /// Writes images, each with a label file where one is named.
  private func write(_ files: KeyValuePairs<String, String?>) throws {
    let image = try AtomicFile.read(Shared.testCase("labelimg/im0.jpg"))
    for (name, labels) in files {
      try scratch.write(image, to: name)
      if let labels { try scratch.write(Self.row, to: labels) }
    }
  }

  /// Checks that every labeled image has the red square and nothing else.
  private func expectRedSquares(
    _ dataset: Dataset, train: Int, val: Int = 0, classes: [String] = ["box"],
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(dataset.train.count == train, sourceLocation: location)
    #expect(dataset.val.count == val, sourceLocation: location)
    #expect(dataset.classNames == classes, sourceLocation: location)
    for sample in dataset.train + dataset.val {
      #expect(sample.rows.count == 1, "\(sample.fileName)", sourceLocation: location)
      for row in sample.rows {
        let numbers = [row.centerX, row.centerY, row.width, row.height]
        let close = zip(numbers, [0.40625, 55.0 / 120, 0.3125, 50.0 / 120]).allSatisfy {
          abs($0 - $1) < 1e-6
        }
        #expect(close, "\(sample.fileName): \(row.text)", sourceLocation: location)
      }
    }
  }

  @Test(arguments: ["", "/obj.data"]) func `CVAT's YOLO 1.1 opens by folder and by file`(
    entry: String
  ) throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("cvat-yolo-1.1") + entry)
    expectRedSquares(dataset, train: 3)
    #expect(dataset.notes.contains(.noValidation))
    #expect(
      dataset.notes.contains {
        "\($0)" == "read as a darknet dataset, described by obj.data"
      } == entry.isEmpty)
    #expect(
      dataset.notes.count == (entry.isEmpty ? 2 : 1),
      "its own folder 'data' is no news: \(dataset.notes)")
  }

  @Test func `CVAT's subsets are splits by their names, and others are for training`() throws {
    try write([
      "obj_Train_data/a.jpg": "obj_Train_data/a.txt",
      "obj_Validation_data/sub/b.jpg": "obj_Validation_data/sub/b.txt",
      "obj_batch 2_data/c.jpg": "obj_batch 2_data/c.txt",
    ])
    try scratch.write("data/obj_Train_data/a.jpg\n", to: "Train.txt")
    try scratch.write("data/obj_Validation_data/sub/b.jpg\n", to: "Validation.txt")
    try scratch.write("box\n", to: "obj.names")
    try scratch.write(
      """
      classes = 1
      names = data/obj.names
      Train = data/Train.txt
      Validation = data/Validation.txt
      batch 2 = data/batch 2.txt
      backup = backup/

      """, to: "obj.data")
    let dataset = try open()
    expectRedSquares(dataset, train: 2, val: 1)
    #expect(dataset.notes.contains(.unknownSubset("batch 2")))
    #expect(!dataset.notes.contains(.noValidation))
  }

  @Test func `an export of labels alone says that the images are missing`() throws {
    try scratch.write(Self.row, to: "obj_train_data/a.txt")
    try scratch.write("data/obj_train_data/a.jpg\n", to: "train.txt")
    try scratch.write("box\n", to: "obj.names")
    try scratch.write(
      "classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n", to: "obj.data")
    #expect(
      try message("obj.data") == """
        train.txt: none of its 1 image exists, such as data/obj_train_data/a.jpg; if a tool \
        exported only labels, export them again together with the images
        """)
    try scratch.write("nonsense\n", to: "obj.data")
    #expect(
      try message("obj.data")
        == "obj.data:1: is not a darknet description: expected 'key = value'")
    try scratch.write("train = data/train.txt\nnames = none.names\n", to: "obj.data")
    #expect(try message("obj.data").hasPrefix("obj.data:2: 'names': no such folder or list"))
  }

  /// The message of a refusal, with paths from the scratch folder.
  private func message(_ name: String) throws -> String {
    let error = try #require(throws: DatasetError.self) { try open(name) }
    return "\(error)".replacingOccurrences(of: scratch.path + "/", with: "")
  }

  @Test func `CVAT's Ultralytics export opens by its folder`() throws {
    try write([
      "images/train/a.jpg": "labels/train/a.txt",
      "images/Validation/b.jpg": "labels/Validation/b.txt",
    ])
    try scratch.write(
      "names:\n  0: box\npath: .\ntrain: train.txt\nval: Validation.txt\n", to: "data.yaml")
    try scratch.write("images/train/a.jpg\n", to: "train.txt")
    try scratch.write("images/Validation/b.jpg\n", to: "Validation.txt")
    let dataset = try open()
    expectRedSquares(dataset, train: 1, val: 1)
    #expect(
      dataset.notes.first.map { "\($0)" } == "read as the dataset that data.yaml describes")
  }

  @Test func `Label Studio's export opens by its folder`() throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("label-studio"))
    expectRedSquares(dataset, train: 3)
    #expect(dataset.name == "label-studio")
    #expect("\(try #require(dataset.notes.first))" == "read as images with YOLO labels")
  }

  @Test func `labelImg's folder opens, images and labels and classes together`() throws {
    expectRedSquares(try Dataset(contentsOf: Shared.testCase("labelimg")), train: 2)
  }

  @Test func `folders of splits open without a description`() throws {
    try write([
      "train/images/a.jpg": "train/labels/a.txt", "valid/images/b.jpg": "valid/labels/b.txt",
    ])
    try scratch.write("box\n", to: "classes.txt")
    expectRedSquares(try open(), train: 1, val: 1)
  }

  @Test func `folders of splits below images open, too`() throws {
    try write(["images/train/a.jpg": "labels/train/a.txt", "images/val/b.jpg": "labels/val/b.txt"])
    let dataset = try open()
    expectRedSquares(dataset, train: 1, val: 1, classes: ["class_0"])
    #expect(dataset.notes.contains(.numberedClasses(1)))
  }

  @Test func `images beside their labels open, and without any label do not`() throws {
    try write(["a.jpg": "a.txt", "b.jpg": "b.txt"])
    expectRedSquares(try open(), train: 2, classes: ["class_0"])
    try write(["bare/a.jpg": .none])
    let bare = try message("bare")
    #expect(bare.contains("'classes.txt'") && bare.contains("neither a YAML file"), "\(bare)")
    try scratch.write("", to: "empty/notes.md")
    #expect(
      try message("empty")
        == "empty: there are neither images nor a YAML file here; give the folder of a dataset, or its YAML file"
    )
    try scratch.write(Self.row, to: "labels/labels/a.txt")
    #expect(
      try message("labels").hasPrefix("labels: there are labels but no images; export them again"))
  }

  @Test func `FiftyOne's YOLO export opens by its folder`() throws {
    try write([
      "images/val/a.jpg": "labels/val/a.txt", "images/train/b.jpg": "labels/train/b.txt",
    ])
    try scratch.write(
      "names:\n  0: box\npath: /elsewhere/export\ntrain: ./images/train/\nval: ./images/val/\n",
      to: "dataset.yaml")
    try scratch.write("val: x\ntrain: y\nepochs: 3\n", to: "args.yaml")
    expectRedSquares(try open(), train: 1, val: 1)
  }

  @Test(arguments: [
    "C:\\Users\\ana\\set\\train\\images", "/content/set/train/images",
    "file:///D:/My%20sets/set/train/images",
  ]) func `a path of another machine is found by its tail, and said`(path: String) throws {
    try write([
      "train/images/a.jpg": "train/labels/a.txt", "valid/images/b.jpg": "valid/labels/b.txt",
    ])
    let val = path.replacingOccurrences(of: "train", with: "valid")
    try scratch.write("train: '\(path)'\nval: '\(val)'\nnames: [box]\n", to: "data.yaml")
    let dataset = try open()
    expectRedSquares(dataset, train: 1, val: 1)
    #expect(
      dataset.notes.contains(.pathReread(key: "train", written: path, readAs: "train/images")))
  }

  @Test(arguments: [
    "D:\\set\\images\\a.jpg", "/elsewhere/set/images/a.jpg", "file:///elsewhere/set/images/a.jpg",
    "images/a.jpg", ".\\images\\a.jpg",
  ]) func `a list of another machine is found by its tails`(path: String) throws {
    try write(["images/a.jpg": "labels/a.txt", "images/b c.jpg": "labels/b c.txt"])
    let other = path.replacingOccurrences(
      of: "a.jpg", with: path.hasPrefix("file") ? "b%20c.jpg" : "b c.jpg")
    try scratch.write("\(path)\r\n\(other)\r\n", to: "train.txt")
    try scratch.write("train: train.txt\nnames: [box]\n", to: "data.yaml")
    let dataset = try open("data.yaml")
    expectRedSquares(dataset, train: 2)
    let isForeign = path.hasPrefix("/") || path.hasPrefix("D") || path.hasPrefix("file")
    #expect(
      dataset.notes.contains(
        .listReread(
          list: "train.txt", images: 2, written: path, readAs: "images/a.jpg")) == isForeign)
  }

  @Test func `images alone are too common a name to be found by`() throws {
    try write(["images/a.jpg": "labels/a.txt"])
    try scratch.write(
      "train: /somewhere/train/images\nval: /somewhere/val/images\nnames: [box]\n", to: "data.yaml")
    #expect(try message("data.yaml").hasPrefix("data.yaml:1: 'train': no such folder or list"))
  }

  @Test func `Roboflow's COCO export opens, its group is no class`() throws {
    for (split, name) in [("train", "a.jpg"), ("valid", "b.jpg")] {
      try write(["\(split)/\(name)": .none])
      try scratch.write(
        """
        {"info": {}, "licenses": [],
         "categories": [{"id": 0, "name": "boxes", "supercategory": "none"},
                        {"id": 1, "name": "box", "supercategory": "boxes"}],
         "images": [{"id": 0, "file_name": "\(name)", "height": 120, "width": 160}],
         "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [40, 30, 50, 50],
                          "area": 2500, "segmentation": [], "iscrowd": 0}]}
        """, to: "\(split)/_annotations.coco.json")
    }
    let dataset = try open()
    expectRedSquares(dataset, train: 1, val: 1)
    #expect(dataset.notes.contains(.groupLeftOut("boxes")))
    #expect(
      dataset.notes.contains { "\($0)" == "read as a COCO export (_annotations.coco.json)" })
    #expect(dataset.file == scratch.path + "/.", "the folder opens it again")
  }

  @Test func `Roboflow's VOC export opens`() throws {
    for (split, name) in [("train", "a"), ("valid", "b")] {
      try write(["\(split)/\(name).jpg": .none])
      try scratch.write(Self.voc(name + ".jpg"), to: "\(split)/\(name).xml")
    }
    let dataset = try open()
    expectRedSquares(dataset, train: 1, val: 1)
    #expect(dataset.notes.contains { "\($0)" == "read as Pascal VOC annotations" })
  }

  @Test func `VOC's files beside their images open`() throws {
    try write(["a.jpg": .none])
    try scratch.write(Self.voc("a.jpg"), to: "a.xml")
    expectRedSquares(try open(), train: 1)
    #expect(
      try message("a.xml") == "a.xml: this is the Pascal VOC file of one image; give its folder")
  }

  private static func voc(_ name: String) -> String {
    """
    <annotation><filename>\(name)</filename><size><width>160</width><height>120</height></size>
    <object><name>box</name><bndbox><xmin>40</xmin><xmax>90</xmax><ymin>30</ymin><ymax>80</ymax>
    </bndbox></object></annotation>
    """
  }

  @Test func `VOC's files in a folder of their own open, CVAT's own form is named`() throws {
    try write(["images/a.jpg": .none])
    try scratch.write(Self.voc("a.jpg"), to: "annotations/a.xml")
    expectRedSquares(try open(), train: 1)
    try scratch.write("<annotations><version>1.1</version></annotations>", to: "annotations/a.xml")
    #expect(
      try message("").hasSuffix(
        """
        a.xml: is not a VOC annotation: it is CVAT's own form; export 'Ultralytics YOLO Detection' \
        or 'COCO 1.0'
        """))
  }

  @Test func `a description of classes alone names those of its folder`() throws {
    try write(["images/a.jpg": "labels/a.txt", "images/b.jpg": .none])
    try scratch.write("names:\n- box\n- cat\nnc: 2\n", to: "data.yaml")
    let dataset = try open()
    #expect(dataset.classNames == ["box", "cat"] && dataset.train.count == 2)
    #expect(dataset.train.map(\.rows.count) == [1, 0])
  }

  @Test func `two descriptions in one folder are one too many`() throws {
    try write(["train/images/a.jpg": "train/labels/a.txt"])
    try scratch.write("train: train/images\nnames: [box]\n", to: "one.yaml")
    expectRedSquares(try open(), train: 1)
    try scratch.write("train: train/images\nnames: [box]\n", to: "two.yaml")
    #expect(
      try message("").hasSuffix(
        "several files here describe a dataset; choose one: one.yaml, two.yaml"))
  }

  @Test func `an archive and a strange file are refused with what to do`() throws {
    try scratch.write("PK", to: "export.zip")
    #expect(
      try message("export.zip")
        == "export.zip: this is an archive; unpack it and give the resulting folder")
    try scratch.write("[1, 2]", to: "numbers.json")
    #expect(try message("numbers.json").hasPrefix("numbers.json: is not a known annotation file"))
    try scratch.write("{", to: "cut.json")
    #expect(try message("cut.json") == "cut.json: is not JSON: it cannot be parsed")
  }

  @Test func `without a val split the note says what to do`() throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("labelimg"))
    #expect(
      dataset.notes.map { "\($0)" }.contains(
        "no val split: make one with convert … to=… val=0.2, or train without validation with val=false"
      ))
  }

  @Test func `a split that is there and empty is a note, all of them are an error`() throws {
    try write(["train/images/a.jpg": "train/labels/a.txt"])
    try scratch.write("", to: "valid/images/readme.md")
    try scratch.write(
      "train: train/images\nval: valid/images\ntest: gone\nnames: [box]\n", to: "data.yaml")
    let dataset = try open()
    expectRedSquares(dataset, train: 1)
    #expect(dataset.notes.contains(.absentSplit(.val, place: "valid/images", isEmpty: true)))
    #expect(
      dataset.notes.map { "\($0)" }.contains(
        "val: 'valid/images' holds no image, so the dataset has no val split"))
    try scratch.write("val: valid/images\ntest: gone\nnames: [box]\n", to: "none.yaml")
    #expect(try message("none.yaml") == "none.yaml:1: 'val': no image in valid/images")
  }

  @Test func `classes that no object bears are named`() throws {
    try write(["images/a.jpg": "labels/a.txt"])
    try scratch.write("train: images\nnames: [box, cat, dog]\n", to: "data.yaml")
    #expect(
      try open().notes.map { "\($0)" }.contains("no labels for 2 classes: 'cat', 'dog'"))
  }
}
