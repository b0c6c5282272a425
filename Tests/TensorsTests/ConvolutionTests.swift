import Tensors
import TestSupport
import Testing

/// What a convolution is in a test's list: channels, window, step, batch and size.
struct Layout: CustomTestStringConvertible, Sendable {
  let inputs, outputs, kernel, stride, count, height, width: Int

  init(
    _ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int, _ count: Int, _ height: Int,
    _ width: Int
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.count = count
    self.height = height
    self.width = width
  }

  var testDescription: String {
    "\(inputs) to \(outputs), kernel \(kernel), stride \(stride), \(count) x \(height) x \(width)"
  }

  func make() -> ConvolutionCase {
    ConvolutionCase(
      inputs, outputs, kernel: kernel, stride: stride, count: count, height: height, width: width)
  }
}

/// Sizes that fit nothing: odd channels, single pixels, rectangles, batches, windows of 5.
let oddLayouts: [Layout] = [
  Layout(3, 16, 3, 2, 1, 32, 20), Layout(3, 5, 3, 2, 3, 9, 7), Layout(3, 16, 3, 1, 1, 6, 6),
  Layout(1, 1, 1, 1, 1, 1, 1), Layout(1, 1, 3, 1, 1, 1, 1), Layout(7, 12, 3, 2, 1, 1, 1),
  Layout(5, 7, 1, 1, 3, 5, 3), Layout(20, 12, 3, 1, 1, 13, 7), Layout(12, 20, 3, 2, 2, 11, 6),
  Layout(16, 16, 3, 1, 3, 10, 14), Layout(24, 40, 3, 1, 16, 5, 3), Layout(40, 24, 1, 1, 16, 3, 3),
  Layout(20, 36, 1, 2, 1, 9, 8), Layout(7, 9, 5, 1, 2, 9, 11), Layout(8, 17, 5, 2, 1, 12, 9),
  Layout(64, 80, 3, 1, 1, 7, 20), Layout(33, 31, 3, 2, 1, 14, 15), Layout(16, 1, 1, 1, 1, 4, 40),
  Layout(160, 144, 3, 1, 1, 4, 4), Layout(17, 3, 3, 1, 16, 1, 2), Layout(48, 32, 1, 1, 1, 30, 41),
  // Stride 2 at borders of every kind.
  Layout(8, 8, 3, 2, 1, 2, 1), Layout(16, 24, 3, 2, 1, 1, 9), Layout(40, 24, 3, 2, 3, 17, 9),
  // More tiles than share their transformed inputs; the last two have weights beyond the cache.
  Layout(20, 36, 3, 1, 3, 17, 15), Layout(20, 36, 3, 2, 3, 33, 27),
  Layout(104, 80, 3, 1, 1, 27, 25), Layout(64, 72, 3, 2, 2, 41, 38),
]

@Suite struct OpenBLASConvolutionTests {
  @Test(arguments: oddLayouts)
  func `every pass equals the definition`(layout: Layout) {
    let pool = ThreadPool(threads: 2), example = layout.make()
    let want = example.run(on: Compute(pool: pool, backend: ReferenceBackend()))
    let got = example.run(on: Compute(pool: pool, backend: OpenBLASBackend()))
    // Sums of up to 1440 products in single precision, in no particular order. The largest error
    // observed is 4e-6 of the typical magnitude.
    expectClose(got, want, within: 1e-5)
  }

  @Test func `the bits do not depend on the number of threads`() {
    expectSameBitsOnAnyThreads(OpenBLASBackend(), Layout(20, 36, 3, 2, 3, 21, 18))
  }
}

/// Compares every pass; see ``relativeError(_:_:)``.
func expectClose(
  _ got: ConvolutionCase.Results, _ want: ConvolutionCase.Results, within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let passes: [(String, KeyPath<ConvolutionCase.Results, [Float]>)] = [
    ("forward", \.forward), ("forward with epilogue", \.finished),
    ("data gradient", \.dataGradient), ("accumulated data gradient", \.accumulated),
    ("weight gradient", \.weightGradient),
  ]
  for (name, pass) in passes {
    let error = relativeError(got[keyPath: pass], want[keyPath: pass])
    #expect(error < tolerance, "\(name)", sourceLocation: sourceLocation)
  }
  #expect(got.neighborsAreUntouched, sourceLocation: sourceLocation)
}

/// Runs a case on 1, 2, 3, 8, 16, 33 and 64 threads, for which passes are cut otherwise.
func expectSameBitsOnAnyThreads(
  _ backend: any ConvolutionBackend, _ layout: Layout,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let example = layout.make()
  let want = example.run(on: Compute(pool: ThreadPool(threads: 1), backend: backend))
  for threads in [2, 3, 8, 16, 33, 64] {
    let got = example.run(on: Compute(pool: ThreadPool(threads: threads), backend: backend))
    #expect(got == want, "\(threads) threads", sourceLocation: sourceLocation)
  }
}
