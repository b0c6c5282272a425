#ifndef YOLOS_LOSS_H
#define YOLOS_LOSS_H

#include <stddef.h>

/// Binary cross-entropy of logits against targets that are all zero, the bulk of a detection loss.
///
/// Returns the sum of log(1 + exp(x)), added in an order that depends on `count` alone. Where
/// `gradient` is not null it receives scale / (1 + exp(-x)) for each logit. A NaN among the logits
/// makes the sum NaN.
double yolos_zero_target_entropy(
    const float *logits, float *gradient, ptrdiff_t count, float scale);

/// 1 / (1 + exp(-x)) for each logit, the same numbers that the loss uses.
void yolos_sigmoid(const float *logits, float *output, ptrdiff_t count);

/// The means of the four distance distributions of one cell: for each side the softmax of `bins`
/// neighboring logits, weighted with 0, 1, ..., bins - 1.
void yolos_expected_distances(const float *logits, ptrdiff_t bins, float distances[4]);

#endif
