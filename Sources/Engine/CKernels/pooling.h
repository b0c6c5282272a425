// Max pooling, nearest-neighbor upsampling, and copies between slices. What the functions promise stands
// in include/passes.h.

INLINE int32_t at_least(int32_t a, int32_t b) { return a > b ? a : b; }
INLINE int32_t at_most(int32_t a, int32_t b) { return a < b ? a : b; }

/// NaN wins, so that a broken network cannot hide behind a pooling.
INLINE vec vmax(vec a, vec b) { return b > a ? b : (b == b ? a : b); }

INLINE void max_pool_row_body(const float *x, ptrdiff_t xs, float *y, ptrdiff_t ys, int32_t h,
                                    int32_t w, int32_t c, int32_t kernel, int32_t row) {
  const int32_t reach = kernel / 2;
  const int32_t top = at_least(row - reach, 0), bottom = at_most(row + reach + 1, h);
  float *out = y + (ptrdiff_t)row * w * ys;
  for (int32_t column = 0; column < w; column++, out += ys) {
    const int32_t left = at_least(column - reach, 0), right = at_most(column + reach + 1, w);
    const float *corner = x + ((ptrdiff_t)top * w + left) * xs;
    for (int32_t k = 0; k < c; k += LANES) {
      const int lanes = at_most(LANES, c - k);
      vec best = lanes == LANES ? vload(corner + k) : load_part(corner + k, lanes);
      for (int32_t i = top; i < bottom; i++)
        for (int32_t j = left; j < right; j++) {
          const float *p = x + ((ptrdiff_t)i * w + j) * xs + k;
          best = vmax(best, lanes == LANES ? vload(p) : load_part(p, lanes));
        }
      if (lanes == LANES) vstore(out + k, best);
      else store_part(out + k, best, lanes);
    }
  }
}

INLINE void copy_body(const float *x, ptrdiff_t xs, float *y, ptrdiff_t ys,
                            const int accumulate, int32_t c, ptrdiff_t pixels) {
  for (ptrdiff_t p = 0; p < pixels; p++, x += xs, y += ys) {
    if (!accumulate) {
      memcpy(y, x, (size_t)c * sizeof(float));
      continue;
    }
    int32_t k = 0;
    for (; k + LANES <= c; k += LANES) vstore(y + k, vload(y + k) + vload(x + k));
    if (k < c) store_part(y + k, load_part(y + k, c - k) + load_part(x + k, c - k), c - k);
  }
}

INLINE void upsample_gradient_row_body(const float *dy, ptrdiff_t ds, float *dx, ptrdiff_t xs,
                                             int32_t w, int32_t c, int32_t factor, int32_t row,
                                             int32_t accumulate) {
  const ptrdiff_t wide = (ptrdiff_t)w * factor * ds;
  const float *from = dy + (ptrdiff_t)row * factor * wide;
  float *to = dx + (ptrdiff_t)row * w * xs;
  for (int32_t column = 0; column < w; column++, to += xs, from += factor * ds)
    for (int32_t k = 0; k < c; k += LANES) {
      const int lanes = at_most(LANES, c - k);
      vec sum = vsplat(0);
      if (accumulate) sum = lanes == LANES ? vload(to + k) : load_part(to + k, lanes);
      for (int32_t i = 0; i < factor; i++)
        for (int32_t j = 0; j < factor; j++) {
          const float *p = from + i * wide + j * ds + k;
          sum += lanes == LANES ? vload(p) : load_part(p, lanes);
        }
      if (lanes == LANES) vstore(to + k, sum);
      else store_part(to + k, sum, lanes);
    }
}

void YOLOS(max_pool_row)(const float *x, ptrdiff_t xs, float *y, ptrdiff_t ys, int32_t h, int32_t w,
                         int32_t c, int32_t kernel, int32_t row) {
  max_pool_row_body(x, xs, y, ys, h, w, c, kernel, row);
}

void YOLOS(copy)(const float *x, ptrdiff_t xs, float *y, ptrdiff_t ys, int32_t accumulate, int32_t c,
                 ptrdiff_t n) {
  if (accumulate) copy_body(x, xs, y, ys, 1, c, n);
  else copy_body(x, xs, y, ys, 0, c, n);
}

void YOLOS(upsample_gradient_row)(const float *dy, ptrdiff_t ds, float *dx, ptrdiff_t xs, int32_t w,
                                  int32_t c, int32_t factor, int32_t row, int32_t accumulate) {
  upsample_gradient_row_body(dy, ds, dx, xs, w, c, factor, row, accumulate);
}

/// The pixel of each channel's maximum in a window: the first one where several are equal.
INLINE ints place_of_maximum(
    const float *x, ptrdiff_t xs, int lanes, int32_t w, int32_t top, int32_t bottom, int32_t left,
    int32_t right) {
  ints where = (ints)(top * w + left);
  const float *corner = x + (ptrdiff_t)(top * w + left) * xs;
  vec best = lanes == LANES ? vload(corner) : load_part(corner, lanes);
  for (int32_t i = top; i < bottom; i++)
    for (int32_t j = left; j < right; j++) {
      const int32_t place = i * w + j;
      const float *p = x + (ptrdiff_t)place * xs;
      vec value = lanes == LANES ? vload(p) : load_part(p, lanes);
      ints larger = value > best;
      best = larger ? value : best;
      where = larger ? (ints)place : where;
    }
  return where;
}

void YOLOS(max_pool_gradient)(const float *x, ptrdiff_t xs, const float *dy, ptrdiff_t ds, float *dx,
                             ptrdiff_t dxs, int32_t h, int32_t w, int32_t kernel, int32_t first,
                             int32_t last) {
  const int32_t reach = kernel / 2;
  for (int32_t row = 0; row < h; row++) {
    const int32_t top = at_least(row - reach, 0), bottom = at_most(row + reach + 1, h);
    for (int32_t column = 0; column < w; column++) {
      const int32_t left = at_least(column - reach, 0), right = at_most(column + reach + 1, w);
      const float *gradient = dy + ((ptrdiff_t)row * w + column) * ds;
      for (int32_t k = first; k < last; k += LANES) {
        const int32_t lanes = at_most(LANES, last - k);
        const ints where = lanes == LANES
                               ? place_of_maximum(x + k, xs, LANES, w, top, bottom, left, right)
                               : place_of_maximum(x + k, xs, lanes, w, top, bottom, left, right);
        for (int32_t lane = 0; lane < lanes; lane++) {
          dx[(ptrdiff_t)where[lane] * dxs + k + lane] += gradient[k + lane];
        }
      }
    }
  }
}

void YOLOS(clear)(float *y, ptrdiff_t ys, int32_t c, ptrdiff_t pixels) {
  for (ptrdiff_t p = 0; p < pixels; p++, y += ys) memset(y, 0, (size_t)c * sizeof(float));
}

void YOLOS(bytes_to_unit)(const uint8_t *x, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = (float)x[i] / 255.0f;
}

void YOLOS(upsample_row)(const float *x, ptrdiff_t xs, float *y, ptrdiff_t ys, int32_t w, int32_t c,
                        int32_t factor, int32_t row) {
  const float *from = x + (ptrdiff_t)(row / factor) * w * xs;
  float *to = y + (ptrdiff_t)row * w * factor * ys;
  for (int32_t column = 0; column < w * factor; column++, to += ys)
    memcpy(to, from + (ptrdiff_t)(column / factor) * xs, (size_t)c * sizeof(float));
}
