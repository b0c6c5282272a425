// How weights move in one step; what the functions compute stands in include/update.h.

/// FULL for LANES floats from i at a time, PART for the `left` ones that remain.
#define FOR_FLOATS(count, FULL, PART)                      \
  do {                                                     \
    ptrdiff_t i = 0;                                       \
    for (; i + LANES <= (count); i += LANES) { FULL; }     \
    if (i < (count)) {                                     \
      const int left = (int)((count) - i);                 \
      PART;                                                \
    }                                                      \
  } while (0)

INLINE void adam_lanes(float *p, float *g, float *m, float *v, const yolos_adam_rule *rule,
                       int lanes) {
  vec weight = load_part(p, lanes);
  vec d = load_part(g, lanes) * vsplat(rule->scale) + vsplat(rule->decay) * weight;
  vec mean = load_part(m, lanes);
  mean = mean + vsplat(rule->beta1) * (d - mean);
  vec square = vsplat(rule->beta2) * load_part(v, lanes) + vsplat(rule->rest) * d * d;
  vec size = __builtin_elementwise_sqrt(square) / vsplat(rule->root) + vsplat(rule->epsilon);
  store_part(m, mean, lanes);
  store_part(v, square, lanes);
  store_part(p, weight * vsplat(rule->shrink) - vsplat(rule->rate) * (mean / size), lanes);
  store_part(g, vzero(), lanes);
}

void YOLOS(adam)(float *p, float *g, float *m, float *v, const yolos_adam_rule *rule,
                 ptrdiff_t count) {
  FOR_FLOATS(
      count, adam_lanes(p + i, g + i, m + i, v + i, rule, LANES),
      adam_lanes(p + i, g + i, m + i, v + i, rule, left));
}

INLINE void sgd_lanes(float *p, float *g, float *m, float rate, float momentum, float decay,
                      float scale, int lanes) {
  vec weight = load_part(p, lanes);
  vec d = load_part(g, lanes) * vsplat(scale) + vsplat(decay) * weight;
  vec moment = vsplat(momentum) * load_part(m, lanes) + d;
  store_part(m, moment, lanes);
  store_part(p, weight - vsplat(rate) * (d + vsplat(momentum) * moment), lanes);
  store_part(g, vzero(), lanes);
}

void YOLOS(sgd)(float *p, float *g, float *m, float rate, float momentum, float decay, float scale,
                ptrdiff_t count) {
  FOR_FLOATS(
      count, sgd_lanes(p + i, g + i, m + i, rate, momentum, decay, scale, LANES),
      sgd_lanes(p + i, g + i, m + i, rate, momentum, decay, scale, left));
}

INLINE void average_lanes(float *average, const float *x, float share, int lanes) {
  vec old = load_part(average, lanes);
  store_part(average, old + vsplat(share) * (load_part(x, lanes) - old), lanes);
}

void YOLOS(average)(float *average, const float *x, float share, ptrdiff_t count) {
  FOR_FLOATS(
      count, average_lanes(average + i, x + i, share, LANES),
      average_lanes(average + i, x + i, share, left));
}
