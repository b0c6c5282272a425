import Mathematics
import Testing

/// Exact values of one function, rounded to double precision.
///
/// Computed with mpmath 1.3: mp.prec = 2000; repr(float(mpmath.exp(mpmath.mpf(x)))) and so on; sigmoid
/// as 1 / (1 + exp(-x)), softplus as log1p(exp(x)).
private struct Reference: Sendable, CustomTestStringConvertible {
  let name: String
  let function: @Sendable (Double) -> Double
  let values: [(Double, Double)]

  init(
    _ name: String, _ function: @escaping @Sendable (Double) -> Double, _ values: [(Double, Double)]
  ) {
    (self.name, self.function, self.values) = (name, function, values)
  }

  var testDescription: String { name }

  static let all: [Reference] = [
    Reference(
      "exp", ElementaryFunctions.exp,
      [
        (-700.0, 9.85967654375977e-305), (-700.5, 5.980196118639791e-305),
        (-1.5, 0.22313016014842982), (-1e-10, 0.9999999999),
        (0.001, 1.0010005001667084), (0.3465, 1.4141094938303624),
        (1.0, 2.718281828459045), (10.25, 28282.541920334977),
        (709.75, 1.7398368732641605e308),
      ]),
    Reference(
      "expm1", ElementaryFunctions.expm1,
      [
        (-39.0, -1.0), (-1.2, -0.6988057880877979),
        (-0.35, -0.29531191028128656), (-1e-09, -9.999999995e-10),
        (1e-300, 1e-300), (0.2, 0.22140275816016985),
        (0.36, 0.43332941456034024), (1.0, 1.7182818284590453),
        (54.5, 4.667123183213639e23), (700.0, 1.0142320547350045e304),
      ]),
    Reference(
      "log", ElementaryFunctions.log,
      [
        (0x1p-1022, -708.3964185322641), (1e-300, -690.7755278982137),
        (0.1, -2.3025850929940455), (0.7071, -0.346583180371942),
        (0.999, -0.0010005003335835344), (1.0000001, 9.999999505838704e-08),
        (1.41422, 0.34657814235925116), (3.0, 1.0986122886681098),
        (10000000000.0, 23.025850929940457), (1.7e308, 709.7268368932282),
      ]),
    Reference(
      "log1p", ElementaryFunctions.log1p,
      [
        (-0.999, -6.907755278982136), (-0.3, -0.35667494393873234),
        (-0.28, -0.3285040669720361), (-1e-12, -1.0000000000005e-12),
        (1e-17, 1e-17), (0.4, 0.33647223662121295),
        (0.42, 0.35065687161316933), (7.0, 2.0794415416798357),
        (1e16, 36.841361487904734), (1e300, 690.7755278982137),
      ]),
    Reference(
      "sin", ElementaryFunctions.sin,
      [
        (1e-09, 1e-09), (0.5, 0.479425538604203),
        (0.79, 0.7103532724176078), (-2.5, -0.5984721441039565),
        (3.141592653589793, 1.2246467991473532e-16), (100.0, -0.5063656411097588),
        (1000000.0, -0.34999350217129294), (10000000.0, 0.4205477931907825),
        (-1e22, 0.8522008497671888), (1.7e308, -0.5952560848632077),
      ]),
    Reference(
      "cos", ElementaryFunctions.cos,
      [
        (0.0, 1.0), (0.5, 0.8775825618903728),
        (0.79, 0.7038453156522361), (-2.5, -0.8011436155469337),
        (1.5707963267948966, 6.123233995736766e-17), (100.0, 0.8623188722876839),
        (1000000.0, 0.9367521275331447), (10000000.0, -0.9072703861817396),
        (-1e22, 0.523214785395139), (1.7e308, 0.803536056087918),
      ]),
    Reference(
      "tan", ElementaryFunctions.tan,
      [
        (1e-09, 1e-09), (0.5, 0.5463024898437905),
        (0.79, 1.0092462883827549), (-2.5, 0.7470222972386603),
        (1.5707963267948966, 1.633123935319537e16), (100.0, -0.5872139151569291),
        (10000000.0, -0.46353082785018906), (-1e22, 1.6287782256068988),
      ]),
    Reference(
      "atan", ElementaryFunctions.atan,
      [
        (1e-10, 1e-10), (0.03, 0.0299910048568779),
        (0.1, 0.09966865249116204), (-0.5, -0.4636476090008061),
        (0.9999, 0.785348160897365), (1.0001, 0.7854481608975317),
        (2.0, 1.1071487177940904), (15.0, 1.5042281630190728),
        (17.0, 1.512040504079174), (-100000.0, -1.570786326794897),
        (1e300, 1.5707963267948966),
      ]),
    Reference(
      "tanh", ElementaryFunctions.tanh,
      [
        (1e-09, 1e-09), (0.1, 0.09966799462495582),
        (-0.5, -0.46211715726000974), (2.0, 0.9640275800758169),
        (-9.0, -0.999999969540041), (20.0, 1.0),
      ]),
    Reference(
      "sigmoid", ElementaryFunctions.sigmoid,
      [
        (-700.0, 9.85967654375977e-305), (-40.0, 4.248354255291589e-18),
        (-3.0, 0.04742587317756678), (-0.1, 0.47502081252106),
        (0.0, 0.5), (0.1, 0.52497918747894),
        (3.0, 0.9525741268224333), (36.0, 0.9999999999999998),
      ]),
    Reference(
      "softplus", ElementaryFunctions.softplus,
      [
        (-700.0, 9.85967654375977e-305), (-40.0, 4.248354255291589e-18),
        (-3.0, 0.04858735157374206), (-0.1, 0.6443966600735709),
        (0.0, 0.6931471805599453), (0.1, 0.7443966600735709),
        (3.0, 3.048587351573742), (36.0, 36.0),
      ]),
  ]
}

