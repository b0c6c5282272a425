#include "CAugment.h"

// One is 2048: the products of two weights with a byte stay below 2^31.
enum { weight_bits = 11, one = 1 << weight_bits };

static inline int mixed(int a, int b, int c, int d, int fx, int fy) {
  int top = a * (one - fx) + b * fx, bottom = c * (one - fx) + d * fx;
  return (top * (one - fy) + bottom * fy + (1 << (2 * weight_bits - 1))) >> (2 * weight_bits);
}

// The source at (x, y) plus (fx, fy) / 2048, where some of the four neighbors may lie outside.
static void sample_at_border(const uint8_t *source, int width, int height, int64_t x, int64_t y, int fx,
                             int fy, uint8_t border, uint8_t *out) {
  if (x < -1 || y < -1 || x >= width || y >= height) {
    out[0] = out[1] = out[2] = border;
    return;
  }
  const uint8_t outside[3] = {border, border, border};
  const uint8_t *p[4];
  for (int i = 0; i < 4; i++) {
    int64_t column = x + (i & 1), row = y + (i >> 1);
    int inside = column >= 0 && row >= 0 && column < width && row < height;
    p[i] = inside ? source + 3 * (row * width + column) : outside;
  }
  for (int c = 0; c < 3; c++) out[c] = (uint8_t)mixed(p[0][c], p[1][c], p[2][c], p[3][c], fx, fy);
}

static inline void sample(const uint8_t *source, int width, int height, int64_t x, int64_t y, int fx,
                          int fy, uint8_t border, uint8_t *out) {
  if ((uint64_t)x < (uint64_t)(width - 1) && (uint64_t)y < (uint64_t)(height - 1)) {
    const uint8_t *p = source + 3 * (y * width + x), *q = p + 3 * (size_t)width;
    out[0] = (uint8_t)mixed(p[0], p[3], q[0], q[3], fx, fy);
    out[1] = (uint8_t)mixed(p[1], p[4], q[1], q[4], fx, fy);
    out[2] = (uint8_t)mixed(p[2], p[5], q[2], q[5], fx, fy);
  } else {
    sample_at_border(source, width, height, x, y, fx, fy, border, out);
  }
}

// The fraction of a number with 32 fractional bits, as a weight.
static inline int fraction(int64_t x) { return (int)((x >> (32 - weight_bits)) & (one - 1)); }

// Two rows blended into 15 bits each, so that one rounding to 8 bits is left; the compiler makes vectors
// of this loop.
static void blend_rows(const uint8_t *restrict a, const uint8_t *restrict b, int fy, int count,
                       uint16_t *restrict out) {
  for (int i = 0; i < count; i++) out[i] = (uint16_t)((a[i] * (one - fy) + b[i] * fy + 8) >> 4);
}

// Where the map neither turns nor shears, a row of the output lies between two rows of the source.
// `row` holds the blended pixels `first`...; output pixels `from`..<`to` have all their neighbors.
static void sample_blended_row(const uint16_t *row, int64_t first, int64_t x, int64_t step, int from,
                               int to, uint8_t *output) {
  x += step * from;
  for (int u = from; u < to; u++, x += step) {
    const uint16_t *p = row + 3 * ((x >> 32) - first);
    int fx = fraction(x);
    for (int c = 0; c < 3; c++)
      output[3 * u + c] = (uint8_t)((p[c] * (one - fx) + p[c + 3] * fx + (1 << 17)) >> 18);
  }
}

// The first u in 0...width with start + step * u >= limit, for a step above 0.
static int first_reaching(int64_t limit, int64_t start, int64_t step, int width) {
  if (start >= limit) return 0;
  int64_t u = (limit - start + step - 1) / step;
  return u < width ? (int)u : width;
}

// Pixels of a blended row that fit into the scratch space.
enum { row_capacity = 8192 };

