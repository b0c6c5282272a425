// Winograd's F(4 x 4, 3 x 3): 16 outputs of a 3 x 3 window from 36 products instead of 144.
//
//   y = A' [ (G g G') . (B' d B) ] A        d: 6 x 6 inputs, g: 3 x 3 weights, y: 4 x 4 outputs
//
// with the matrices for the points 0, 1, -1, 2, -2 and infinity (Lavin & Gray, "Fast algorithms for
// convolutional neural networks", CVPR 2016). The weight gradient runs the same identity backward:
//
//   dg = G' [ sum over tiles of (B' d B) . (A dy A') ] G
//
// Each function below is one side of a product; a transform applies it to the columns, then the
// rows.

/// B' d, six to six.
INLINE void b6(const vec *d, vec *o) {
  const vec two = vsplat(2), four = vsplat(4), five = vsplat(5);
  vec a = vfnma(four, d[2], d[4]), b = vfnma(four, d[1], d[3]);
  vec e = d[4] - d[2], f = two * (d[3] - d[1]);
  o[0] = vfma(four, d[0], vfnma(five, d[2], d[4]));
  o[1] = a + b;
  o[2] = a - b;
  o[3] = e + f;
  o[4] = e - f;
  o[5] = vfma(four, d[1], vfnma(five, d[3], d[5]));
}

/// A' m, six to four.
INLINE void a4(const vec *m, vec *o) {
  vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
  o[0] = m[0] + a + c;
  o[1] = vfma(vsplat(2), d, b);
  o[2] = vfma(vsplat(4), c, a);
  o[3] = vfma(vsplat(8), d, b) + m[5];
}

/// A y, four to six.
INLINE void a6(const vec *y, vec *o) {
  vec e = y[0] + y[2], f = y[1] + y[3];
  vec g = vfma(vsplat(4), y[2], y[0]), h = vfma(vsplat(8), y[3], vsplat(2) * y[1]);
  o[0] = y[0];
  o[1] = e + f;
  o[2] = e - f;
  o[3] = g + h;
  o[4] = g - h;
  o[5] = y[3];
}

/// G' u, six to three.
INLINE void g3(const vec *u, vec *o) {
  const vec quarter = vsplat(0.25f), sixth = vsplat(1 / 6.f), twelfth = vsplat(1 / 12.f);
  const vec twentyfourth = vsplat(1 / 24.f);
  vec s = u[1] + u[2], f = u[2] - u[1], g = u[3] + u[4], h = u[3] - u[4];
  o[0] = vfma(quarter, u[0], vfma(twentyfourth, g, -sixth * s));
  o[1] = vfma(twelfth, h, sixth * f);
  o[2] = vfma(sixth, g - s, u[5]);
}

typedef double d16 __attribute__((ext_vector_type(PANEL)));
typedef float v16 __attribute__((ext_vector_type(PANEL)));
typedef v16 v16_anywhere __attribute__((aligned(4), may_alias));

/// A panel's worth of floats in double precision, and back.
INLINE d16 widened(const float *from) {
  return __builtin_convertvector(*(const v16_anywhere *)from, d16);
}
INLINE void store_narrowed(float *to, d16 value) {
  *(v16_anywhere *)to = __builtin_convertvector(value, v16);
}

/// G g, three to six.
INLINE void g6(const d16 *g, d16 *o) {
  const double sixth = 1.0 / 6, twelfth = 1.0 / 12, twentyfourth = 1.0 / 24;
  d16 ends = (g[0] + g[2]) * sixth, middle = g[1] * sixth;
  d16 wide = g[0] * twentyfourth + g[2] * sixth, slope = g[1] * twelfth;
  o[0] = g[0] * 0.25;
  o[1] = -ends - middle;
  o[2] = middle - ends;
  o[3] = wide + slope;
  o[4] = wide - slope;
  o[5] = g[2];
}

