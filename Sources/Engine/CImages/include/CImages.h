#ifndef CIMAGES_H
#define CIMAGES_H
#include <stddef.h>
#include <stdint.h>
#endif
