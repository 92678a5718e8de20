//! Linear regression with a penalty on the weights: ridge and the elastic net.
//!
//! On n rows of standardized columns x and centred targets y the weights w minimize
//! |y − x w|² / 2n + p (ρ |w|₁ + (1 − ρ) |w|² / 2), as in scikit-learn's and linfa's elastic net:
//! ρ = 0 is ridge regression (Hoerl and Kennard, *Ridge Regression: Biased Estimation for Nonorthogonal
//! Problems*, Technometrics 12, 1970), ρ = 1 the lasso (Tibshirani 1996), and what lies between the
//! elastic net (Zou and Hastie, *Regularization and Variable Selection via the Elastic Net*, J. R.
//! Statist. Soc. B 67, 2005). The penalty p is that of a grid with the least squared error in five-fold
//! cross-validation.
//!
//! # Example
//!
//! ```
//! use graf::predictor::linear::Linear;
//! use linfa::prelude::*;
//! use ndarray::{Array1, Array2};
//!
//! let records = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 3)) % 17) as f64);
//! let targets: Array1<f64> = records.column(0).mapv(|x| 2.0 * x) - &records.column(1);
//! let (train, test) = Dataset::new(records, targets).split_with_ratio(0.8);
//!
//! for params in [Linear::ridge(), Linear::elastic_net()] {
//!     let linear = params.fit(&train)?;
//!     let predicted: Array1<f64> = linear.predict(&test);
//!     assert!(predicted.r2(&test)? > 0.99);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fit;
mod kind;
mod onnx;
mod params;
mod parts;
mod predict;
mod weights;

pub(super) use self::kind::{ELASTIC_NET, RIDGE};
pub use self::params::{LinearParams, LinearValidParams};
pub use self::parts::LinearParts;

/// A fitted linear model.
#[derive(Debug, Clone)]
pub struct Linear {
    parts: LinearParts,
}

impl Linear {
    /// Ridge regression.
    pub fn ridge() -> LinearParams {
        LinearParams::default()
    }

    /// The elastic net, with as much weight on one norm as on the other.
    pub fn elastic_net() -> LinearParams {
        LinearParams::default().l1_ratio(0.5)
    }

    /// How many columns a record has.
    pub fn columns(&self) -> usize {
        self.parts.standard.columns()
    }

    /// What was learned.
    pub fn parts(&self) -> &LinearParts {
        &self.parts
    }
}
