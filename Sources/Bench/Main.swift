internal import Foundation
internal import Tensors

/// Times the convolutions of YOLOv8n at 640 x 640 on our own kernels, layer by layer, beside OpenBLAS.
///
///     bench [--batch 1] [--threads 2] [--repeats 5] [--openblas] [--forward] [--only 80x64]
///
/// Times are the shortest of the repeats, in milliseconds an image; GF/s count the operations of the
/// definition, which Winograd's transform does not need. Backends take turns within a repeat.
@main struct Bench {
  static func main() {
    let arguments = CommandLine.arguments
    func number(_ name: String, _ fallback: Int) -> Int {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return fallback
      }
      return Int(arguments[index + 1]) ?? fallback
    }
    let batch = number("--batch", 1), repeats = number("--repeats", 5)
    let backward = !arguments.contains("--forward")
    let pool = ThreadPool(threads: number("--threads", 2))
    var backends: [any ConvolutionBackend] = [NativeBackend()]
    if arguments.contains("--openblas") { backends.append(OpenBLASBackend()) }
    if arguments.contains("--direct") { backends.append(NativeBackend(usesWinograd: false)) }
    let only = arguments.firstIndex(of: "--only").flatMap { arguments.dropFirst($0 + 1).first }
    var sums = Sums()
    for layer in BenchLayer.nano where only == nil || "\(layer.size)x\(layer.shape.inputs)" == only
    {
      let times = backends.map {
        LayerTimes(layer, batch: batch, on: Compute(pool: pool, backend: $0))
      }
      for _ in 0..<repeats { for one in times { one.measure(backward: backward) } }
      for one in times {
        sums.add(one, batch: batch)
        print(row(one, batch: batch))
      }
    }
    print(sums.description)
  }
}

/// One line of the table.
private func row(_ times: LayerTimes, batch: Int) -> String {
  let shape = times.layer.shape, gigas = times.layer.operations * Double(batch) / 1e9
  let name =
    "\(times.layer.size) \(shape.inputs)>\(shape.outputs) k\(shape.kernel) s\(shape.stride)"
  let passes = [times.forward, times.dataGradient, times.weightGradient].map { time in
    time > 0 && time < .infinity
      ? String(format: "%8.3f (%3.0f)", time / Double(batch) * 1e3, gigas / time) : "      -      "
  }
  return name.padding(toLength: 22, withPad: " ", startingAt: 0)
    + times.compute.backend.name.padding(toLength: 9, withPad: " ", startingAt: 0)
    + passes.joined(separator: " ")
}

/// Times by backend and kind of layer, over all layers of the network.
struct Sums: CustomStringConvertible {
  private var order: [String] = []
  private var values: [String: (forward: Double, data: Double, weight: Double)] = [:]

  /// Adds a layer as often as it occurs.
  mutating func add(_ times: LayerTimes, batch: Int) {
    let scale = Double(times.layer.times) / Double(batch) * 1e3
    for kind in [times.layer.kind, "all"] {
      let key = "\(times.compute.backend.name) \(kind)"
      if values[key] == nil { order.append(key) }
      let old = values[key] ?? (0, 0, 0)
      values[key] = (
        old.forward + times.forward * scale, old.data + times.dataGradient * scale,
        old.weight + times.weightGradient * scale
      )
    }
  }

  var description: String {
    order.sorted().map { key in
      let sum = values[key] ?? (0, 0, 0)
      return key.padding(toLength: 22, withPad: " ", startingAt: 0)
        + String(format: "%8.2f %8.2f %8.2f ms/image", sum.forward, sum.data, sum.weight)
    }.joined(separator: "\n")
  }
}
