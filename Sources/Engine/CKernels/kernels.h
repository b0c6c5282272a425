// Every kernel that is compiled once for each instruction set. See dispatch.h.

#pragma STDC FP_CONTRACT OFF

// Vectors are passed between inlined and static functions only, so their calling convention is ours.
#pragma clang diagnostic ignored "-Wpsabi"

#include "arithmetic.h"
#include "vector.h"
#include "tiles.h"

#include "epilogue.h"
#include "normalize.h"
#include "pooling.h"
#include "optimizer.h"

#include "microkernel.h"
#include "rows.h"

#include "direct.h"
#include "spread.h"

#include "winograd_transforms.h"
#include "winograd_halving.h"

#include "winograd.h"
#include "pack.h"

#include "outer_product.h"
#include "weight_gradient.h"
#include "winograd_gradient.h"