/// The distance of two numbers in units of the last place of the second.
///
/// Equal ones are told apart first: threads that computed kernels flush subnormal numbers, and with them
/// the unit of tiny values.
private func units(_ got: Double, _ want: Double) -> Double {
  got == want ? 0 : abs(got - want) / want.ulp
}

@Suite struct ElementaryFunctionsTests {
  // 480,000 random arguments against mpmath gave at most 2.5 units (tanh; sigmoid and tan 2, the
  // others below 1.5): three leave room for the arguments not drawn.
  @Test(arguments: Reference.all)
  private func `a function agrees with exact values to three units in the last place`(
    reference: Reference
  ) {
    for (x, want) in reference.values {
      let got = reference.function(x)
      #expect(units(got, want) <= 3, "\(reference.name)(\(x)) is \(got), not \(want)")
    }
  }

  @Test func `powers agree with exact values to one unit in the last place`() {
    let values: [(Double, Double, Double)] = [
      (2.0, 0.5, 1.4142135623730951),
      (10.0, -3.5, 0.00031622776601683794),
      (1.0000001, 10000000.0, 2.7182816941320818),
      (0.9, 100.0, 2.6561398887587544e-05),
      (1e-300, 0.01, 0.0009999999999999998),
      (3.0, 600.0, 1.873927703884794e286),
      (1.5, -1000.25, 7.3234906184446015e-177),
      (0.25, 6.0, 0.000244140625),
      (-2.5, 3.0, -15.625),
      (0.37, 0.5, 0.6082762530298219),
      (0x1p-1020, 0.3, 7.670458539527757e-93),
    ]
    for (x, y, want) in values {
      let got = ElementaryFunctions.pow(x, y)
      #expect(units(got, want) <= 1, "\(x)^\(y) is \(got), not \(want)")
    }
  }

