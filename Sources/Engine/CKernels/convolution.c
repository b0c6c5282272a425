// The convolution kernels, for the processor at hand.

#include "dispatch.h"

YOLOS_DISPATCH(direct, (const yolos_pass *pass, int task, float *scratch), (pass, task, scratch))
// Up to eight channels on both sides: half of every register of sixteen would be empty.
#define MORE_THAN_EIGHT (pass->x.c > 8 || pass->y.c > 8)
YOLOS_DISPATCH_WHERE(
    MORE_THAN_EIGHT, winograd_inputs, (const yolos_pass *pass, int task), (pass, task))
YOLOS_DISPATCH_WHERE(
    MORE_THAN_EIGHT, winograd, (const yolos_pass *pass, int task, float *scratch),
    (pass, task, scratch))
YOLOS_DISPATCH(spread, (const yolos_pass *pass, int task, float *scratch), (pass, task, scratch))

YOLOS_DISPATCH(pack_direct, (const yolos_packing *packing, int panel), (packing, panel))
YOLOS_DISPATCH(pack_turned, (const yolos_packing *packing, int panel), (packing, panel))
YOLOS_DISPATCH(pack_winograd, (const yolos_packing *packing, int panel), (packing, panel))
YOLOS_DISPATCH(pack_winograd_turned, (const yolos_packing *packing, int panel), (packing, panel))
YOLOS_DISPATCH(pack_winograd_halving, (const yolos_packing *packing, int panel), (packing, panel))
YOLOS_DISPATCH(pack_spread, (const yolos_packing *packing, int panel), (packing, panel))

YOLOS_DISPATCH(
    weight_gradient, (const yolos_weight_pass *pass, int task, float *scratch),
    (pass, task, scratch))
YOLOS_DISPATCH(weight_gradient_sum, (const yolos_weight_pass *pass, int panel), (pass, panel))
YOLOS_DISPATCH_WHERE(
    pass->x.c > 8 || pass->dz.c > 8, winograd_gradient,
    (const yolos_weight_pass *pass, int task, float *scratch), (pass, task, scratch))
YOLOS_DISPATCH(
    winograd_gradient_transform, (const yolos_weight_pass *pass, int chunk, int task),
    (pass, chunk, task))
YOLOS_DISPATCH(
    winograd_gradient_product,
    (const yolos_weight_pass *pass, int chunk, int task, float *scratch),
    (pass, chunk, task, scratch))
YOLOS_DISPATCH(
    winograd_gradient_back, (const yolos_weight_pass *pass, int chunk, int panel),
    (pass, chunk, panel))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(y->c), epilogue,
    (const yolos_map *y, ptrdiff_t first, ptrdiff_t count, const float *bias, int silu,
     const yolos_map *residual),
    (y, first, count, bias, silu, residual))
