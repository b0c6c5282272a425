// What follows a convolution: y = silu(z + bias) + residual, each part where it is wanted.

/// Finishes eight (or fewer: `count`) channels of one pixel.
INLINE v8 finished8(v8 z, v8 bias, int silu) {
  z += bias;
  return silu ? silu8(z) : z;
}

void YOLOS(epilogue)(
    const yolos_map *y, ptrdiff_t first, ptrdiff_t count, const float *bias, int silu,
    const yolos_map *residual) {
  for (ptrdiff_t pixel = first; pixel < first + count; pixel++) {
    float *row = y->base + pixel * y->pixel;
    for (int c = 0; c < y->c; c += 8) {
      int lanes = y->c - c;
      v8 value = load_part(row + c, lanes);
      value = finished8(value, bias ? load_part(bias + c, lanes) : zero8(), silu);
      if (residual) value += load_part(residual->base + pixel * residual->pixel + c, lanes);
      store_part(row + c, value, lanes);
    }
  }
}
