#include "CImages.h"

enum { unit = 16384 };  // a weight of one; 14 bits

// Rows are blended first, since that loop runs over contiguous bytes and the compiler makes vectors of
// it; the result keeps 7 fractional bits, so that only one rounding to 8 bits follows.
static void blend_rows(const uint8_t *restrict a, const uint8_t *restrict b, int weight, int count,
                       int16_t *restrict out) {
  int16_t v = (int16_t)(unit - weight), w = (int16_t)weight;
  for (int i = 0; i < count; i++) out[i] = (int16_t)((a[i] * v + b[i] * w + 64) >> 7);
}

static void blend_columns(const int16_t *restrict row, const yolos_tap *restrict columns, int width,
                          uint8_t *restrict out) {
  for (int x = 0; x < width; x++, out += 3) {
    const int16_t *p = row + 3 * columns[x].first, *q = row + 3 * columns[x].second;
    int w = columns[x].weight, v = unit - w;
    out[0] = (uint8_t)((p[0] * v + q[0] * w + (1 << 20)) >> 21);
    out[1] = (uint8_t)((p[1] * v + q[1] * w + (1 << 20)) >> 21);
    out[2] = (uint8_t)((p[2] * v + q[2] * w + (1 << 20)) >> 21);
  }
}

void yolos_resample(const uint8_t *source, int source_width, const yolos_tap *columns, int width,
                    const yolos_tap *rows, int height, uint8_t *output, size_t stride,
                    int16_t *scratch) {
  size_t pitch = (size_t)source_width * 3;
  for (int y = 0; y < height; y++) {
    blend_rows(source + (size_t)rows[y].first * pitch, source + (size_t)rows[y].second * pitch,
               rows[y].weight, (int)pitch, scratch);
    blend_columns(scratch, columns, width, output + (size_t)y * stride);
  }
}

void yolos_reorder(const uint8_t *source, ptrdiff_t origin, ptrdiff_t dx, ptrdiff_t dy, int width,
                   int height, uint8_t *output) {
  for (int y = 0; y < height; y++) {
    const uint8_t *p = source + 3 * (origin + y * dy);
    for (int x = 0; x < width; x++, p += 3 * dx, output += 3) {
      output[0] = p[0];
      output[1] = p[1];
      output[2] = p[2];
    }
  }
}
