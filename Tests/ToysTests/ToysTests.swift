import Datasets
import Files
import Foundation
import Geometry
import Images
import Testing
import Toys

@Suite struct ToySceneTests {
  @Test func `a picture is a pure function of the options and its index`() {
    let set = ToySet(width: 160, height: 120, seed: 7)
    let scenes = (0..<6).map { set.scene(.train, $0) }
    var larger = set
    (larger.train, larger.val) = (9000, 3)
    #expect((0..<6).reversed().map { larger.scene(.train, $0) }.reversed() == scenes)
    var other = set
    other.seed = 8
    #expect(other.scene(.train, 0) != scenes[0])
    #expect(set.scene(.val, 0) != scenes[0])
  }

  @Test(arguments: [(32, 32), (97, 41), (320, 256), (640, 640)])
  func `boxes are tight about what is visible of each toy`(width: Int, height: Int) {
    let set = ToySet(width: width, height: height, seed: 3, clutter: 1)
    for index in 0..<(width > 400 ? 4 : 25) {
      let scene = set.scene(.train, index)
      #expect(scene.image.width == width && scene.image.height == height)
      for (i, label) in scene.boxes.enumerated() {
        let owner = UInt8(i + 1), box = label.box
        #expect(box.minX >= 0 && box.minY >= 0)
        #expect(box.maxX <= Float(width) && box.maxY <= Float(height))
        #expect(box.width >= 1 && box.height >= 1)
        #expect(set.kinds.indices.contains(label.classIndex))
        let seen = scene.owners.indices.filter { scene.owners[$0] == owner }
        #expect(seen.count >= 16, "picture \(index), toy \(i)")
        let xs = seen.map { $0 % width }, ys = seen.map { $0 / width }
        #expect(xs.min() == Int(box.minX) && xs.max() == Int(box.maxX) - 1)
        #expect(ys.min() == Int(box.minY) && ys.max() == Int(box.maxY) - 1)
      }
      #expect(scene.owners.max() ?? 0 <= UInt8(scene.boxes.count))
    }
  }

  @Test func `every kind comes up, and so do pictures without any toy`() {
    let set = ToySet(width: 64, height: 64, seed: 1, backgroundShare: 0.2)
    let scenes = (0..<300).map { set.scene(.train, $0) }
    let classes = Set(scenes.flatMap { $0.boxes.map(\.classIndex) })
    #expect(classes == Set(0..<ToyKind.allCases.count))
    let empty = scenes.count { $0.boxes.isEmpty }
    // Binomial with mean 60 and standard deviation 7; four of them, and a few crowded out.
    #expect((32...100).contains(empty))
    var none = set
    none.backgroundShare = 1
    #expect((0..<20).allSatisfy { none.scene(.val, $0).boxes.isEmpty })
  }

  @Test func `invented toys are classes after the kinds, and each comes up`() {
    let set = ToySet(
      kinds: [.bear, .ball], width: 96, height: 96, seed: 5, backgroundShare: 0, invented: 6)
    #expect(set.classNames.count == 8 && set.classNames.last == "invented 6")
    let scenes = (0..<80).map { set.scene(.train, $0) }
    #expect(Set(scenes.flatMap { $0.boxes.map(\.classIndex) }) == Set(0..<8))
  }

  @Test func `toys that come near are larger, and none is larger than half the image from afar`() {
    func sides(_ closeness: Double) -> [Float] {
      let set = ToySet(
        width: 128, height: 128, seed: 4, backgroundShare: 0, closeness: closeness)
      return (0..<60).flatMap {
        set.scene(.train, $0).boxes.map { max($0.box.width, $0.box.height) }
      }
      .sorted()
    }
    let far = sides(0), near = sides(1)
    #expect(far.last ?? 0 < 110)
    #expect(near.last ?? 0 > 120)
    #expect(near[near.count / 2] > 1.3 * far[far.count / 2])
  }

  @Test func `pictures are neither dark nor washed out, and toys differ from their surroundings`() {
    let set = ToySet(width: 96, height: 96, seed: 2)
    var means: [Double] = []
    for index in 0..<60 {
      let pixels = set.scene(.train, index).image.pixels.map(Double.init)
      let mean = pixels.reduce(0, +) / Double(pixels.count)
      let variance = pixels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pixels.count)
      // A night scene and a snow-white wall are possible; black, white or flat images are not.
      #expect((12...240).contains(mean) && variance > 60, "picture \(index)")
      means.append(mean)
    }
    // Images have a mean level near 110.
    #expect((75...160).contains(means.reduce(0, +) / 60))
  }

  @Test(arguments: ToyKind.allCases)
  func `every kind can be drawn at every size`(kind: ToyKind) {
    for size in [32, 75, 1280] {
      let wall = kind.portrait(size: size, seed: 5)
      // The wall differs from row to row only, so the toy is what differs inside a row.
      let toy = (0..<size * size).count { i in
        let (edge, pixel) = (3 * (i / size * size), 3 * i)
        return (0..<3).contains {
          abs(Int(wall.pixels[pixel + $0]) - Int(wall.pixels[edge + $0])) > 12
        }
      }
      #expect(Double(toy) > 0.1 * Double(size * size), "\(kind) at \(size)")
      #expect(Double(toy) < 0.8 * Double(size * size), "\(kind) at \(size)")
    }
    let differing = Set((0..<8).map { Digest(of: Data(kind.portrait(size: 48, seed: $0).pixels)) })
    #expect(differing.count == 8)
  }
}

