// Batch normalization and activation, forward and backward: Ioffe & Szegedy, 2015,
// <https://arxiv.org/abs/1502.03167>; SiLU: Elfwing, Uchibe & Doya, 2018,
// <https://arxiv.org/abs/1702.03118>. What the functions promise stands in include/passes.h.

/// Pixels that are summed in single precision before the sum goes on in double.
enum { PIECE = 64 };

/// FULL for eight channels from k at a time, PART for the `left` ones that remain.
#define FOR_CHANNELS(c, FULL, PART)        \
  do {                                     \
    int32_t k = 0;                         \
    for (; k + 8 <= (c); k += 8) { FULL; } \
    if (k < (c)) {                         \
      const int left = (c) - k;            \
      PART;                                \
    }                                      \
  } while (0)

INLINE void moments_piece(const float *x, ptrdiff_t stride, int pixels, v8 first,
                                int lanes, double before, double *mean, double *squares) {
  v8 sum = splat8(0), square = splat8(0);
  for (int p = 0; p < pixels; p++) {
    v8 d = (lanes == 8 ? load8(x + p * stride) : load_part(x + p * stride, lanes)) - first;
    sum += d;
    square = fma8(d, d, square);
  }
  for (int i = 0; i < lanes; i++) {
    double n = pixels, s = sum[i];
    double piece_mean = (double)first[i] + s / n;
    double piece_squares = (double)square[i] - s * s / n;
    double delta = piece_mean - mean[i], total = before + n;
    mean[i] += delta * (n / total);
    squares[i] += piece_squares + delta * delta * (before * n / total);
  }
}

INLINE void moments_body(const float *x, ptrdiff_t stride, int32_t c, ptrdiff_t pixels,
                               double *mean, double *squares) {
  memset(mean, 0, (size_t)c * sizeof(double));
  memset(squares, 0, (size_t)c * sizeof(double));
  for (ptrdiff_t p = 0; p < pixels; p += PIECE) {
    int n = pixels - p < PIECE ? (int)(pixels - p) : PIECE;
    const float *q = x + p * stride;
    FOR_CHANNELS(
        c, moments_piece(q + k, stride, n, load8(q + k), 8, (double)p, mean + k, squares + k),
        moments_piece(q + k, stride, n, load_part(q + k, left), left, (double)p, mean + k,
                      squares + k));
  }
}

INLINE void normalize_body(const float *x, ptrdiff_t xs, const float *scale,
                                 const float *shift, const int silu, const float *r, ptrdiff_t rs,
                                 float *y, ptrdiff_t ys, int32_t c, ptrdiff_t pixels) {
  for (ptrdiff_t p = 0; p < pixels; p++, x += xs, y += ys) {
    FOR_CHANNELS(
        c,
        {
          v8 u = fma8(load8(x + k), load8(scale + k), load8(shift + k));
          if (silu) u = silu8(u);
          if (r) u += load8(r + k);
          store8(y + k, u);
        },
        {
          v8 u = fma8(load_part(x + k, left), load_part(scale + k, left),
                         load_part(shift + k, left));
          if (silu) u = silu8(u);
          if (r) u += load_part(r + k, left);
          store_part(y + k, u, left);
        });
    if (r) r += rs;
  }
}

/// The derivative of x * sigmoid(x): s (1 + x (1 - s)).
INLINE v8 silu_slope8(v8 x) {
  v8 s = sigmoid8(x);
  return s * fma8(x, splat8(1.f) - s, splat8(1.f));
}

INLINE void sums_piece(const float *z, ptrdiff_t zs, const float *dy, ptrdiff_t ds,
                             v8 scale, v8 shift, v8 mean, const int silu, int lanes,
                             int pixels, double *sum, double *sum_z) {
  v8 s = splat8(0), t = splat8(0);
  for (int p = 0; p < pixels; p++) {
    v8 v = lanes == 8 ? load8(z + p * zs) : load_part(z + p * zs, lanes);
    v8 du = lanes == 8 ? load8(dy + p * ds) : load_part(dy + p * ds, lanes);
    if (silu) du *= silu_slope8(fma8(v, scale, shift));
    s += du;
    t = fma8(du, v - mean, t);
  }
  for (int i = 0; i < lanes; i++) {
    sum[i] += (double)s[i];
    sum_z[i] += (double)t[i];
  }
}

