#include "loss.h"

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// Vectors are passed between inlined functions only, so their calling convention is ours.
#pragma clang diagnostic ignored "-Wpsabi"

// Eight lanes: two registers of the oldest x86-64, one of a newer. Each lane does the same scalar
// arithmetic, so the bits do not depend on how many lanes the machine really has.
typedef float lanes __attribute__((vector_size(32)));
typedef int32_t words __attribute__((vector_size(32)));

static inline lanes load(const float *p) {
  lanes v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline lanes choose(words mask, lanes yes, lanes no) {
  return (lanes)(((words)yes & mask) | ((words)no & ~mask));
}

/// exp(x) for x <= 0 to 2 ulp; exp(-87) below -87; NaN stays NaN.
static inline lanes exponential(lanes x) {
  x = choose(x < -87.0f, (lanes){0} - 87.0f, x);
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const lanes shifted = x * 1.44269504f + 12582912.0f;
  const lanes k = shifted - 12582912.0f;
  // The logarithm of 2 in two parts, the first of 12 bits.
  const lanes r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
  lanes p = r * (1.0f / 5040) + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  const words power = ((words)shifted - 0x4B400000 + 127) << 23;
  return p * (lanes)power;
}

/// log(1 + e) for e in [0, 1] to 2 ulp.
static inline lanes log_one_plus(lanes e) {
  // 2 artanh(e / (2 + e)); z <= 1/9, the first term left out is below 2e-8 of the result.
  const lanes s = e / (e + 2.0f), z = s * s;
  lanes p = z * (2.0f / 13) + 2.0f / 11;
  p = p * z + 2.0f / 9;
  p = p * z + 2.0f / 7;
  p = p * z + 2.0f / 5;
  p = p * z + 2.0f / 3;
  return s * z * p + s * 2.0f;
}

static inline lanes logistic(lanes x, lanes e) {
  const lanes inverse = 1.0f / (e + 1.0f);
  return choose(x < 0.0f, e * inverse, inverse);
}

static inline lanes magnitude(lanes x) { return (lanes)((words)x & 0x7FFFFFFF); }

/// The entropy of eight logits; their gradients go to `gradient`.
static inline lanes entropy(lanes x, lanes scale, lanes *gradient) {
  const lanes e = exponential(-magnitude(x));
  *gradient = logistic(x, e) * scale;
  return choose(x < 0.0f, (lanes){0}, x) + log_one_plus(e);
}

static inline double sum_of(lanes v) {
  double sum = 0;
  for (int i = 0; i < 8; ++i) sum += (double)v[i];
  return sum;
}

double yolos_zero_target_entropy(
    const float *logits, float *gradient, ptrdiff_t count, float factor) {
  const lanes scale = factor - (lanes){0};
  double total = 0;
  ptrdiff_t i = 0;
  while (i + 8 <= count) {
    // Sixteen terms a lane in single precision, then on in double.
    lanes sum = {0}, slope;
    const ptrdiff_t end = i + 128 <= count ? i + 128 : i + (count - i) / 8 * 8;
    for (; i < end; i += 8) {
      sum += entropy(load(logits + i), scale, &slope);
      if (gradient) memcpy(gradient + i, &slope, sizeof slope);
    }
    total += sum_of(sum);
  }
  if (i < count) {
    lanes x = {0}, slope;
    const ptrdiff_t rest = count - i;
    memcpy(&x, logits + i, (size_t)rest * sizeof(float));
    const lanes sum = entropy(x, scale, &slope);
    for (ptrdiff_t j = 0; j < rest; ++j) total += (double)sum[j];
    if (gradient) memcpy(gradient + i, &slope, (size_t)rest * sizeof(float));
  }
  return total;
}

void yolos_sigmoid(const float *logits, float *output, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += 8) {
    const size_t bytes = (size_t)(count - i < 8 ? count - i : 8) * sizeof(float);
    lanes x = {0};
    memcpy(&x, logits + i, bytes);
    const lanes y = logistic(x, exponential(-magnitude(x)));
    memcpy(output + i, &y, bytes);
  }
}

void yolos_expected_distances(const float *logits, ptrdiff_t bins, float distances[4]) {
  const lanes ramp = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int side = 0; side < 4; ++side, logits += bins) {
    float top = logits[0];
    for (ptrdiff_t i = 1; i < bins; ++i) top = logits[i] > top ? logits[i] : top;
    lanes mass = {0}, moment = {0};
    for (ptrdiff_t i = 0; i < bins; i += 8) {
      lanes x;
      const ptrdiff_t rest = bins - i;
      if (rest >= 8) {
        x = load(logits + i) - top;
      } else {
        // Missing bins weigh exp(-87), which is lost in the sum.
        x = (lanes){-87, -87, -87, -87, -87, -87, -87, -87};
        for (ptrdiff_t j = 0; j < rest; ++j) x[j] = logits[i + j] - top;
      }
      const lanes e = exponential(x);
      mass += e;
      moment += e * (ramp + (float)i);
    }
    distances[side] = (float)(sum_of(moment) / sum_of(mass));
  }
}
