internal import Foundation
internal import Tensors

/// The convolutions of YOLOv8n at 640 x 640, layer by layer, on one backend or several in turn.
///
/// Times are the shortest of the repeats, in milliseconds an image; GF/s count the operations of the
/// definition, which Winograd's transform does not need.
struct LayerTable {
  private let arguments: Arguments

  init(_ arguments: Arguments) { self.arguments = arguments }

  /// - Throws: ``BenchError`` for kernels that this processor cannot run.
  func print() throws {
    let batch = arguments.number("--batch", 1), repeats = arguments.number("--repeats", 5)
    let backward = !arguments.flag("--forward")
    let pool = ThreadPool(threads: arguments.number("--threads", 2))
    // Where no sets are named, the best one, under the backend's own name.
    let sets = try arguments.kernelSets
    var rivals: [Rival] =
      sets.isEmpty
      ? [Rival(NativeBackend())] : sets.map { Rival(NativeBackend(), kernels: $0) }
    if arguments.flag("--openblas") { rivals.append(Rival(OpenBLASBackend())) }
    if arguments.flag("--direct") { rivals.append(Rival(NativeBackend(usesWinograd: false))) }
    let only = arguments.optional("--only")
    var sums = Sums()
    for layer in BenchLayer.nano where only == nil || "\(layer.size)x\(layer.shape.inputs)" == only
    {
      let times = rivals.map {
        LayerTimes(layer, batch: batch, of: $0, on: pool, by: arguments.clock)
      }
      for _ in 0..<repeats { for one in times { one.measure(backward: backward) } }
      for one in times {
        sums.add(one, batch: batch)
        Swift.print(row(one, batch: batch))
      }
    }
    Swift.print(sums.description)
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
    + times.rival.name.padding(toLength: 9, withPad: " ", startingAt: 0)
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
      let key = "\(times.rival.name) \(kind)"
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
