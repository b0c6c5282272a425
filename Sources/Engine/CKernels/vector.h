// Eight floats at a time, in the vector extensions of the compiler: AVX registers where there are
// any, pairs of smaller ones elsewhere.

#define INLINE static inline __attribute__((always_inline, unused))

typedef float v8 __attribute__((ext_vector_type(8)));
typedef int32_t i8 __attribute__((ext_vector_type(8)));
typedef v8 v8_anywhere __attribute__((aligned(4), may_alias));

INLINE v8 splat8(float value) {
  return (v8)value;
}
INLINE v8 zero8(void) { return (v8)0.f; }
INLINE v8 load8(const float *from) { return *(const v8_anywhere *)from; }
INLINE void store8(float *to, v8 value) { *(v8_anywhere *)to = value; }

/// a * b + c, rounded once.
INLINE v8 fma8(v8 a, v8 b, v8 c) { return __builtin_elementwise_fma(a, b, c); }
/// c - a * b, rounded once.
INLINE v8 fnma8(v8 a, v8 b, v8 c) { return __builtin_elementwise_fma(-a, b, c); }

// The first `count` lanes alone, 0 <= count <= 8: memory behind them is not touched, since it may
// belong to another slice of the same map.
INLINE v8 load_part(const float *from, int count) {
  if (count >= 8) return load8(from);
  v8 value = zero8();
  for (int lane = 0; lane < count; lane++) value[lane] = from[lane];
  return value;
}
INLINE void store_part(float *to, v8 value, int count) {
  if (count >= 8) {
    store8(to, value);
    return;
  }
  for (int lane = 0; lane < count; lane++) to[lane] = value[lane];
}

/// exp(-x), with x held to -87...87; relative error below 2^-22. NaN stays NaN.
///
/// exp(-x) = 2^t with t = -x log2(e) = n + f, n whole, |f| <= 1/2. Adding 1.5 * 2^23 rounds t to n
/// in the low bits of the sum. f is computed in two steps so that no bit of x log2(e) is lost, 2^f
/// is a minimax polynomial of degree 5, and n is added to the exponent.
INLINE v8 exp_of_minus8(v8 x) {
  const v8 limit = splat8(87.f), magic = splat8(12582912.f);
  x = x > limit ? limit : x;
  x = x < -limit ? -limit : x;
  v8 shifted = fma8(x, splat8(-1.44269504088896341f), magic);
  v8 whole = shifted - magic;
  v8 part = fma8(x, splat8(-1.44269502162933349609375f), -whole);
  part = fma8(x, splat8(-1.92596299112661746887e-8f), part);
  v8 power = splat8(1.326473691e-3f);
  power = fma8(power, part, splat8(9.671514328e-3f));
  power = fma8(power, part, splat8(5.550733707e-2f));
  power = fma8(power, part, splat8(2.402224205e-1f));
  power = fma8(power, part, splat8(6.931469776e-1f));
  power = fma8(power, part, splat8(1.f));
  return (v8)((i8)power + ((i8)shifted << 23));
}

/// 1 / (1 + exp(-x)).
INLINE v8 sigmoid8(v8 x) { return splat8(1.f) / (splat8(1.f) + exp_of_minus8(x)); }

/// x * sigmoid(x).
INLINE v8 silu8(v8 x) { return x / (splat8(1.f) + exp_of_minus8(x)); }
