#include "CImages.h"

// Every shift is OpenCV's and drops what lies below without rounding. Images come out a sixteenth of a
// level darker on average than by exact arithmetic, as the networks of the field have learned them.

// A row in its new width. Weights add up to 2048; 4 of the 11 fractional bits go, so that the values fit.
static void blend_columns(const uint8_t *restrict row, const yolos_tap *restrict columns, int width,
                          int16_t *restrict out) {
  for (int x = 0; x < width; x++, out += 3) {
    const uint8_t *p = row + 3 * columns[x].first, *q = row + 3 * columns[x].second;
    int v = columns[x].first_weight, w = columns[x].second_weight;
    out[0] = (int16_t)((p[0] * v + q[0] * w) >> 4);
    out[1] = (int16_t)((p[1] * v + q[1] * w) >> 4);
    out[2] = (int16_t)((p[2] * v + q[2] * w) >> 4);
  }
}

static void blend_rows(const int16_t *restrict a, const int16_t *restrict b, int16_t v, int16_t w,
                       int count, uint8_t *restrict out) {
  for (int i = 0; i < count; i++) {
    int16_t upper = (int16_t)((a[i] * v) >> 16), lower = (int16_t)((b[i] * w) >> 16);
    out[i] = (uint8_t)((upper + lower + 2) >> 2);
  }
}

void yolos_resample(const uint8_t *source, int source_width, const yolos_tap *columns, int width,
                    const yolos_tap *rows, int height, uint8_t *output, size_t stride,
                    int16_t *scratch) {
  size_t pitch = (size_t)source_width * 3;
  // Two source rows in their new width; neighboring output rows mostly share one or both.
  int16_t *blended[2] = {scratch, scratch + 3 * (size_t)width};
  int held[2] = {-1, -1};
  for (int y = 0; y < height; y++) {
    int wanted[2] = {rows[y].first, rows[y].second};
    if (held[1] == wanted[0]) {
      int16_t *row = blended[0];
      blended[0] = blended[1], blended[1] = row;
      held[1] = held[0], held[0] = wanted[0];
    }
    for (int i = 0; i < 2; i++) {
      if (held[i] == wanted[i]) continue;
      blend_columns(source + (size_t)wanted[i] * pitch, columns, width, blended[i]);
      held[i] = wanted[i];
    }
    blend_rows(blended[0], blended[1], rows[y].first_weight, rows[y].second_weight, 3 * width,
               output + (size_t)y * stride);
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
