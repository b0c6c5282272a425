internal import Tensors

/// A graph's filters in the form its backend computes with.
public final class PackedWeights {
  private struct Entry {
    let unit: ConvolutionUnit
    /// `.forward` or `.smallForward`.
    let use: PackedUse
    let forward: FloatBuffer
    var dataGradient: FloatBuffer?
    let bias: FloatBuffer
    /// Normalization by running statistics is part of the filters.
    let isFolded: Bool
  }

  private let compute: Compute
  private var entries: [ObjectIdentifier: Entry] = [:]

  init(compute: Compute) { self.compute = compute }

  /// Packs the filters of a unit for the first time.
  func add(
    _ unit: ConvolutionUnit, folded: Bool, dataGradient: Bool, for use: PackedUse = .forward
  ) {
    let id = ObjectIdentifier(unit)
    if var entry = entries[id] {
      precondition(entry.isFolded == folded, "'\(unit.name)' is packed in two forms")
      if dataGradient && entry.dataGradient == nil {
        entry.dataGradient = buffer(unit, .dataGradient)
        entries[id] = entry
        pack(entry)
      }
      return
    }
    let entry = Entry(
      unit: unit, use: use, forward: buffer(unit, use),
      dataGradient: dataGradient ? buffer(unit, .dataGradient) : nil,
      bias: FloatBuffer(count: (unit.shape.outputs + 15) / 16 * 16), isFolded: folded)
    entries[id] = entry
    pack(entry)
  }

  /// Packs again what training has changed.
  func refresh(_ units: [ConvolutionUnit]) {
    for unit in units {
      if let entry = entries[ObjectIdentifier(unit)] { pack(entry) }
    }
  }

  @unsafe func forward(_ unit: ConvolutionUnit) -> UnsafePointer<Float> {
    unsafe UnsafePointer(entry(unit).forward.base)
  }

  /// What the forward filters are packed for.
  func use(_ unit: ConvolutionUnit) -> PackedUse { entry(unit).use }

  @unsafe func dataGradient(_ unit: ConvolutionUnit) -> UnsafePointer<Float> {
    guard let buffer = entry(unit).dataGradient else {
      preconditionFailure("'\(unit.name)' was not packed for its data gradient")
    }
    return unsafe UnsafePointer(buffer.base)
  }

  @unsafe func bias(_ unit: ConvolutionUnit) -> UnsafePointer<Float>? {
    let entry = entry(unit)
    guard entry.isFolded || unit.bias != nil else { return nil }
    return unsafe UnsafePointer(entry.bias.base)
  }

  private func entry(_ unit: ConvolutionUnit) -> Entry {
    guard let entry = entries[ObjectIdentifier(unit)] else {
      preconditionFailure("'\(unit.name)' was not packed")
    }
    return entry
  }

  private func buffer(_ unit: ConvolutionUnit, _ use: PackedUse) -> FloatBuffer {
    FloatBuffer(count: compute.backend.packedCount(unit.shape, for: use))
  }

  private func pack(_ entry: Entry) {
    let unit = entry.unit
    if entry.isFolded {
      // Not an array of its own for each unit: freed ones would stay with the process.
      // SAFETY: packing takes no shared scratch.
      let folded = unsafe compute.sharedScratch(unit.weight.count)
      let bias = unsafe unit.fold(into: folded)
      for i in bias.indices { unsafe entry.bias.base[i] = bias[i] }
      unsafe pack(folded, entry)
    } else {
      if let bias = unit.bias {
        for i in 0..<bias.count { unsafe entry.bias.base[i] = unsafe bias.value.base[i] }
      }
      unsafe pack(UnsafePointer(unit.weight.value.base), entry)
    }
  }

  private func pack(_ weight: UnsafePointer<Float>, _ entry: Entry) {
    let shape = entry.unit.shape
    // SAFETY: the buffers have the size that the backend asked for.
    unsafe compute.backend.pack(
      weight, shape, for: entry.use, into: entry.forward.base, on: compute)
    if let buffer = entry.dataGradient {
      unsafe compute.backend.pack(weight, shape, for: .dataGradient, into: buffer.base, on: compute)
    }
  }
}
