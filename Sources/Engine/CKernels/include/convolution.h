#ifndef CKERNELS_CONVOLUTION_H
#define CKERNELS_CONVOLUTION_H

// Convolutions. The padding is always kernel / 2, so an output has (h - 1) / stride + 1 rows.

/// Finishes `count` output pixels of a convolution from pixel `first` on, in place:
/// y = silu(y + bias) + residual. `bias` and `residual` may be null, and `silu` 0.
void yolos_epilogue(
    const yolos_map *y, ptrdiff_t first, ptrdiff_t count, const float *bias, int silu,
    const yolos_map *residual);

/// Writes the windows of `count` output pixels, from pixel `first` of the batch on, as rows of
/// kernel x kernel x c floats; positions outside the image are 0.
void yolos_im2col(
    const yolos_map *x, ptrdiff_t first, ptrdiff_t count, int kernel, int stride, float *columns);

/// Adds such rows back to where they came from.
void yolos_col2im(
    const float *columns, ptrdiff_t first, ptrdiff_t count, int kernel, int stride,
    const yolos_map *dx);

#endif
