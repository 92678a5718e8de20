//! Metrics: what is true and what was predicted in, one number out. Nothing here knows of networks.
//!
//! The functions take two slices of the same length, a number for each row in the same order.
//! Nothing panics whatever comes in. Where a metric is not defined (its page says where; always
//! with a NaN on either side or with sides of different lengths) it is NaN, never an error.
//!
//! [`Metric`] is the checked way in: metrics by name, and errors that name the row at fault.
//!
//! [`Objective`] is a target and its [`Direction`]: what looks at the best rows asks for it.
//!
//! [`wilcoxon`] says whether what was measured in pairs differs by more than chance, [`holm`] what
//! is left of several such findings.
//!
//! # Example
//!
//! ```
//! use graf::metrics::Metric;
//!
//! let truth = [93.1, 94.2, 90.5, 91.7];
//! let prediction = [0.7, 0.6, 0.1, 0.2];
//! let metric: Metric = "kendall_tau".parse()?;
//! assert!((metric.compute(&truth, &prediction)? - 2.0 / 3.0).abs() < 1e-12);
//!
//! let metric: Metric = "precision@2".parse()?;
//! assert_eq!(metric.compute(&truth, &prediction)?, 1.0);
//!
//! let error = metric.compute(&truth, &[0.7, f64::NAN, 0.1, 0.2]).unwrap_err();
//! assert_eq!(error.to_string(), "the prediction in row 1 is NaN, not a finite number");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod correlation;
mod direction;
mod error;
mod holm;
mod kendall;
mod metric;
mod ndcg;
mod objective;
mod rank;
mod scale;
mod top;
mod wilcoxon;

pub use self::correlation::{pearson, spearman};
pub use self::direction::Direction;
pub use self::error::{mae, r2, rmse};
pub use self::holm::holm;
pub use self::kendall::kendall_tau;
pub use self::metric::{ALIASES, METRICS, Metric, MetricError, MetricNameError, Side};
pub use self::ndcg::ndcg_at_k;
pub use self::objective::{Directions, Objective, ObjectiveError, Stated, ranked_by};
pub use self::rank::average_ranks;
pub use self::top::{kendall_tau_top, precision_at_k, regret_at_k};
pub use self::wilcoxon::{Wilcoxon, wilcoxon};

/// Whether two sides can be compared: they have one length and no NaN.
fn comparable(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && !a.iter().chain(b).any(|value| value.is_nan())
}

/// Whether all values are equal; so they are if there are none.
fn is_constant(values: &[f64]) -> bool {
    values.iter().all(|value| Some(value) == values.first())
}