void yolos_warp_affine(const uint8_t *source, int source_width, int source_height, const int64_t *m,
                       uint8_t border, uint8_t *output, int width, int height) {
  // Half a weight's step, so that cutting the fraction rounds it.
  const int64_t half = (int64_t)1 << (31 - weight_bits);
  int is_upright = m[1] == 0 && m[3] == 0 && m[0] > 0 && source_width <= row_capacity;
  uint16_t row[3 * row_capacity];
  for (int v = 0; v < height; v++, output += 3 * (size_t)width) {
    int64_t x = m[1] * v + m[2] + half, y = m[4] * v + m[5] + half;
    int from = width, to = width;
    if (is_upright && (uint64_t)(y >> 32) < (uint64_t)(source_height - 1)) {
      from = first_reaching(0, x, m[0], width);
      to = first_reaching((int64_t)(source_width - 1) << 32, x, m[0], width);
      if (from < to) {
        int64_t first = (x + m[0] * from) >> 32, last = ((x + m[0] * (to - 1)) >> 32) + 1;
        const uint8_t *p = source + 3 * ((y >> 32) * source_width + first);
        blend_rows(p, p + 3 * (size_t)source_width, fraction(y), (int)(3 * (last - first + 1)), row);
        sample_blended_row(row, first, x, m[0], from, to, output);
      }
    }
    for (int u = 0; u < width; u++) {
      if (u == from && from < to) u = to;
      if (u >= width) break;
      int64_t px = x + m[0] * u, py = y + m[3] * u;
      sample(source, source_width, source_height, px >> 32, py >> 32, fraction(px), fraction(py),
             border, output + 3 * (size_t)u);
    }
  }
}

void yolos_warp_perspective(const uint8_t *source, int source_width, int source_height, const double *m,
                            uint8_t border, uint8_t *output, int width, int height) {
  const int64_t half = (int64_t)1 << (31 - weight_bits);
  for (int v = 0; v < height; v++) {
    for (int u = 0; u < width; u++, output += 3) {
      double w = m[6] * u + m[7] * v + m[8];
      double x = (m[0] * u + m[1] * v + m[2]) / w, y = (m[3] * u + m[4] * v + m[5]) / w;
      // What lies beyond any image, or at infinity, is border; this also keeps the cast defined.
      if (!(x > -1e6 && x < 1e6 && y > -1e6 && y < 1e6)) {
        output[0] = output[1] = output[2] = border;
        continue;
      }
      int64_t fixed_x = (int64_t)(x * 4294967296.0) + half, fixed_y = (int64_t)(y * 4294967296.0) + half;
      sample(source, source_width, source_height, fixed_x >> 32, fixed_y >> 32, fraction(fixed_x),
             fraction(fixed_y), border, output);
    }
  }
}

static inline int largest(int a, int b) { return a > b ? a : b; }
static inline int smallest(int a, int b) { return a < b ? a : b; }

void yolos_shift_colors(uint8_t *pixels, size_t count, const yolos_color_tables *tables) {
  for (uint8_t *p = pixels, *end = pixels + 3 * count; p < end; p += 3) {
    int r = p[0], g = p[1], b = p[2];
    int v = largest(r, largest(g, b)), chroma = v - smallest(r, smallest(g, b));
    int s = (chroma * tables->per_value[v] + 2048) >> 12;
    // The hue in thirtieths of a sector, six sectors from red over green and blue.
    int h = v == r ? g - b : v == g ? b - r + 2 * chroma : r - g + 4 * chroma;
    h = (h * tables->per_chroma[chroma] + 2048) >> 12;
    h += h < 0 ? 180 : 0;
    v = tables->value[v];
    s = tables->saturation[s];
    // value * (1 - saturation * fall), with saturation of 255 and fall of 30; 7650 is their product.
    for (int c = 0; c < 3; c++)
      p[c] = (uint8_t)((unsigned)(v * (7650 - s * tables->fall[c][h]) + 3825) / 7650u);
  }
}

void yolos_mirror(uint8_t *pixels, int width, int height) {
  for (int y = 0; y < height; y++, pixels += 3 * (size_t)width) {
    for (uint8_t *p = pixels, *q = pixels + 3 * (size_t)(width - 1); p < q; p += 3, q -= 3) {
      for (int c = 0; c < 3; c++) {
        uint8_t kept = p[c];
        p[c] = q[c];
        q[c] = kept;
      }
    }
  }
}

void yolos_mix(uint8_t *restrict pixels, const uint8_t *restrict other, size_t count, int weight) {
  for (size_t i = 0; i < count; i++)
    pixels[i] = (uint8_t)((pixels[i] * weight + other[i] * (256 - weight)) >> 8);
}
