import Foundation
import Testing

import Files

@Suite struct PathTextTests {
  @Test(arguments: [
    ("", "", "", "", ""), ("/", "/", "/", "", "/"), ("//", "/", "/", "", "/"),
    ("a", "a", "", "", "a"), (".", ".", "", "", "."), ("..", "..", "", "", ".."),
    ("/a", "a", "/", "", "/a"), ("//a", "a", "/", "", "//a"), ("a/b", "b", "a", "", "a/b"),
    ("a/b.txt", "b.txt", "a", "txt", "a/b"), ("a/b.txt/", "b.txt", "a", "txt", "a/b"),
    ("a//b.tar.gz", "b.tar.gz", "a", "gz", "a//b.tar"), ("./a.PT", "a.PT", ".", "PT", "./a"),
    (".hidden", ".hidden", "", "", ".hidden"), ("a/.b", ".b", "a", "", "a/.b"),
    ("a.b/c", "c", "a.b", "", "a.b/c"), ("a.", "a.", "", "", "a."),
    ("é/ü.jpg", "ü.jpg", "é", "jpg", "é/ü"),
    ("x.y", "x.y", "", "y", "x"),
  ]) func `a path falls into its parts`(
    path: String, name: String, folder: String, suffix: String, withoutSuffix: String
  ) {
    #expect(PathText.name(of: path) == name)
    #expect(PathText.folder(of: path) == folder)
    #expect(PathText.suffix(of: path) == suffix)
    #expect(PathText.withoutSuffix(path) == withoutSuffix)
  }
}

@Suite struct DirectoryTests {
  @Test func `a folder's entries come in the order of their bytes, hidden ones aside`() throws {
    let path = NSTemporaryDirectory() + "yolos-files-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    for name in ["b", "a.txt", ".hidden", "é", "Z"] {
      try AtomicFile.write("x", to: path + "/" + name + (name == "b" ? "/inner" : ""))
    }
    let entries = Directory.entries(of: path)
    #expect(entries.map(\.name) == ["Z", "a.txt", "b", "é"])
    #expect(entries.map(\.isFolder) == [false, false, true, false])
    #expect(Directory.entries(of: path + "/nowhere").isEmpty)
    #expect(Directory.isFolder(path) && !Directory.isFolder(path + "/Z"))
    #expect(Directory.exists(path + "/Z") && !Directory.exists(path + "/Y"))
  }
}
