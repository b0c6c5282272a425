// Every kernel that is compiled once for each instruction set. See dispatch.h.

#pragma STDC FP_CONTRACT OFF

#include "vector.h"

#include "epilogue.h"
#include "normalize.h"
#include "pooling.h"
