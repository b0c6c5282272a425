// All kernels for AVX-512: thirty-two registers of sixteen lanes. They are called only where the
// processor has the parts of it that every server has had since 2017 (F, BW, DQ, VL).

#include "dispatch.h"

#include <math.h>
#include <string.h>

#if YOLOS_HAS_X86
#include <immintrin.h>
#define YOLOS(name) yolos_avx512_##name
#define LANES 16
#define TILE 12
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
