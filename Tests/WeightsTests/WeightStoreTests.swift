import Files
import Foundation
import Testing
import Weights

@Suite("The store of weights")
struct WeightStoreTests {
  @Test(
    arguments: [
      (["XDG_DATA_HOME": "/data", "HOME": "/users/me"], "/data/yolos/weights"),
      (["XDG_DATA_HOME": "", "HOME": "/users/me"], "/users/me/.local/share/yolos/weights"),
      (["XDG_DATA_HOME": "data", "HOME": "/users/me"], "/users/me/.local/share/yolos/weights"),
      (["HOME": ""], nil), ([:], nil),
    ] as [([String: String], String?)])
  func `its folder is the one that the environment names`(
    environment: [String: String], folder: String?
  ) {
    #expect(WeightStore(environment: environment).folder == folder)
  }

  @Test func `without a folder nothing is there, and nothing is fetched`() throws {
    let store = WeightStore(environment: [:])
    let nano = try store.catalog.file(named: "yolov8n")
    #expect(try store.state(of: nano) == .absent)
    let error = #expect(throws: WeightsError.self) { try store.fetch(nano) }
    #expect(error?.problem == .noFolder)
    #expect(error?.hint == "set XDG_DATA_HOME to a folder that you can write to")
  }

  @Test func `the catalog knows five files, with and without their ending`() throws {
    let catalog = WeightCatalog.yolov8
    #expect(catalog.files.map(\.name) == ["n", "s", "m", "l", "x"].map { "yolov8\($0).pt" })
    for file in catalog.files {
      #expect(try catalog.file(named: file.name) == file)
      #expect(try catalog.file(named: String(file.name.dropLast(3))) == file)
      #expect(file.license == "AGPL-3.0" && file.publisher == "Ultralytics")
    }
    #expect(
      catalog["yolov8n.pt"]?.digest.description
        == "f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36")
    #expect(catalog["yolov8n.pt"]?.size == 6_549_796)
    // Half precision: two bytes a weight, and what a file has besides.
    let weights = [3_157_200, 11_166_560, 25_902_640, 43_691_520, 68_229_648]
    for (file, count) in zip(catalog.files, weights) {
      #expect((2 * count...2 * count + 500_000).contains(file.size), "\(file.name)")
    }
  }

  @Test(arguments: [
    ("yolov8m.tp", "did you mean 'yolov8m.pt'? choose from "), ("yolo", "choose from yolov8n.pt, "),
    ("yolov8q", "did you mean 'yolov8n.pt'? choose from "), ("", "choose from "),
    ("../yolov8n.pt", "choose from "),
  ])
  func `an unknown name is refused with those that are known`(name: String, hint: String) {
    let error = #expect(throws: WeightsError.self) { try WeightCatalog.yolov8.file(named: name) }
    #expect(error?.description == "no published weights are named '\(name)'")
    #expect(error?.hint?.contains(hint) == true, "\(error?.hint ?? "")")
  }

  @Test(arguments: [
    "ftp://host/weights", "/mnt/weights", "weights", "https://host/a b", "https://host/\n",
    "file:///mnt",
  ])
  func `a mirror that is no address of the web is refused`(mirror: String) throws {
    let folder = NSTemporaryDirectory() + "yolos-" + UUID().uuidString
    let store = WeightStore(folder: folder, mirror: mirror)
    let nano = try store.catalog.file(named: "yolov8n.pt")
    let error = #expect(throws: WeightsError.self) { try store.fetch(nano) }
    #expect(error?.problem == .badMirror(mirror))
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func `a file of another content is not taken for the published one`() throws {
    let folder = NSTemporaryDirectory() + "yolos-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = WeightStore(folder: folder)
    let nano = try store.catalog.file(named: "yolov8n.pt"), path = try store.path(of: nano)
    #expect(try store.state(of: nano) == .absent)
    try AtomicFile.write("other", to: path)
    let error = #expect(throws: WeightsError.self) { try store.state(of: nano) }
    #expect(error?.problem == .damaged(path: path, found: Digest(of: "other")))
  }

  @Test func `a password in an address is not shown`() {
    let error = WeightsError(
      "a.pt", .status(address: "https://me:secret@host/a@b/a.pt", code: 404))
    #expect(
      error.description == "https://host/a@b/a.pt: the server answered 404 (file not found)")
    let bare = WeightsError("a.pt", .badMirror("ftp://me:secret@host"))
    #expect(!bare.description.contains("secret"))
  }
}
