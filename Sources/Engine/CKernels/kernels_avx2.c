// All kernels for AVX2 and FMA. They are called only where the processor has both.

#include "dispatch.h"

#include <math.h>
#include <string.h>

#if YOLOS_HAS_AVX2
#define YOLOS(name) yolos_avx2_##name
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
