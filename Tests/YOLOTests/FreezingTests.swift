import Layers
import Testing
import YOLO

@Suite struct FreezingTests {
  private let model = Model(.yolov8(.n, classes: 2))

  private func frozen(_ freezing: Freezing) -> Set<Substring> {
    Set(model.freeze(freezing).map { $0.dropFirst("model.".count).prefix { $0 != "." } })
  }

  @Test func `a module's name freezes that module and no other`() {
    #expect(frozen(.names(["2"])) == ["2"])
    #expect(frozen(.names(["22"])) == ["22"])
    #expect(frozen(.names(["1", "15"])) == ["1", "15"])
    #expect(frozen(.modules([2])) == ["2"])
    #expect(frozen(.first(10)) == Set((0..<10).map { Substring("\($0)") }))
  }

  @Test func `a branch's name freezes what lies below it`() {
    let names = model.freeze(.names(["22.cv2"]))
    #expect(!names.isEmpty && names.allSatisfy { $0.hasPrefix("model.22.cv2.") })
    #expect(model.freeze(.names(["22.cv"])).isEmpty)
    #expect(model.freeze(.names(["22.cv2.0.0.conv.weight"])) == ["model.22.cv2.0.0.conv.weight"])
  }

  @Test func `frozen normalisations keep their statistics unless told otherwise`() {
    model.freeze(.names(["0"]))
    #expect(model.normalizations.filter { !$0.usesBatchStatistics }.map(\.name) == ["model.0.bn"])
    model.freeze(.names(["0"]), freezesStatistics: false)
    #expect(model.normalizations.allSatisfy { $0.usesBatchStatistics })
    #expect(model.freeze(.none).isEmpty)
  }
}
