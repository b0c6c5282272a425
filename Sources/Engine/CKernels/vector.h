// LANES floats at a time, in the vector extensions of the compiler: eight in an AVX register or a
// pair of smaller ones, or sixteen in an AVX-512 register. A lane is a channel, and none sees
// another, so that their number does not show in the bits.

#define INLINE static inline __attribute__((always_inline, unused))

typedef float vec __attribute__((ext_vector_type(LANES)));
typedef int32_t ints __attribute__((ext_vector_type(LANES)));
typedef vec vec_anywhere __attribute__((aligned(4), may_alias));

INLINE vec vsplat(float value) {
  return (vec)value;
}
INLINE vec vzero(void) { return (vec)0.f; }
INLINE vec vload(const float *from) { return *(const vec_anywhere *)from; }
INLINE void vstore(float *to, vec value) { *(vec_anywhere *)to = value; }

/// a * b + c, rounded once.
INLINE vec vfma(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }
/// c - a * b, rounded once.
INLINE vec vfnma(vec a, vec b, vec c) { return __builtin_elementwise_fma(-a, b, c); }

// The first `count` lanes alone, 0 <= count: memory behind them is not touched, since it may
// belong to another slice of the same map.
INLINE vec load_part(const float *from, int count) {
  if (count >= LANES) return vload(from);
#if LANES == 16
  // Half a register is common, and a masked load has to wait for the stores around it.
  if (count == 8) return (vec)_mm512_zextps256_ps512(_mm256_loadu_ps(from));
  return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
  vec value = vzero();
  for (int lane = 0; lane < count; lane++) value[lane] = from[lane];
  return value;
#endif
}
INLINE void store_part(float *to, vec value, int count) {
  if (count >= LANES) {
    vstore(to, value);
    return;
  }
#if LANES == 16
  if (count == 8) {
    _mm256_storeu_ps(to, _mm512_castps512_ps256((__m512)value));
    return;
  }
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)value);
#else
  for (int lane = 0; lane < count; lane++) to[lane] = value[lane];
#endif
}

/// exp(-x), with x held to -87...87; relative error below 2^-22. NaN stays NaN.
///
/// exp(-x) = 2^t with t = -x log2(e) = n + f, n whole, |f| <= 1/2. Adding 1.5 * 2^23 rounds t to n
/// in the low bits of the sum. f is computed in two steps so that no bit of x log2(e) is lost, 2^f
/// is a minimax polynomial of degree 5, and n is added to the exponent.
INLINE vec vexp_of_minus(vec x) {
  const vec limit = vsplat(87.f), magic = vsplat(12582912.f);
  x = x > limit ? limit : x;
  x = x < -limit ? -limit : x;
  vec shifted = vfma(x, vsplat(-1.44269504088896341f), magic);
  vec whole = shifted - magic;
  vec part = vfma(x, vsplat(-1.44269502162933349609375f), -whole);
  part = vfma(x, vsplat(-1.92596299112661746887e-8f), part);
  vec power = vsplat(1.326473691e-3f);
  power = vfma(power, part, vsplat(9.671514328e-3f));
  power = vfma(power, part, vsplat(5.550733707e-2f));
  power = vfma(power, part, vsplat(2.402224205e-1f));
  power = vfma(power, part, vsplat(6.931469776e-1f));
  power = vfma(power, part, vsplat(1.f));
  return (vec)((ints)power + ((ints)shifted << 23));
}

/// 1 / (1 + exp(-x)).
INLINE vec vsigmoid(vec x) { return vsplat(1.f) / (vsplat(1.f) + vexp_of_minus(x)); }

/// x * sigmoid(x).
INLINE vec vsilu(vec x) { return x / (vsplat(1.f) + vexp_of_minus(x)); }
