// The window of every output pixel as one row of a matrix, and back: with these a convolution is a
// matrix product. The OpenBLAS backend works so; the native kernels never do.

#include "dispatch.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

// Where the window of an output pixel starts.
typedef struct {
  ptrdiff_t image;
  int row, column;
} window;

static window window_of(ptrdiff_t pixel, int height, int width, int kernel, int stride) {
  int x = (int)(pixel % width), y = (int)(pixel / width % height);
  return (window){pixel / width / height, y * stride - kernel / 2, x * stride - kernel / 2};
}

void yolos_im2col(
    const yolos_map *x, ptrdiff_t first, ptrdiff_t count, int kernel, int stride, float *columns) {
  int height = (x->h - 1) / stride + 1, width = (x->w - 1) / stride + 1;
  size_t bytes = (size_t)x->c * sizeof(float);
  for (ptrdiff_t pixel = first; pixel < first + count; pixel++) {
    window at = window_of(pixel, height, width, kernel, stride);
    for (int ky = 0; ky < kernel; ky++) {
      for (int kx = 0; kx < kernel; kx++, columns += x->c) {
        int row = at.row + ky, column = at.column + kx;
        if (row < 0 || row >= x->h || column < 0 || column >= x->w) {
          memset(columns, 0, bytes);
        } else {
          memcpy(columns, x->base + ((at.image * x->h + row) * x->w + column) * x->pixel, bytes);
        }
      }
    }
  }
}

void yolos_col2im(
    const float *columns, ptrdiff_t first, ptrdiff_t count, int kernel, int stride,
    const yolos_map *dx) {
  int height = (dx->h - 1) / stride + 1, width = (dx->w - 1) / stride + 1;
  for (ptrdiff_t pixel = first; pixel < first + count; pixel++) {
    window at = window_of(pixel, height, width, kernel, stride);
    for (int ky = 0; ky < kernel; ky++) {
      for (int kx = 0; kx < kernel; kx++, columns += dx->c) {
        int row = at.row + ky, column = at.column + kx;
        if (row < 0 || row >= dx->h || column < 0 || column >= dx->w) continue;
        float *target = dx->base + ((at.image * dx->h + row) * dx->w + column) * dx->pixel;
        for (int c = 0; c < dx->c; c++) target[c] += columns[c];
      }
    }
  }
}
