import Testing

import Datasets

@Suite struct DescriptionTests {
  private func read(_ yaml: String) throws -> DatasetDescription {
    try DatasetDescription(yaml: yaml, file: "toys.yaml")
  }

  private func message(_ yaml: String) -> String {
    do {
      _ = try read(yaml)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `names may be a list or a map from 0`() throws {
    let list = try read("train: a\nval: b\nnc: 2\nnames: ['oslik', \"ovecka\"]")
    let map = try read("train: a\nval: [b, c]\nnames:\n  1: ovecka\n  0: oslik\n")
    #expect(list.classNames == ["oslik", "ovecka"] && map.classNames == list.classNames)
    #expect(list.splits[.train]?.paths == ["a"] && map.splits[.val]?.paths == ["b", "c"])
    #expect(map.splits[.test] == nil && list.root == nil && list.notes.isEmpty)
    #expect(map.splits[.val]?.line == 2)
  }

  @Test func `numbers serve as names`() throws {
    #expect(try read("train: a\nnames: [1, 2.5, yes]").classNames == ["1", "2.5", "yes"])
  }

  @Test func `valid is read as val and said so`() throws {
    let description = try read("train: a\nvalid: b\nnames: [x]")
    #expect(description.splits[.val]?.paths == ["b"] && description.notes == [.validReadAsVal])
  }

  @Test func `nc alone gives numbered names`() throws {
    #expect(try read("train: a\nnc: 2").classNames == ["class_0", "class_1"])
  }

  @Test(arguments: [
    (
      "train: a\nnc: 3\nnames: [x, y]",
      "toys.yaml:2: nc is 3, but 'names' lists 2; remove nc or complete the names"
    ),
    (
      "train: a\nnames: {0: x, 2: y}",
      "toys.yaml:2: 'names' has 2 classes but no number 1; number them 0 to 1"
    ),
    ("train: a\nnames: [x, x]", "toys.yaml:2: the class name 'x' occurs twice"),
    (
      "train: a\nnames: x",
      "toys.yaml:2: 'names' should be a list or a numbered map of class names, found 'x'"
    ),
    (
      "train: {a: b}\nnames: [x]",
      "toys.yaml:1: 'train' should be a path or a list of paths, found a map"
    ),
    (
      "train: a\nnc: two\nnames: [x]",
      "toys.yaml:2: 'nc' should be the number of classes, found 'two'"
    ),
    ("train: a", "toys.yaml: has no 'names'; list the classes: names: [donkey, sheep]"),
    (
      "names: [x]",
      "toys.yaml: has no 'train'; give the folder of training images: train: images/train"
    ),
    ("- a\n- b", "toys.yaml:1: is not a dataset description: expected 'key: value' lines"),
    ("", "toys.yaml:1: is not a dataset description: expected 'key: value' lines"),
    ("train: [a\nval: b", "toys.yaml:2: is not YAML: did not find expected ',' or ']'"),
    ("train: a\ntrain: b\nnames: [x]", "toys.yaml:1: is not YAML: the key 'train' occurs twice"),
    (
      "train: a\nnames: [x, ~]",
      "toys.yaml:2: 'names' should be class names, each on one line, found '~'"
    ),
    (
      "train: a\nnames: {0: x, 1: ' '}",
      "toys.yaml:2: 'names' should be class names, each on one line, found ' '"
    ),
  ])
  func `every error names its line and the way out`(yaml: String, expected: String) {
    #expect(message(yaml) == expected)
  }

  @Test func `aliases are read, but not those that stand for more than memory holds`() throws {
    let few = try read("train: &here a\nval: *here\nnames: ['*', '~', \"null\", x *y*]")
    #expect(few.splits[.val]?.paths == ["a"] && few.classNames == ["*", "~", "null", "x *y*"])
    // Twelve lines, each nine times the one before: 9 to the power of 13 words, as a key.
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for i in 1...12 {
      let nine = Array(repeating: "*a\(i - 1)", count: 9).joined(separator: ", ")
      bomb += "a\(i): &a\(i) [\(nine)]\n"
    }
    #expect(
      message(bomb + "? *a12\n: 1\n? *a11\n: 2\ntrain: a\nnames: [x]\n") == """
        toys.yaml: is not a dataset description: it has more than 16 aliases; write out what they stand for
        """)
    #expect(message("a: " + String(repeating: "[", count: 100_000)).contains("nesting level"))
  }

  @Test func `paths are worked out without the file system`() {
    #expect(joined("/data/sets", "../toys/./a") == "/data/toys/a")
    #expect(
      joined("", "a/../b") == "b" && joined("x", "/a") == "/a" && joined("", "../a") == "../a")
    #expect(joined("a", "..") == ".")
  }

  @Test func `labels stand where the last images folder says`() {
    #expect(
      ImageFolder.labelPath(ofImage: "/images/set/images/train/a.b.jpg")
        == "/images/set/labels/train/a.b.txt")
    #expect(ImageFolder.labelPath(ofImage: "images/a.png") == "labels/a.txt")
    #expect(ImageFolder.labelPath(ofImage: "/set/test/a.png") == "/set/test/a.txt")
  }
}
