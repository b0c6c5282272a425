// All kernels for the processor that the compiler takes for granted. Where that one has no fused
// multiply-add, the C library computes it: slowly, but to the same bit.

#include "dispatch.h"

#include <math.h>
#include <string.h>

#define YOLOS(name) yolos_portable_##name
#include "kernels.h"
