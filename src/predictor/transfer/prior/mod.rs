//! Predictors that start from another one, their *prior*.
//!
//! A prior that was learned elsewhere (on another space, another dataset) predicts p for a network. Two
//! things are learned from the training rows:
//!
//! - a *learner* is fitted to the target as ever, with p and the columns of the prior beside its own
//!   columns;
//! - on normal scores z of the target a line a + b p is fitted, whose slope is the less the
//!   less sure it is, and the learner once more, the *corrector*, to what is left, z − a − b p. Half of
//!   what it says is added to the line.
//!
//! The prediction is the mean of both. The weight w of the second is that with the least squared error on
//! rows that neither has seen, as if 64 rows more had said c 8 / (8 + n) for n training rows. c is 1, but
//! less where lines fitted without a row hardly agree with it (the cosine between both, taken from the mean
//! of the other rows, is below 0.2). Where they do not agree at all the prior is not heard: the learner
//! stands alone, on its own columns, as without a prior. A few labels correct the prior, many overrule it, and nothing is set by hand. Without
//! any label the prediction is p.
//!
//! The standard deviation is that of the mixture, (1 − w) s² + w t² + w (1 − w) d², of the standard
//! deviations of both and the difference of what they predict.

mod alone;
mod learner;
mod onnx;
mod start;
mod started;
mod with_prior;

pub use self::learner::FromPrior;
pub use self::with_prior::WithPrior;
