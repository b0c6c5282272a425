import Tensors
import Testing
import YOLO

/// Descriptions and weights that are no model of ours: a typed error with its place, never a crash.
@Suite struct RefusedModelTests {
  private func refusal(of yaml: String) -> String {
    do {
      _ = try Architecture(yaml: yaml, name: "odd.yaml")
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func `an unknown module is named with its line`() {
    let yaml = """
      nc: 2
      backbone:
        - [-1, 1, Conv, [16, 3, 2]]
        - [-1, 1, Wonder, [32, 3, 2]]
      head:
        - [[1], 1, Detect, [nc]]
      """
    let refusal = refusal(of: yaml)
    #expect(refusal.contains("odd.yaml:4") && refusal.contains("unknown module 'Wonder'"))
  }

  @Test func `weights of another shape, NaN, and absent ones are refused by name`() throws {
    let model = Model(Architecture.yolov8(.n, classes: 2))
    let state = model.stateDictionary(), name = "model.0.conv.weight"
    let shape = try #require(state.tensor(name)).shape
    var other = state
    other[name] = .floats(Tensor(repeating: 0, shape: [1, 3, 3, 3]))
    #expect(problem { try model.load(other) } == .shape(expected: shape, found: [1, 3, 3, 3]))
    other[name] = .floats(Tensor(repeating: .nan, shape: shape))
    #expect(problem { try model.load(other) } == .notFinite(index: 0, value: "nan"))
    other[name] = nil
    #expect(problem { try model.load(other) } == .missing)
  }

  private func problem(_ body: () throws -> Void) -> ModelError.Problem? {
    do {
      try body()
      return nil
    } catch { return (error as? ModelError)?.problem }
  }
}
