// Winograd's transform of a 3 x 3 window with stride 2: 16 outputs from 81 products instead of 144.
//
// Along one axis y(i) = g0 x(2i - 1) + g1 x(2i) + g2 x(2i + 1). The odd pixels see a window of two
// taps and stride 1, (g0, g2), and the even ones a window of a single tap, g1. F(4, 2), with the
// points 0, 1, -1, 2 and infinity, computes the former's share of four outputs from five products;
// the latter takes four. Nine points an axis are thus numbered: five of the odd pixels, four of the
// even ones.

/// B' d for the odd pixels, five to five.
INLINE void b5(const vec *d, vec *o) {
  const vec two = vsplat(2);
  vec slope = d[3] - d[2];
  o[0] = vfma(two, d[0] - d[2], d[3] - d[1]);
  o[1] = vfnma(two, d[1], slope);
  o[2] = vfma(two, d[1] - d[2], slope);
  o[3] = d[3] - d[1];
  o[4] = vfma(two, d[1] - d[3], d[4] - d[2]);
}

/// A' m, nine to four.
INLINE void a9(const vec *m, vec *o) {
  vec sum = m[1] + m[2], difference = m[1] - m[2];
  o[0] = m[0] + sum + (m[3] + m[5]);
  o[1] = vfma(vsplat(2), m[3], difference) + m[6];
  o[2] = vfma(vsplat(4), m[3], sum) + m[7];
  o[3] = vfma(vsplat(8), m[3], difference) + (m[4] + m[8]);
}

/// G g, three to nine.
INLINE void g9(const d16 *g, d16 *o) {
  const double half = 0.5, sixth = 1.0 / 6;
  o[0] = g[0] * half;
  o[1] = (g[0] + g[2]) * -half;
  o[2] = (g[2] - g[0]) * sixth;
  o[3] = g[0] * sixth + g[2] * (2 * sixth);
  o[4] = g[2];
  o[5] = o[6] = o[7] = o[8] = g[1];
}

/// Transforms all channels of a square of 9 x 9 pixels, the first row and column of which are odd,
/// into 81 positions.
static __attribute__((noinline)) void transform_halving(
    const yolos_square *square, int channels, const yolos_transformed *out) {
  float padded[81 * LANES] __attribute__((aligned(64)));
  int whole = square->top == 0 && square->left == 0 && square->bottom == 9 && square->right == 9;
  for (int c = 0; c < channels; c += LANES) {
    const float *from = square->base + c;
    ptrdiff_t row = square->row, pixel = square->pixel;
    if (!whole || channels - c < LANES) {
      pad_square(square, 9, c, channels - c, padded);
      from = padded;
      row = 9 * LANES;
      pixel = LANES;
    }
    // The five odd rows; the even ones stay as they are.
    vec half[5 * 9];
    UNROLL for (int j = 0; j < 9; j++) {
      vec column[5], five[5];
      UNROLL for (int i = 0; i < 5; i++) column[i] = vload(from + 2 * i * row + j * pixel);
      b5(column, five);
      UNROLL for (int i = 0; i < 5; i++) half[i * 9 + j] = five[i];
    }
    float *to = out->to + (c >> 4) * out->panel + (c & 15);
    for (int i = 0; i < 9; i++) {
      vec odd[5], even[4], five[5];
      const float *line = i < 5 ? (const float *)(half + i * 9) : from + (2 * (i - 5) + 1) * row;
      ptrdiff_t step = i < 5 ? LANES : pixel;
      UNROLL for (int j = 0; j < 5; j++) odd[j] = vload(line + 2 * j * step);
      UNROLL for (int j = 0; j < 4; j++) even[j] = vload(line + (2 * j + 1) * step);
      b5(odd, five);
      float *at = to + 9 * i * out->position;
      UNROLL for (int j = 0; j < 5; j++) vstore(at + j * out->position, five[j]);
      UNROLL for (int j = 0; j < 4; j++) vstore(at + (5 + j) * out->position, even[j]);
    }
  }
}

/// U = G g G' of one channel in and 16 channels out, with `points` points an axis: the taps of g lie
/// `tap` floats apart, the positions of U `position`. In double precision and rounded once: the
/// transform amplifies what is lost here.
INLINE void transform_window(
    const int points, const float *g, ptrdiff_t tap, float *to, ptrdiff_t position) {
  d16 half[27], u[9];
  for (int j = 0; j < 3; j++) {
    d16 column[3], all[9];
    for (int i = 0; i < 3; i++) column[i] = widened(g + (i * 3 + j) * tap);
    points == 6 ? g6(column, all) : g9(column, all);
    for (int i = 0; i < points; i++) half[i * 3 + j] = all[i];
  }
  for (int i = 0; i < points; i++) {
    points == 6 ? g6(half + 3 * i, u) : g9(half + 3 * i, u);
    for (int j = 0; j < points; j++) store_narrowed(to + (i * points + j) * position, u[j]);
  }
}
