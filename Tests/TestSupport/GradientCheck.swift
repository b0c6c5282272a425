/// The gradient of `f` at `x` by central differences with step `h`, in double precision outside `f`.
public func numericalGradient(
  at x: [Float], step h: Float = 1e-2, of f: ([Float]) -> Double
) -> [Float] {
  x.indices.map { i in
    var plus = x, minus = x
    plus[i] += h
    minus[i] -= h
    // The step that was really taken, after rounding.
    return Float((f(plus) - f(minus)) / Double(plus[i] - minus[i]))
  }
}
