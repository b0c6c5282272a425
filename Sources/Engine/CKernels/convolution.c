// The convolution kernels, for the processor at hand.

#include "dispatch.h"

YOLOS_DISPATCH(
    epilogue,
    (const yolos_map *y, ptrdiff_t first, ptrdiff_t count, const float *bias, int silu,
     const yolos_map *residual),
    (y, first, count, bias, silu, residual))