  @Test func `the ends of the number line are what IEEE 754 asks for`() {
    typealias F = ElementaryFunctions
    let inf = Double.infinity
    #expect(F.exp(inf) == inf && F.exp(-inf) == 0 && F.exp(710.0) == inf && F.exp(-746.0) == 0)
    #expect(F.exp(0.0) == 1 && F.exp(-744.5).bitPattern == 1)
    #expect(F.expm1(inf) == inf && F.expm1(-inf) == -1 && F.expm1(710) == inf)
    #expect(F.log(0.0) == -inf && F.log(inf) == inf && F.log(-1.0).isNaN && F.log(1.0) == 0)
    #expect(F.log1p(-1) == -inf && F.log1p(inf) == inf && F.log1p(-1.5).isNaN)
    #expect(F.sin(inf).isNaN && F.cos(-inf).isNaN && F.tan(inf).isNaN)
    #expect(F.sin(-0.0).sign == .minus && F.cos(0) == 1)
    #expect(F.atan(inf) == Double.pi / 2 && F.atan(-inf) == -Double.pi / 2)
    #expect(F.tanh(inf) == 1 && F.tanh(-inf) == -1)
    #expect(F.sigmoid(inf) == 1 && F.sigmoid(-inf) == 0 && F.sigmoid(0.0) == 0.5)
    #expect(F.softplus(inf) == inf && F.softplus(-inf) == 0 && F.logSigmoid(-1e4) == -1e4)
    let functions: [(Double) -> Double] = [
      F.exp, F.expm1, F.log, F.log1p, F.sin, F.cos, F.tan, F.atan, F.tanh, F.sigmoid,
    ]
    for f in functions { #expect(f(.nan).isNaN) }
    #expect(F.softplus(.nan).isNaN)
  }

  @Test func `powers keep the special cases of IEEE 754`() {
    typealias F = ElementaryFunctions
    let inf = Double.infinity
    #expect(F.pow(.nan, 0) == 1 && F.pow(1, .nan) == 1 && F.pow(.nan, 1).isNaN)
    #expect(F.pow(0, 2) == 0 && F.pow(0, -2) == inf && F.pow(-0.0, -3) == -inf)
    #expect(F.pow(-0.0, 3).sign == .minus && F.pow(-inf, 3) == -inf && F.pow(inf, -1) == 0)
    #expect(F.pow(-2, 3) == -8 && F.pow(-2, 2) == 4 && F.pow(-2, 0.5).isNaN)
    #expect(F.pow(2, inf) == inf && F.pow(0.5, inf) == 0 && F.pow(-1, inf) == 1)
    #expect(
      F.pow(2, 1024) == inf && F.pow(2, -1074).bitPattern == 1 && F.pow(2, -1080) == 0)
    #expect(F.pow(1.5, 1e300) == inf && F.pow(1.5, -1e300) == 0)
    for n in 0...30 {
      #expect(F.pow(3, Double(n)) == (0..<n).reduce(1.0) { power, _ in power * 3 })
    }
  }

  @Test func `functions rise where they should, between neighbouring numbers too`() {
    typealias F = ElementaryFunctions
    var source = RandomSource(seed: 11)
    let functions: [(Double) -> Double] = [F.exp, F.expm1, F.atan, F.softplus]
    for _ in 0..<2000 {
      let x = source.uniform(-30, 30), next = x.nextUp
      for f in functions {
        #expect(f(x) <= f(next))
        #expect(f(x) < f(x + 0.01))
      }
      #expect(F.log(abs(x)) <= F.log(abs(x).nextUp))
    }
  }

  @Test func `identities hold to rounding`() {
    typealias F = ElementaryFunctions
    var source = RandomSource(seed: 12)
    for _ in 0..<2000 {
      let x = source.uniform(-20, 20)
      // Rounding x to double precision already moves exp by |x| units.
      #expect(abs(F.log(F.exp(x)) - x) <= 4 * 0x1p-52 * max(1, abs(x)))
      #expect(abs(F.sin(x) * F.sin(x) + F.cos(x) * F.cos(x) - 1) <= 4 * 0x1p-53)
      #expect(F.sin(-x) == -F.sin(x) && F.cos(-x) == F.cos(x) && F.atan(-x) == -F.atan(x))
      #expect(abs(F.sigmoid(x) + F.sigmoid(-x) - 1) <= 4 * 0x1p-53)
      #expect(abs(F.softplus(x) - F.softplus(-x) - x) <= 8 * 0x1p-52 * max(1, abs(x)))
    }
  }

  @Test func `single precision is the rounded double`() {
    #expect(ElementaryFunctions.exp(Float(1)) == Float(2.718281828459045))
    #expect(ElementaryFunctions.log(Float(2)) == Float(0.6931471805599453))
    #expect(ElementaryFunctions.atan(Float(1)) == Float(0.7853981633974483))
    #expect(ElementaryFunctions.sigmoid(Float(1)) == Float(0.7310585786300049))
  }
}
