// Batch normalization and activation, forward and backward: Ioffe & Szegedy, 2015,
// <https://arxiv.org/abs/1502.03167>; SiLU: Elfwing, Uchibe & Doya, 2018,
// <https://arxiv.org/abs/1702.03118>. What the functions promise stands in include/passes.h.

/// Pixels that are summed in single precision before the sum goes on in double.
enum { PIECE = 64 };

/// FULL for a register of channels from k at a time, PART for the `left` ones that remain.
#define FOR_CHANNELS(c, FULL, PART)        \
  do {                                     \
    int32_t k = 0;                         \
    for (; k + LANES <= (c); k += LANES) { FULL; } \
    if (k < (c)) {                         \
      const int left = (c) - k;            \
      PART;                                \
    }                                      \
  } while (0)

INLINE void moments_piece(const float *x, ptrdiff_t stride, int pixels, vec first,
                                int lanes, double before, double *mean, double *squares) {
  vec sum = vsplat(0), square = vsplat(0);
  for (int p = 0; p < pixels; p++) {
    vec d = (lanes == LANES ? vload(x + p * stride) : load_part(x + p * stride, lanes)) - first;
    sum += d;
    square = vfma(d, d, square);
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
        c, moments_piece(q + k, stride, n, vload(q + k), LANES, (double)p, mean + k, squares + k),
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
          vec u = vfma(vload(x + k), vload(scale + k), vload(shift + k));
          if (silu) u = vsilu(u);
          if (r) u += vload(r + k);
          vstore(y + k, u);
        },
        {
          vec u = vfma(load_part(x + k, left), load_part(scale + k, left),
                         load_part(shift + k, left));
          if (silu) u = vsilu(u);
          if (r) u += load_part(r + k, left);
          store_part(y + k, u, left);
        });
    if (r) r += rs;
  }
}

/// The derivative of x * sigmoid(x): s (1 + x (1 - s)).
INLINE vec silu_slope(vec x) {
  vec s = vsigmoid(x);
  return s * vfma(x, vsplat(1.f) - s, vsplat(1.f));
}

INLINE void sums_piece(const float *z, ptrdiff_t zs, float *dy, ptrdiff_t ds,
                             vec scale, vec shift, vec mean, const int silu, int lanes,
                             int pixels, double *sum, double *sum_z) {
  vec s = vsplat(0), t = vsplat(0);
  for (int p = 0; p < pixels; p++) {
    vec v = lanes == LANES ? vload(z + p * zs) : load_part(z + p * zs, lanes);
    vec du = lanes == LANES ? vload(dy + p * ds) : load_part(dy + p * ds, lanes);
    if (silu) {
      du *= silu_slope(vfma(v, scale, shift));
      store_part(dy + p * ds, du, lanes);
    }
    s += du;
    t = vfma(du, v - mean, t);
  }
  for (int i = 0; i < lanes; i++) {
    sum[i] += (double)s[i];
    sum_z[i] += (double)t[i];
  }
}

INLINE void sums_body(const float *z, ptrdiff_t zs, float *dy, ptrdiff_t ds,
                            const float *scale, const float *shift, const float *mean,
                            const int silu, int32_t c, ptrdiff_t pixels, double *sum,
                            double *sum_z) {
  memset(sum, 0, (size_t)c * sizeof(double));
  memset(sum_z, 0, (size_t)c * sizeof(double));
  for (ptrdiff_t p = 0; p < pixels; p += PIECE) {
    int n = pixels - p < PIECE ? (int)(pixels - p) : PIECE;
    const float *v = z + p * zs;
    float *d = dy + p * ds;
    FOR_CHANNELS(c,
                 sums_piece(v + k, zs, d + k, ds, vload(scale + k), vload(shift + k),
                            vload(mean + k), silu, LANES, n, sum + k, sum_z + k),
                 sums_piece(v + k, zs, d + k, ds, load_part(scale + k, left),
                            load_part(shift + k, left), load_part(mean + k, left), silu, left, n,
                            sum + k, sum_z + k));
  }
}

INLINE vec gradient_of(vec z, vec dy, vec scale, vec shift, vec mean, vec a,
                             vec b, vec k, const int silu) {
  if (silu) dy *= silu_slope(vfma(z, scale, shift));
  return vfma(a, dy, vfma(b, z - mean, k));
}

INLINE void gradient_body(float *z, ptrdiff_t zs, const float *dy, ptrdiff_t ds,
                                const float *scale, const float *shift, const float *mean,
                                const float *a, const float *b, const float *kk, const int silu,
                                int32_t c, ptrdiff_t pixels) {
  for (ptrdiff_t p = 0; p < pixels; p++, z += zs, dy += ds) {
    FOR_CHANNELS(
        c,
        vstore(z + k, gradient_of(vload(z + k), vload(dy + k), vload(scale + k), vload(shift + k),
                                vload(mean + k), vload(a + k), vload(b + k), vload(kk + k), silu)),
        store_part(z + k,
                   gradient_of(load_part(z + k, left), load_part(dy + k, left),
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

void YOLOS(normalize_sums)(const float *z, ptrdiff_t zs, float *dy, ptrdiff_t ds,
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
