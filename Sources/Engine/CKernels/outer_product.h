// The kernel of the weight gradients: c += sum over pixels of a' b, with up to six input channels
// times sixteen output channels in twelve registers.

/// Lines of pixels: `rows` lines, `line` floats apart, with `step` floats from pixel to pixel.
typedef struct {
  const float *base;
  ptrdiff_t line, step;
} yolos_lines;

INLINE void accumulate(
    const int rows, int lines, ptrdiff_t pixels, const yolos_lines *a, const yolos_lines *b,
    float *c, ptrdiff_t pitch) {
  v8 sum[TILE][2];
  UNROLL for (int i = 0; i < rows; i++) {
    sum[i][0] = load8(c + i * pitch);
    sum[i][1] = load8(c + i * pitch + 8);
  }
  for (int line = 0; line < lines; line++) {
    const float *left = a->base + line * a->line, *right = b->base + line * b->line;
    ptrdiff_t pixel = 0;
    for (; pixel + 2 <= pixels; pixel += 2) {
      UNROLL for (int u = 0; u < 2; u++) {
        v8 low = load8(right + u * PANEL), high = load8(right + u * PANEL + 8);
        UNROLL for (int i = 0; i < rows; i++) {
          v8 value = splat8(left[u * a->step + i]);
          sum[i][0] = fma8(value, low, sum[i][0]);
          sum[i][1] = fma8(value, high, sum[i][1]);
        }
      }
      left += 2 * a->step;
      right += 2 * PANEL;
    }
    if (pixel < pixels) {
      v8 low = load8(right), high = load8(right + 8);
      UNROLL for (int i = 0; i < rows; i++) {
        v8 value = splat8(left[i]);
        sum[i][0] = fma8(value, low, sum[i][0]);
        sum[i][1] = fma8(value, high, sum[i][1]);
      }
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    store8(c + i * pitch, sum[i][0]);
    store8(c + i * pitch + 8, sum[i][1]);
  }
}

#define OUTER_OF(rows)                                                                     \
  static void outer_of_##rows(                                                             \
      int lines, ptrdiff_t pixels, const yolos_lines *a, const yolos_lines *b, float *c,   \
      ptrdiff_t pitch) {                                                                   \
    accumulate(rows, lines, pixels, a, b, c, pitch);                                       \
  }
OUTER_OF(1)
OUTER_OF(2)
OUTER_OF(3)
OUTER_OF(4)
OUTER_OF(5)
OUTER_OF(6)

static void (*const outer_of[TILE + 1])(
    int, ptrdiff_t, const yolos_lines *, const yolos_lines *, float *, ptrdiff_t) = {
    0, outer_of_1, outer_of_2, outer_of_3, outer_of_4, outer_of_5, outer_of_6};

/// c (count x 16) += the products of `count` neighboring floats of a with a panel b, whose pixels
/// are 16 floats apart.
static void outer_product(
    int count, int lines, ptrdiff_t pixels, yolos_lines a, const yolos_lines *b, float *c,
    ptrdiff_t pitch) {
  int parts = (int)parts_of(count, TILE);
  const float *base = a.base;
  for (int part = 0; part < parts; part++) {
    int start = (int)part_start(count, parts, part);
    a.base = base + start;
    outer_of[part_start(count, parts, part + 1) - start](
        lines, pixels, &a, b, c + start * pitch, pitch);
  }
}

/// Adds nine (or `taps`) registers, each with eight neighboring output channels, to dw (O, I, K,
/// K).
INLINE void scatter_taps(
    const v8 *values, int taps, float *dw, ptrdiff_t output_pitch, int lanes) {
  for (int lane = 0; lane < lanes; lane++) {
    float *to = dw + lane * output_pitch;
    for (int tap = 0; tap < taps; tap++) to[tap] += values[tap][lane];
  }
}
