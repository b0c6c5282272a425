// What follows a convolution: y = silu(z + bias) + residual, each part where it is wanted.

/// Finishes a register of neighboring channels of one pixel.
INLINE vec finished(vec z, vec bias, int silu) {
  z += bias;
  return silu ? vsilu(z) : z;
}

void YOLOS(epilogue)(
    const yolos_map *y, ptrdiff_t first, ptrdiff_t count, const float *bias, int silu,
    const yolos_map *residual) {
  for (ptrdiff_t pixel = first; pixel < first + count; pixel++) {
    float *row = y->base + pixel * y->pixel;
    for (int c = 0; c < y->c; c += LANES) {
      int lanes = y->c - c;
      vec value = load_part(row + c, lanes);
      value = finished(value, bias ? load_part(bias + c, lanes) : vzero(), silu);
      if (residual) value += load_part(residual->base + pixel * residual->pixel + c, lanes);
      store_part(row + c, value, lanes);
    }
  }
}
