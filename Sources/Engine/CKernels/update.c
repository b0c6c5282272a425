// Which set of kernels runs the updates of optimizer.h.

#include "dispatch.h"

YOLOS_DISPATCH(
    adam,
    (float *p, float *g, float *m, float *v, const yolos_adam_rule *rule, ptrdiff_t count),
    (p, g, m, v, rule, count))

YOLOS_DISPATCH(
    sgd,
    (float *p, float *g, float *m, float rate, float momentum, float decay, float scale, ptrdiff_t
     count),
    (p, g, m, rate, momentum, decay, scale, count))

YOLOS_DISPATCH(
    average,
    (float *average, const float *x, float share, ptrdiff_t count),
    (average, x, share, count))
