import Datasets
import Files
import Foundation
import TestSupport
import Testing

/// The annotations of other tools: labelme, COCO without boxes, the VGG Image Annotator, CSV tables.
///
/// The images show a red square at pixels 40 to 90 and 30 to 80 of 160 x 120.
@Suite struct ImportTests {
  private let scratch = Scratch()
  private static let square = [0.40625, 55.0 / 120, 0.3125, 50.0 / 120]

  private func image(_ names: String...) throws {
    let image = try AtomicFile.read(Shared.testCase("labelimg/im0.jpg"))
    for name in names { try scratch.write(image, to: name) }
  }

  private func open(_ name: String = ".") throws -> Dataset {
    try Dataset(contentsOf: scratch.path + "/" + name)
  }

  private func message(_ name: String = ".") throws -> String {
    let error = try #require(throws: DatasetError.self) { try open(name) }
    return "\(error)".replacingOccurrences(of: scratch.path + "/", with: "")
  }

  private func expect(
    _ sample: Sample, _ boxes: [(Int, [Double])], location: SourceLocation = #_sourceLocation
  ) {
    #expect(sample.rows.count == boxes.count, sourceLocation: location)
    for (row, (classIndex, numbers)) in zip(sample.rows, boxes) {
      #expect(row.classIndex == classIndex, sourceLocation: location)
      let own = [row.centerX, row.centerY, row.width, row.height]
      #expect(
        zip(own, numbers).allSatisfy { abs($0 - $1) < 1e-6 }, "\(row.text)",
        sourceLocation: location)
    }
  }

  // MARK: labelme

  @Test func `labelme's rectangles and polygons become boxes`() throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("labelme"))
    #expect(dataset.train.count == 2 && dataset.classNames.count == 1)
    for sample in dataset.train { expect(sample, [(0, Self.square)]) }
    #expect("\(try #require(dataset.notes.first))" == "read as labelme's files")
  }

  private func labelme(_ image: String, _ shapes: String) -> String {
    """
    {"version": "5.5.0", "flags": {}, "shapes": [\(shapes)], "imagePath": "\(image)",
     "imageData": "aGVsbG8=", "imageHeight": 120, "imageWidth": 160}
    """
  }

  private func shape(_ label: String, _ kind: String, _ points: String) -> String {
    """
    {"label": "\(label)", "points": \(points), "group_id": null, "shape_type": "\(kind)", "flags": {}}
    """
  }

  @Test func `labelme's circles, masks and four corners count, lines and points do not`() throws {
    try image("set/a.jpg")
    let shapes = [
      shape("b", "circle", "[[65, 55], [65, 80]]"),
      shape("a", "rectangle", "[[90, 80], [40, 80], [40, 30], [90, 30]]"),
      shape("c", "mask", "[[40, 30], [90, 80]]"),
      shape("__ignore__", "rectangle", "[[0, 0], [9, 9]]"),
      shape("a", "line", "[[0, 0], [9, 9]]"), shape("a", "point", "[[3, 3]]"),
      shape("a", "polygon", "[[0, 0], [9, 9]]"),
    ]
    try scratch.write(
      labelme("..\\\\other\\\\a.jpg", shapes.joined(separator: ",")), to: "set/a.json")
    let dataset = try open("set")
    #expect(dataset.classNames == ["a", "b", "c"])
    expect(dataset.train[0], [(1, Self.square), (0, Self.square), (2, Self.square)])
    #expect(dataset.notes.contains(.notConverted(3, "line or point")))
  }

  @Test func `labelme's folders of splits and its list of labels are followed`() throws {
    try image("train/a.jpg", "val/b.jpg")
    let box = shape("box", "rectangle", "[[40, 30], [90, 80]]")
    try scratch.write(labelme("a.jpg", box), to: "train/a.json")
    try scratch.write(labelme("b.jpg", box), to: "val/b.json")
    try scratch.write("__ignore__\n_background_\nhat\nbox\n", to: "labels.txt")
    let dataset = try open()
    #expect(dataset.classNames == ["hat", "box"])
    expect(try #require(dataset.train.first), [(1, Self.square)])
    expect(try #require(dataset.val.first), [(1, Self.square)])
    try scratch.write("hat\n", to: "labels.txt")
    #expect(try message().hasSuffix("unknown class 'box'; there are hat"))
  }

  @Test func `damaged files of labelme say where`() throws {
    try image("a.jpg")
    try scratch.write(#"{"shapes": [{"label": "a"}], "imagePath": "a.jpg"}"#, to: "a.json")
    #expect(try message() == "a.json: is not labelme's: .shapes[0] has no 'points'")
    #expect(
      try message("a.json") == "a.json: this is the labelme file of one image; give its folder")
    try scratch.write(labelme("gone.jpg", shape("a", "circle", "[[1, 1], [2, 2]]")), to: "b.json")
    try FileManager.default.removeItem(atPath: scratch.path + "/a.json")
    #expect(try message().contains("not in .: gone.jpg; images= names their folder"))
  }

  // MARK: COCO without boxes

  @Test func `an outline stands for the box that is not there`() throws {
    let dataset = try Dataset(contentsOf: Shared.testCase("coco-outlines/instances.json"))
    #expect(dataset.train.count == 2)
    for sample in dataset.train { expect(sample, [(0, Self.square)]) }
  }

  private func coco(_ segmentation: String, more: String = "") -> String {
    """
    {"images": [{"id": 1, "file_name": "a.jpg", "width": 160, "height": 120}],
     "categories": [{"id": 1, "name": "box"}],
     "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": \(segmentation)\(more)}]}
    """
  }

  @Test(arguments: [
    // Fifty columns of fifty pixels from (40, 30), by pycocotools 2.0.11.
    "{\"size\": [120, 160], \"counts\": [4830, 50\(String(repeating: ", 70, 50", count: 49)), 8440]}",
    "{\"size\": [120, 160], \"counts\": \"nf4b1V2\(String(repeating: "0", count: 97))bU8\"}",
    "[[40, 30, 90, 30, 90, 80], [40, 55, 60, 80, 50, 40]]",
  ]) func `polygons and masks in run lengths have hulls`(segmentation: String) throws {
    try image("a.jpg")
    try scratch.write(coco(segmentation), to: "a.json")
    expect(try open("a.json").train[0], [(0, Self.square)])
  }

  @Test func `a box goes before the outline, and neither is an error`() throws {
    try image("a.jpg")
    try scratch.write(
      coco("[[0, 0, 9, 9, 0, 9]]", more: ", \"bbox\": [40, 30, 50, 50]"), to: "a.json")
    expect(try open("a.json").train[0], [(0, Self.square)])
    for wrong in [
      "[]", "[[]]", #"{"size": [120, 160], "counts": [19200]}"#,
      #"{"size": [120, 160], "counts": [0, 19201]}"#, #"{"size": [120, 160], "counts": "zzz~"}"#,
      #"{"size": [120], "counts": [1, 1]}"#,
      #"{"size": [9223372036854775807, 9223372036854775807], "counts": [1, 1]}"#,
    ] {
      try scratch.write(coco(wrong), to: "a.json")
      #expect(
        try message("a.json") == """
          a.json: annotation 1: expected four finite numbers as bbox, or an outline as segmentation, \
          found []
          """, "\(wrong)")
    }
  }

  @Test func `images beside the folder annotations are found`() throws {
    try image("images/a.jpg")
    try scratch.write(coco("[[40, 30, 90, 30, 90, 80]]"), to: "annotations/some.json")
    expect(try open("annotations/some.json").train[0], [(0, Self.square)])
  }

  // MARK: VGG Image Annotator

  private func via(_ regions: String) -> String {
    #"{"a.jpg123": {"filename": "a.jpg", "size": 123, "regions": \#(regions), "file_attributes": {}}}"#
  }

  private func region(_ shape: String, _ attributes: String = #"{"class": "box"}"#) -> String {
    #"{"shape_attributes": \#(shape), "region_attributes": \#(attributes)}"#
  }

  @Test func `a project of the VGG Image Annotator opens with all its shapes`() throws {
    try image("a.jpg")
    let shapes = [
      #"{"name": "rect", "x": 40, "y": 30, "width": 50, "height": 50}"#,
      #"{"name": "circle", "cx": 65, "cy": 55, "r": 20}"#,
      #"{"name": "ellipse", "cx": 65, "cy": 55, "rx": 20, "ry": 10, "theta": 1.5707963267948966}"#,
      #"{"name": "polygon", "all_points_x": [40, 90, 60], "all_points_y": [30, 40, 80]}"#,
      #"{"name": "point", "cx": 65, "cy": 55}"#,
      #"{"name": "polyline", "all_points_x": [40, 90], "all_points_y": [30, 40]}"#,
    ]
    let regions = "[" + shapes.map { region($0) }.joined(separator: ",") + "]"
    try scratch.write(
      #"{"_via_settings": {}, "_via_img_metadata": \#(via(regions)), "_via_attributes": {}}"#,
      to: "project.json")
    let dataset = try open()
    expect(
      dataset.train[0],
      [
        (0, Self.square), (0, [0.40625, 55.0 / 120, 40.0 / 160, 40.0 / 120]),
        (0, [0.40625, 55.0 / 120, 20.0 / 160, 40.0 / 120]),
      ])
    #expect(dataset.notes.contains(.notConverted(2, "line or point")))
    #expect(dataset.notes.contains(.notConverted(1, "repeated row")))
    #expect(dataset.notes.contains { "\($0)" == "read as a VGG Image Annotator project" })
  }

  @Test func `annotations of the first version, with choices, open by their file`() throws {
    try image("a.jpg")
    let rect = #"{"name": "rect", "x": 40, "y": 30, "width": 50, "height": 50}"#
    let other = #"{"name": "rect", "x": 0, "y": 0, "width": 16, "height": 12}"#
    let regions = """
      {"0": \(region(rect, #"{"kind": {"hat": true}}"#)), "10": \(region(other, #"{"kind": "box"}"#))}
      """
    try scratch.write(via(regions), to: "via.json")
    let dataset = try open("via.json")
    #expect(dataset.classNames == ["box", "hat"])
    expect(dataset.train[0], [(1, Self.square), (0, [0.05, 0.05, 0.1, 0.1])])
  }

  @Test func `regions without a class, or with several that could be it`() throws {
    try image("a.jpg")
    let rect = #"{"name": "rect", "x": 40, "y": 30, "width": 50, "height": 50}"#
    try scratch.write(via("[\(region(rect, "{}"))]"), to: "via.json")
    let dataset = try open("via.json")
    #expect(dataset.classNames == ["object"] && dataset.notes.contains(.namelessRegions("object")))
    try scratch.write(via("[\(region(rect, #"{"hue": "red", "kind": "box"}"#))]"), to: "via.json")
    #expect(try message("via.json").contains("the attributes hue, kind, and it is not clear which"))
    let nameless = "[\(region(rect)), \(region(rect, "{}"))]"
    try scratch.write(via(nameless), to: "via.json")
    #expect(
      try message("via.json")
        == "via.json: a region of a.jpg: expected a class as 'class', found none")
  }

  @Test func `the table of the VGG Image Annotator opens`() throws {
    try image("a.jpg", "b.jpg")
    try scratch.write(
      #"""
      #filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes
      a.jpg,1,"{}",1,0,"{""name"":""rect"",""x"":40,""y"":30,""width"":50,""height"":50}","{""name"":""box""}"
      b.jpg,1,"{}",0,0,"{}","{}"

      """#, to: "via.csv")
    let dataset = try open("via.csv")
    expect(dataset.train[0], [(0, Self.square)])
    expect(dataset.train[1], [])
    try scratch.write(
      "filename,region_shape_attributes,region_attributes\na.jpg,{,{}\n", to: "via.csv")
    #expect(try message("via.csv").hasPrefix("via.csv:2: is not a line of the VGG Image Annotator"))
  }

  // MARK: CSV tables

  @Test(arguments: [
    "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,160,120,box,40,30,90,80\n",
    "image,xmin,ymin,xmax,ymax,label\na.jpg,40,30,90,80,box\n",
    "a.jpg,160,120,box,40,30,90,80\n",
    "C:\\sets\\a.jpg,40,30,90,80,box",
    "image_id;x_min;y_min;x_max;y_max;class_name\r\na;40;30;90;80;box\r\n",
    "\u{FEFF}\"label\",\"x1\",\"x2\",\"y1\",\"y2\",\"image path\"\n\"box\",40,90,30,80,\"sub/a.jpg\"\n",
    "path\tsplit\tclass\tleft\ttop\tright\tbottom\na.jpg\ttrain\tbox\t0.25\t0.25\t0.5625\t0.666666667\n",
  ]) func `tables open in the orders that people write`(text: String) throws {
    try image("a.jpg")
    try scratch.write(text, to: "boxes.csv")
    let dataset = try open()
    #expect(dataset.classNames == ["box"])
    expect(dataset.train[0], [(0, Self.square)])
    #expect(dataset.notes.contains { "\($0)" == "read as a table of boxes (boxes.csv)" })
  }

  @Test func `a table names splits, backgrounds and quoted classes`() throws {
    try image("a.jpg", "b.jpg", "c.jpg")
    try scratch.write(
      """
      image,xmin,ymin,xmax,ymax,label,split
      a.jpg,40,30,90,80,"box, ""red""
      one",train
      b.jpg,,,,,,valid
      a.jpg,0,0,16,12,hat,train

      """, to: "boxes.csv")
    let dataset = try open("boxes.csv")
    #expect(dataset.classNames == ["box, \"red\"\none", "hat"])
    expect(dataset.train[0], [(0, Self.square), (1, [0.05, 0.05, 0.1, 0.1])])
    #expect(dataset.val.map(\.rows.count) == [0])
  }

  @Test(arguments: [
    ("", "boxes.csv: is not a CSV table of boxes: it is empty"),
    (
      "image,xmin,ymin,xmax,label\n",
      "boxes.csv:1: has no 'bboxymax or bottom or y2 or ymax'; the columns are image,xmin,ymin,xmax,label"
    ),
    (
      "some,words\n",
      """
      boxes.csv:1: is not a CSV table of boxes: expected the columns \
      filename,width,height,class,xmin,ymin,xmax,ymax or image,xmin,ymin,xmax,ymax,label
      """
    ),
    (
      "image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,x,4,box\n",
      "boxes.csv:2: column 4: expected a number, found 'x'"
    ),
    (
      "image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,3,4\n",
      "boxes.csv:2: column 6: expected the name of a class, found nothing"
    ),
    (
      "image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,3,4,\"box\n",
      "boxes.csv:2: is not a CSV table: a quote that begins here is not closed"
    ),
    (
      "image,xmin,ymin,xmax,ymax,label\na.jpg,0.5,0.5,0.75,0.75,box\na.jpg,10,10,50,50,box\n",
      """
      boxes.csv: boxes are neither all fractions nor all pixels: line 2 looks normalized, line 3 \
      absolute; choose with coords="normalized" or coords="absolute"
      """
    ),
    (
      "image,xmin,ymin,xmax,ymax,label\ngone.jpg,0,1,2,3,box\n",
      """
      boxes.csv: not in .: gone.jpg; set images= to their folder, or use missing="skip" to leave them out
      """
    ),
  ]) func `a table that is wrong says in which line`(text: String, expected: String) throws {
    try image("a.jpg")
    try scratch.write(text, to: "boxes.csv")
    #expect(
      try message("boxes.csv").replacingOccurrences(of: "in \(scratch.path)", with: "in .")
        == expected)
  }
}