/// A square of pixels to transform: a place in the map, of which parts may lie outside the image.
typedef struct {
  const float *base;
  ptrdiff_t row, pixel;
  /// The rows and columns that exist, counted from the corner, which itself may be outside.
  int top, bottom, left, right;
} yolos_square;

/// The tile `index` of the batch, on a map whose pixels are as dense as the outputs, or `stride`
/// times: the square of `size` pixels from `shift` pixels before the tile's corner.
INLINE yolos_square square_of(
    const yolos_map *map, ptrdiff_t index, const int stride, int size, int shift) {
  int pitch = 4 * stride;
  int across = (map->w + pitch - 1) / pitch, down = (map->h + pitch - 1) / pitch;
  int column = (int)(index % across) * pitch - shift;
  int row = (int)(index / across % down) * pitch - shift;
  ptrdiff_t image = index / across / down;
  return (yolos_square){
      .base = map->base + ((image * map->h + row) * map->w + column) * map->pixel,
      .row = map->w * map->pixel, .pixel = map->pixel, .top = max_of(0, -row),
      .bottom = min_of(size, map->h - row), .left = max_of(0, -column),
      .right = min_of(size, map->w - column)};
}

/// Brings a register of channels of a square that is cut by a border, or has fewer channels left,
/// into `padded`, size x size x LANES.
static __attribute__((noinline)) void pad_square(
    const yolos_square *square, int size, int c, int lanes, float *padded) {
  for (int i = 0; i < size; i++, padded += size * LANES) {
    int left = square->left, right = square->right;
    if (i < square->top || i >= square->bottom) left = right = size;
    const float *from = square->base + i * square->row + c;
    for (int j = 0; j < left; j++) vstore(padded + j * LANES, vzero());
    for (int j = left; j < right; j++) {
      vstore(padded + j * LANES, load_part(from + j * square->pixel, lanes));
    }
    for (int j = right; j < size; j++) vstore(padded + j * LANES, vzero());
  }
}

/// Where channel c of a transformed square goes: to + (c / 16) * panel + c % 16, position by
/// position.
typedef struct {
  float *to;
  ptrdiff_t position, panel;
} yolos_transformed;

/// Transforms all channels of a square of `size` pixels into 36 positions, by `b6` (size 6: inputs)
/// or `a6` (size 4: output gradients). Channels are filled up with zeros to whole registers.
INLINE void transform_square(
    const int size, const yolos_square *square, int channels, const yolos_transformed *out) {
  float padded[36 * LANES] __attribute__((aligned(64)));
  int whole = square->top == 0 && square->left == 0 && square->bottom == size &&
              square->right == size;
  for (int c = 0; c < channels; c += LANES) {
    const float *from = square->base + c;
    ptrdiff_t row = square->row, pixel = square->pixel;
    if (!whole || channels - c < LANES) {
      pad_square(square, size, c, channels - c, padded);
      from = padded;
      row = size * LANES;
      pixel = LANES;
    }
    vec half[36];
    UNROLL for (int j = 0; j < size; j++) {
      vec column[6], six[6];
      UNROLL for (int i = 0; i < size; i++) column[i] = vload(from + i * row + j * pixel);
      size == 6 ? b6(column, six) : a6(column, six);
      UNROLL for (int i = 0; i < 6; i++) half[i * size + j] = six[i];
    }
    float *to = out->to + (c >> 4) * out->panel + (c & 15);
    UNROLL for (int i = 0; i < 6; i++) {
      vec six[6];
      size == 6 ? b6(half + i * size, six) : a6(half + i * size, six);
      UNROLL for (int j = 0; j < 6; j++) vstore(to + (i * 6 + j) * out->position, six[j]);
    }
  }
}

static __attribute__((noinline)) void transform_inputs(
    const yolos_square *square, int channels, const yolos_transformed *out) {
  transform_square(6, square, channels, out);
}
static __attribute__((noinline)) void transform_gradients(
    const yolos_square *square, int channels, const yolos_transformed *out) {
  transform_square(4, square, channels, out);
}
