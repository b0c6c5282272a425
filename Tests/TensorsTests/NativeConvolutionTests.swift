import TestSupport
import Tensors
import Testing

/// Every convolution of YOLOv8n and YOLOv8s: channels in and out, kernel, stride.
///
/// The sizes are small ones; 6 x 10 is no multiple of Winograd's tiles.
let networkLayouts: [Layout] = [
  (3, 16, 3, 2), (3, 32, 3, 2), (16, 16, 3, 1), (16, 32, 3, 2), (32, 32, 1, 1),
  (32, 32, 3, 1), (32, 64, 3, 2), (48, 32, 1, 1), (64, 64, 1, 1), (64, 64, 3, 1),
  (64, 64, 3, 2), (64, 80, 3, 1), (64, 128, 3, 2), (80, 80, 1, 1), (80, 80, 3, 1),
  (96, 64, 1, 1), (128, 64, 1, 1), (128, 64, 3, 1), (128, 80, 1, 1), (128, 80, 3, 1),
  (128, 128, 1, 1), (128, 128, 3, 1), (128, 128, 3, 2), (128, 256, 3, 2), (192, 64, 1, 1),
  (192, 128, 1, 1), (256, 64, 3, 1), (256, 80, 3, 1), (256, 128, 1, 1), (256, 128, 3, 1),
  (256, 256, 1, 1), (256, 256, 3, 1), (256, 256, 3, 2), (256, 512, 3, 2), (384, 128, 1, 1),
  (384, 256, 1, 1), (512, 64, 3, 1), (512, 128, 3, 1), (512, 256, 1, 1), (512, 512, 1, 1),
  (768, 256, 1, 1), (768, 512, 1, 1), (1024, 512, 1, 1),
].map { Layout($0, $1, $2, $3, 2, 6, 10) }

/// Sums of up to 4608 products in single precision, Winograd's transforms among them: about three
/// times the largest error observed over these shapes.
private let tolerance = 2e-4
/// Without Winograd: about twice the largest error observed.
private let directTolerance = 2e-5

@Suite struct NativeConvolutionTests {
  let pool = ThreadPool(threads: 2)

  @Test(arguments: oddLayouts)
  func `every pass equals the definition`(layout: Layout) {
    let example = layout.make()
    let want = example.run(on: Compute(pool: pool, backend: ReferenceBackend()))
    let got = example.run(on: Compute(pool: pool, backend: NativeBackend()))
    expectClose(got, want, within: tolerance)
    let direct = example.run(
      on: Compute(pool: pool, backend: NativeBackend(usesWinograd: false)))
    expectClose(direct, want, within: directTolerance)
  }

  @Test(arguments: networkLayouts)
  func `every pass agrees with OpenBLAS on the shapes of the network`(layout: Layout) {
    let example = layout.make()
    let want = example.run(on: Compute(pool: pool, backend: OpenBLASBackend()))
    let got = example.run(on: Compute(pool: pool, backend: NativeBackend()))
    expectClose(got, want, within: tolerance)
    let direct = example.run(
      on: Compute(pool: pool, backend: NativeBackend(usesWinograd: false)))
    expectClose(direct, want, within: directTolerance)
  }

  @Test(
    arguments: [
      Layout(3, 16, 3, 2, 3, 40, 36), Layout(20, 36, 3, 2, 3, 21, 18),
      Layout(16, 24, 3, 1, 3, 25, 30),
      Layout(64, 80, 3, 1, 2, 24, 20), Layout(128, 144, 3, 1, 16, 9, 9),
      Layout(48, 40, 1, 1, 2, 20, 20),
      Layout(12, 20, 5, 2, 2, 20, 20), Layout(16, 24, 3, 2, 3, 33, 30),
      Layout(64, 64, 3, 2, 2, 40, 40),
    ])
  func `the bits do not depend on the number of threads`(layout: Layout) {
    expectSameBitsOnAnyThreads(NativeBackend(), layout)
    expectSameBitsOnAnyThreads(NativeBackend(usesWinograd: false), layout)
  }

  @Test(
    arguments: [
      // More channels than are transformed at a time, or no whole number of panels; few tiles and many.
      Layout(130, 72, 3, 1, 1, 20, 20), Layout(8, 9, 3, 1, 2, 5, 6), Layout(64, 16, 3, 1, 1, 3, 50),
      Layout(70, 24, 3, 1, 3, 30, 33),
      // No transform, or another one.
      Layout(40, 24, 1, 1, 1, 9, 9), Layout(24, 40, 3, 2, 1, 12, 12), Layout(3, 16, 3, 1, 1, 8, 8),
    ])
  func `weights packed for small maps give the same bits`(layout: Layout) {
    let example = layout.make()
    for backend in [NativeBackend(), NativeBackend(usesWinograd: false)] {
      let compute = Compute(pool: pool, backend: backend)
      let wanted = example.forward(for: .forward, on: compute)
      let got = example.forward(for: .smallForward, on: compute)
      #expect(got.map(\.bitPattern) == wanted.map(\.bitPattern))
    }
  }

  @Test func `weights are packed small where they are many and the map is small`() {
    let backend = NativeBackend(), compute = Compute(pool: pool, backend: backend)
    let shape = Layout(256, 256, 3, 1, 1, 20, 20).make().shape
    #expect(backend.forwardUse(shape, count: 1, height: 20, width: 20) == .smallForward)
    #expect(backend.forwardUse(shape, count: 16, height: 20, width: 20) == .forward)
    let few = Layout(128, 256, 3, 1, 1, 20, 20).make().shape
    #expect(backend.forwardUse(few, count: 1, height: 20, width: 20) == .forward)
    #expect(
      compute.backend.packedCount(shape, for: .forward)
        == 4 * compute.backend.packedCount(shape, for: .smallForward))
  }

  @Test(arguments: [Layout(9, 8, 3, 1, 2, 5, 6), Layout(5, 3, 3, 2, 1, 6, 5)])
  func `both gradients agree with finite differences`(layout: Layout) {
    let example = layout.make()
    let compute = Compute(pool: pool, backend: NativeBackend())
    let got = example.run(on: compute)
    // The convolution is linear in either factor, so that a long step costs no exactness.
    let dx = numericalGradient(at: example.x.values(), step: 1) {
      example.product(x: $0, weights: example.weights, on: compute)
    }
    let dw = numericalGradient(at: example.weights, step: 1) {
      example.product(x: example.x.values(), weights: $0, on: compute)
    }
    #expect(relativeError(got.dataGradient, dx) < tolerance)
    // The case adds its gradient to 0.5.
    #expect(relativeError(got.weightGradient.map { $0 - 0.5 }, dw) < tolerance)
  }
}