INLINE void sums_body(const float *z, ptrdiff_t zs, const float *dy, ptrdiff_t ds,
                            const float *scale, const float *shift, const float *mean,
                            const int silu, int32_t c, ptrdiff_t pixels, double *sum,
                            double *sum_z) {
  memset(sum, 0, (size_t)c * sizeof(double));
  memset(sum_z, 0, (size_t)c * sizeof(double));
  for (ptrdiff_t p = 0; p < pixels; p += PIECE) {
    int n = pixels - p < PIECE ? (int)(pixels - p) : PIECE;
    const float *v = z + p * zs, *d = dy + p * ds;
    FOR_CHANNELS(c,
                 sums_piece(v + k, zs, d + k, ds, load8(scale + k), load8(shift + k),
                            load8(mean + k), silu, 8, n, sum + k, sum_z + k),
                 sums_piece(v + k, zs, d + k, ds, load_part(scale + k, left),
                            load_part(shift + k, left), load_part(mean + k, left), silu, left, n,
                            sum + k, sum_z + k));
  }
}

INLINE v8 gradient8(v8 z, v8 dy, v8 scale, v8 shift, v8 mean, v8 a,
                             v8 b, v8 k, const int silu) {
  if (silu) dy *= silu_slope8(fma8(z, scale, shift));
  return fma8(a, dy, fma8(b, z - mean, k));
}

INLINE void gradient_body(float *z, ptrdiff_t zs, const float *dy, ptrdiff_t ds,
                                const float *scale, const float *shift, const float *mean,
                                const float *a, const float *b, const float *kk, const int silu,
                                int32_t c, ptrdiff_t pixels) {
  for (ptrdiff_t p = 0; p < pixels; p++, z += zs, dy += ds) {
    FOR_CHANNELS(
        c,
        store8(z + k, gradient8(load8(z + k), load8(dy + k), load8(scale + k), load8(shift + k),
                                load8(mean + k), load8(a + k), load8(b + k), load8(kk + k), silu)),
        store_part(z + k,
                   gradient8(load_part(z + k, left), load_part(dy + k, left),
                             load_part(scale + k, left), load_part(shift + k, left),
                             load_part(mean + k, left), load_part(a + k, left),
                             load_part(b + k, left), load_part(kk + k, left), silu),
                   left));
  }
}

INLINE void channel_sums_body(const float *x, ptrdiff_t stride, int32_t c, ptrdiff_t pixels,
                                    double *sum) {
  memset(sum, 0, (size_t)c * sizeof(double));
  for (ptrdiff_t p = 0; p < pixels; p++, x += stride)
    for (int32_t k = 0; k < c; k++) sum[k] += (double)x[k];
}

// The activation is a constant inside each call, so that the loops do not ask for it.

void YOLOS(moments)(const float *x, ptrdiff_t xs, int32_t c, ptrdiff_t n, double *mean,
                    double *squares) {
  moments_body(x, xs, c, n, mean, squares);
}

void YOLOS(normalize)(const float *x, ptrdiff_t xs, const float *scale, const float *shift,
                      int32_t silu, const float *r, ptrdiff_t rs, float *y, ptrdiff_t ys, int32_t c,
                      ptrdiff_t n) {
  if (silu && r) normalize_body(x, xs, scale, shift, 1, r, rs, y, ys, c, n);
  else if (silu) normalize_body(x, xs, scale, shift, 1, NULL, 0, y, ys, c, n);
  else normalize_body(x, xs, scale, shift, 0, r, rs, y, ys, c, n);
}

void YOLOS(normalize_sums)(const float *z, ptrdiff_t zs, const float *dy, ptrdiff_t ds,
                           const float *scale, const float *shift, const float *mean, int32_t silu,
                           int32_t c, ptrdiff_t n, double *sum, double *sum_z) {
  if (silu) sums_body(z, zs, dy, ds, scale, shift, mean, 1, c, n, sum, sum_z);
  else sums_body(z, zs, dy, ds, scale, shift, mean, 0, c, n, sum, sum_z);
}

void YOLOS(normalize_gradient)(float *z, ptrdiff_t zs, const float *dy, ptrdiff_t ds,
                               const float *scale, const float *shift, const float *mean,
                               const float *a, const float *b, const float *k, int32_t silu,
                               int32_t c, ptrdiff_t n) {
  if (silu) gradient_body(z, zs, dy, ds, scale, shift, mean, a, b, k, 1, c, n);
  else gradient_body(z, zs, dy, ds, scale, shift, mean, a, b, k, 0, c, n);
}

void YOLOS(channel_sums)(const float *x, ptrdiff_t xs, int32_t c, ptrdiff_t n, double *sum) {
  channel_sums_body(x, xs, c, n, sum);
}
