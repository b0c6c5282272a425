import Foundation
import Geometry
import Tensors
import TestSupport
import Testing

private func edges(_ tensor: Tensor, _ row: Int) -> Overlap.Edges {
  Overlap.Edges(SIMD4(0..<4, tensor.scalars[4 * row..<4 * row + 4]))
}

extension SIMD4 where Scalar == Float {
  fileprivate init(_ indices: Range<Int>, _ slice: ArraySlice<Float>) { self.init(Array(slice)) }
}

@Suite(.golden("loss")) struct GoldenOverlapTests {
  @Test(
    arguments: zip(["iou", "giou", "diou", "ciou"], Overlap.Kind.allCases))
  func `overlaps and their gradients agree with the reference`(
    name: String, kind: Overlap.Kind
  ) throws {
    let folder = try #require(Shared.golden("loss"))
    let file = try GoldenFile(folder.appendingPathComponent("ciou.safetensors"))
    let a = try file.tensor("prediction"), b = try file.tensor("target")
    var values: [Float] = [], ofA: [Float] = [], ofB: [Float] = []
    for row in 0..<a.shape[0] {
      let slopes = Overlap.gradient(kind, edges(a, row), edges(b, row))
      values.append(Float(Overlap.value(kind, edges(a, row), edges(b, row))))
      for i in 0..<4 {
        ofA.append(Float(slopes.a[i]))
        ofB.append(Float(slopes.b[i]))
      }
    }
    // Single precision of the reference: a few roundings of numbers near one, and of gradients that
    // reach 1e6 for boxes without area.
    expectGolden(
      Tensor(values, shape: [values.count]), equals: try file.tensor(name), name, absolute: 2e-6,
      relative: 1e-5)
    expectGolden(
      Tensor(ofA, shape: a.shape), equals: try file.tensor("\(name).grad_prediction"),
      "\(name).grad_prediction", absolute: 1e-5, relative: 1e-3)
    expectGolden(
      Tensor(ofB, shape: a.shape), equals: try file.tensor("\(name).grad_target"),
      "\(name).grad_target", absolute: 1e-5, relative: 1e-3)
  }

  @Test func `every box against every other agrees with the reference`() throws {
    let folder = try #require(Shared.golden("loss"))
    let file = try GoldenFile(folder.appendingPathComponent("ciou.safetensors"))
    let a = try file.tensor("prediction"), b = try file.tensor("target")
    let values = (0..<a.shape[0]).flatMap { row in
      (0..<b.shape[0]).map { Float(Overlap.value(.iou, edges(a, row), edges(b, $0))) }
    }
    // The reference adds nothing to heights here, which moves the value by 1e-7 over a height.
    expectGolden(
      Tensor(values, shape: [a.shape[0], b.shape[0]]), equals: try file.tensor("pairwise.iou"),
      "pairwise.iou", absolute: 2e-6, relative: 1e-5)
  }
}

@Suite struct OverlapTests {
  @Test(arguments: Overlap.Kind.allCases)
  func `gradients agree with finite differences`(kind: Overlap.Kind) {
    let pairs: [(Overlap.Edges, Overlap.Edges)] = [
      ([1, 2, 6, 9], [2.5, 3, 8, 7]), ([1, 2, 6, 9], [2, 3, 5, 7]), ([0, 0, 2, 2], [3, 4, 8, 5]),
      ([5, 1, 2, 4], [1, 2, 9, 8]),
    ]
    for (a, b) in pairs {
      let slopes = Overlap.gradient(kind, a, b)
      for i in 0..<4 {
        // Central differences in double precision: the error is of order h^2, about 1e-8; but the
        // aspect term's weight counts as constant, so CIoU is compared where the term is frozen.
        let h = 1e-5
        var step = Overlap.Edges()
        step[i] = h
        let byA = (frozen(kind, a + step, b, at: (a, b)) - frozen(kind, a - step, b, at: (a, b)))
        let byB = (frozen(kind, a, b + step, at: (a, b)) - frozen(kind, a, b - step, at: (a, b)))
        #expect(abs(byA / (2 * h) - slopes.a[i]) < 1e-6)
        #expect(abs(byB / (2 * h) - slopes.b[i]) < 1e-6)
      }
    }
  }

  /// The overlap with the weight of the aspect term held at its value for another pair.
  private func frozen(
    _ kind: Overlap.Kind, _ a: Overlap.Edges, _ b: Overlap.Edges,
    at pair: (Overlap.Edges, Overlap.Edges)
  ) -> Double {
    guard kind == .complete else { return Overlap.value(kind, a, b) }
    func aspect(_ a: Overlap.Edges, _ b: Overlap.Edges) -> Double {
      let difference = Overlap.aspectAngle(b) - Overlap.aspectAngle(a)
      return 4 / (Double.pi * Double.pi) * difference * difference
    }
    let v = aspect(pair.0, pair.1), iou = Overlap.value(.iou, pair.0, pair.1)
    return Overlap.value(.distance, a, b) - v / (v - iou + (1 + 1e-7)) * aspect(a, b)
  }

  @Test func `values stay finite for boxes without area`() {
    let point: Overlap.Edges = [3, 3, 3, 3], box: Overlap.Edges = [1, 1, 4, 5]
    for kind in Overlap.Kind.allCases {
      #expect(Overlap.value(kind, point, point).isFinite)
      #expect(Overlap.value(kind, point, box) <= 1e-7)
      #expect(Overlap.value(kind, box, box) > 1 - 1e-7)
    }
  }
}
