// All kernels for AVX2 and FMA: sixteen registers of eight lanes. They are called only where the
// processor has both.

#include "dispatch.h"

#include <math.h>
#include <string.h>

#if YOLOS_HAS_X86
#define YOLOS(name) yolos_avx2_##name
#define LANES 8
#define TILE 6
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
