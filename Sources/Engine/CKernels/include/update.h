#ifndef YOLOS_UPDATE_H
#define YOLOS_UPDATE_H

#include <stddef.h>

// How weights move in one step. Every weight is a chain of its own, each operation rounded once, so that
// the bits depend neither on the instruction set nor on how callers cut the work.

/// The constants of Adam's formulas for one group of weights and one step.
typedef struct {
  /// Learning rate / (1 - beta1^t).
  float rate;
  /// 1 - learning rate * decay for AdamW, else 1.
  float shrink;
  /// Decay that is added to the gradient.
  float decay;
  /// Clipping.
  float scale;
  /// 1 - beta1.
  float beta1;
  float beta2;
  /// 1 - beta2.
  float rest;
  /// The root of 1 - beta2^t.
  float root;
  float epsilon;
} yolos_adam_rule;

/// Adam (Kingma & Ba, 2015) and AdamW (Loshchilov & Hutter, 2019), and g = 0 behind them:
/// d = scale g + decay p;  m = m + beta1 (d - m);  v = beta2 v + rest d d;
/// p = shrink p - rate m / (sqrt(v) / root + epsilon).
void yolos_adam(float *p, float *g, float *m, float *v, const yolos_adam_rule *rule,
                ptrdiff_t count);

/// SGD with Nesterov momentum (Sutskever et al., 2013), and g = 0 behind it:
/// d = scale g + decay p;  m = momentum m + d;  p = p - rate (d + momentum m).
void yolos_sgd(float *p, float *g, float *m, float rate, float momentum, float decay, float scale,
               ptrdiff_t count);

/// average = average + share (x - average): where x never moves, the average never does, to the last bit.
void yolos_average(float *average, const float *x, float share, ptrdiff_t count);

#endif
