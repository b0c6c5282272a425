import Checkpoints
import Layers
import Tensors
import Testing
import Training
import YOLO

/// Learning rates that differ by module.
///
/// With a rate of zero nothing moves, so what moved is told by the bits alone.
@Suite(.serialized) struct RateShareTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  /// The names of the parameters that a training moves, and of all.
  private func moved(
    _ option: String, _ value: Double
  ) throws -> (some: Set<String>, all: Set<String>) {
    let model = try tiny.model()
    // Weights in a file are in half precision, so the copy in memory is rounded alike.
    let before = try trained(model, [("lr0", .number(0))])
    let after = try trained(model, [("lr0", .number(0.01)), (option, .number(value))])
    let names = Set(model.parameters.map(\.name))
    return (names.filter { before.tensor($0)?.scalars != after.tensor($0)?.scalars }, names)
  }

  private func trained(
    _ model: Model, _ given: [(name: String, value: OptionValue)]
  ) throws -> StateDictionary {
    let outcome = try tiny.train(
      tiny.request(
        [
          ("optimizer", .text("AdamW")), ("epochs", .integer(2)), ("nbs", .integer(4)),
          ("warmup_epochs", .integer(0)), ("warmup_bias_lr", .number(0)),
        ] + given, model: model))
    return try Checkpoint.read(outcome.folder.last).state
  }

  @Test func `the class branch moves at a rate of its own`() throws {
    let (some, all) = try moved("lr_classes", 0)
    let branch = all.filter { $0.hasPrefix("model.10.cv3.") }
    #expect(!branch.isEmpty && some == all.subtracting(branch))
    #expect(try moved("lr_classes", 5).some == all)
  }

  @Test func `a module moves at a share of the next one's rate`() throws {
    let (some, all) = try moved("lr_depth", 0)
    #expect(some == all.filter { $0.hasPrefix("model.10.") })
  }
}
