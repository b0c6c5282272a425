// The kernel of the weight gradients: c += sum over pixels of a' b, or c = that where it is `fresh`, with some input channels times
// one or two panels of output channels in registers.

/// Lines of pixels: `rows` lines, `line` floats apart, with `step` floats from pixel to pixel.
typedef struct {
  const float *base;
  ptrdiff_t line, step;
} yolos_lines;

/// One pixel: sum[i] += left[i] b for `rows` channels and one or two registers of b.
INLINE void accumulate_pixel(
    const int rows, const int registers, const float *left, const float *b, ptrdiff_t second,
    vec sum[TILE][2]) {
  vec low = vload(b), high = registers == 2 ? vload(b + second) : vzero();
  UNROLL for (int i = 0; i < rows; i++) {
    vec value = vsplat(left[i]);
    sum[i][0] = vfma(value, low, sum[i][0]);
    if (registers == 2) sum[i][1] = vfma(value, high, sum[i][1]);
  }
}

INLINE void accumulate(
    const int rows, const int registers, int lines, ptrdiff_t pixels, const yolos_lines *a,
    const yolos_lines *b, ptrdiff_t panel, float *c, ptrdiff_t pitch, int fresh) {
  const ptrdiff_t second = REGISTERS == 2 ? LANES : panel;
  vec sum[TILE][2];
  if (fresh) {
    UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = vzero();
  } else {
    UNROLL for (int i = 0; i < rows; i++) {
      sum[i][0] = vload(c + i * pitch);
      if (registers == 2) sum[i][1] = vload(c + i * pitch + LANES);
    }
  }
  for (int line = 0; line < lines; line++) {
    const float *left = a->base + line * a->line, *right = b->base + line * b->line;
    ptrdiff_t pixel = 0;
    for (; pixel + 2 <= pixels; pixel += 2) {
      UNROLL for (int u = 0; u < 2; u++) {
        accumulate_pixel(rows, registers, left + u * a->step, right + u * PANEL, second, sum);
      }
      left += 2 * a->step;
      right += 2 * PANEL;
    }
    if (pixel < pixels) accumulate_pixel(rows, registers, left, right, second, sum);
  }
  UNROLL for (int i = 0; i < rows; i++) {
    vstore(c + i * pitch, sum[i][0]);
    if (registers == 2) vstore(c + i * pitch + LANES, sum[i][1]);
  }
}

typedef void (*yolos_outer)(
    int, ptrdiff_t, const yolos_lines *, const yolos_lines *, ptrdiff_t, float *, ptrdiff_t, int);

#define OUTER_OF(rows, registers)                                                             \
  static void outer_of_##rows##_##registers(                                                  \
      int lines, ptrdiff_t pixels, const yolos_lines *a, const yolos_lines *b,                \
      ptrdiff_t panel, float *c, ptrdiff_t pitch, int fresh) {                                \
    accumulate(rows, registers, lines, pixels, a, b, panel, c, pitch, fresh);                 \
  }
#define OUTER_NAME(rows, registers) outer_of_##rows##_##registers
FOR_TILES(OUTER_OF, 2)
#if LANES == PANEL
FOR_TILES(OUTER_OF, 1)
#endif

static yolos_outer const outer_of[3][TILE + 1] = {
#if LANES == PANEL
    [1] = {0, LIST_TILES(OUTER_NAME, 1)},
#endif
    [2] = {0, LIST_TILES(OUTER_NAME, 2)}};

/// c (count x 16 or 32) += the products of `count` neighboring floats of a with `panels` panels of
/// b, whose pixels are 16 floats apart; the second panel lies `panel` floats behind the first.
static void outer_product(
    int count, int panels, int lines, ptrdiff_t pixels, yolos_lines a, const yolos_lines *b,
    ptrdiff_t panel, float *c, ptrdiff_t pitch, int fresh) {
  int parts = (int)parts_of(count, TILE);
  const float *base = a.base;
  for (int part = 0; part < parts; part++) {
    int start = (int)part_start(count, parts, part);
    a.base = base + start;
    outer_of[panels * REGISTERS][part_start(count, parts, part + 1) - start](
        lines, pixels, &a, b, panel, c + start * pitch, pitch, fresh);
  }
}

/// Adds nine (or `taps`) registers of neighboring output channels to dw (O, I, K, K), or writes them
/// over it.
INLINE void scatter_taps(
    const vec *values, int taps, float *dw, ptrdiff_t output_pitch, int lanes, int overwrites) {
  for (int lane = 0; lane < lanes; lane++) {
    float *to = dw + lane * output_pitch;
    for (int tap = 0; tap < taps; tap++) {
      to[tap] = overwrites ? values[tap][lane] : to[tap] + values[tap][lane];
    }
  }
}