@Suite struct ToySetTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toys-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func contents(_ folder: String) throws -> [String: Digest] {
    var files: [String: Digest] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      if let content = FileManager.default.contents(atPath: "\(folder)/\(path)") {
        files[path] = Digest(of: content)
      }
    }
    return files
  }

  private let small = ToySet(
    kinds: [.oslik, .ovecka], train: 5, val: 2, test: 1, width: 64, height: 48, seed: 4)

  @Test func `the folder is a data set that the Datasets room reads`() throws {
    try inFolder { folder in
      let yaml = try small.write(to: folder)
      let description = try DatasetDescription(contentsOf: yaml)
      #expect(description.classNames == ["oslik", "ovecka"])
      let parser = LabelParser(classCount: 2)
      for (split, count) in [(DatasetSplit.train, 5), (.val, 2), (.test, 1)] {
        for i in 0..<count {
          let scene = small.scene(split, i)
          let stem = "\(folder)/\(split.rawValue)/%@/00000\(i)"
          let file = stem.replacingOccurrences(of: "%@", with: "images") + ".jpg"
          let image = try Image(contentsOf: file)
          #expect(image.width == 64 && image.height == 48)
          let labels = stem.replacingOccurrences(of: "%@", with: "labels") + ".txt"
          let result = parser.parse([UInt8](try AtomicFile.read(labels)), file: labels)
          #expect(result.problems.isEmpty)
          #expect(result.rows.map(\.classIndex) == scene.boxes.map(\.classIndex))
          for (row, label) in zip(result.rows, scene.boxes) {
            // Six digits behind the point, and single precision.
            #expect(abs(row.centerX * 64 - Double(label.box.centerX)) < 1e-4)
            #expect(abs(row.height * 48 - Double(label.box.height)) < 1e-4)
          }
        }
      }
    }
  }

  @Test func `the files do not depend on the threads, and a complete folder is left alone`() throws
  {
    try inFolder { folder in
      try small.write(to: folder + "/a", threads: 1)
      try small.write(to: folder + "/b", threads: 3)
      let written = try contents(folder + "/a")
      #expect(try contents(folder + "/b") == written)
      #expect(written.count == 2 * 8 + 2)
      let path = folder + "/a/toys.yaml"
      let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      try small.write(to: folder + "/a")
      let after = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      #expect(before == after && before != nil)
      // A harmed file is found and made again.
      try AtomicFile.write("", to: folder + "/a/train/images/000000.jpg")
      try small.write(to: folder + "/a")
      #expect(try contents(folder + "/a") == written)
    }
  }

  @Test func `a folder with anything else in it is refused, and so are bad options`() throws {
    try inFolder { folder in
      try AtomicFile.write("my thesis", to: folder + "/thesis.txt")
      #expect(throws: ToySetError.occupied(folder: folder)) { try small.write(to: folder) }
      #expect(try contents(folder).keys.sorted() == ["thesis.txt"])
      // Neither is an image replaced that bears the folder's name, nor a set with something added.
      let file = folder + "/picture.jpg"
      try AtomicFile.write("my picture", to: file)
      #expect(throws: ToySetError.occupied(folder: file)) { try small.write(to: file) }
      let place = folder + "/toys"
      try small.write(to: place)
      var other = small
      other.seed += 1
      try AtomicFile.write("my picture", to: place + "/train/images/holiday.jpg")
      #expect(throws: ToySetError.occupied(folder: place)) { try other.write(to: place) }
      #expect(FileManager.default.fileExists(atPath: place + "/train/images/holiday.jpg"))
      try FileManager.default.removeItem(atPath: place + "/train/images/holiday.jpg")
      try other.write(to: place)
      var set = small
      set.clutter = 1.5
      #expect { try set.write(to: folder + "/x") } throws: {
        "\($0)" == "clutter: 1.5; expected a number from 0 to 1"
      }
      set = small
      set.width = 8
      #expect(set.problem?.description == "imgsz: 8; expected 32 to 4096 pixels")
    }
  }
}
