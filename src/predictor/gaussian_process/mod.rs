//! Gaussian process regression: an unknown smooth function of the columns plus noise.
//!
//! The kernel is Matérn's of smoothness 3/2, k(x, z) = s² (1 + √3 r/ℓ) exp(−√3 r/ℓ) where r is the
//! distance of x and z on standardized columns (Rasmussen and Williams, *Gaussian Processes for
//! Machine Learning*, 2006, section 4.2.1). Length ℓ and noise are those under which the training
//! targets are most likely (section 5.4.1), on a grid.
//!
//! Above a number of training rows the function is known by its values at some of them, the
//! *inducing points*, as a projected process (also: deterministic training conditional; Seeger,
//! Williams and Lawrence, *Fast Forward Selection to Speed Up Sparse Gaussian Process Regression*,
//! AISTATS 2003; Quiñonero-Candela and Rasmussen, *A Unifying View of Sparse Approximate Gaussian
//! Process Regression*, JMLR 6, 2005). With all rows as points it is the exact Gaussian process. The
//! points are chosen one by one, the next is the row that explains most of what is left of the
//! targets (after Keerthi and Chu, *A Matching Pursuit Approach to Sparse Gaussian Process
//! Regression*, `NeurIPS` 2005).
//!
//! # Example
//!
//! ```
//! use graf::predictor::gaussian_process::GaussianProcess;
//! use linfa::prelude::*;
//! use ndarray::{Array1, Array2};
//!
//! let records = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 3)) % 17) as f64);
//! let targets: Array1<f64> = records.column(0).mapv(|x| x * x) + &records.column(1);
//! let (train, test) = Dataset::new(records, targets).split_with_ratio(0.8);
//!
//! let process = GaussianProcess::params().fit(&train)?;
//! let predicted: Array1<f64> = process.predict(&test);
//! assert!(predicted.r2(&test)? > 0.99);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contributions;
mod explain;
mod fit;
mod kernel;
mod kind;
mod onnx;
mod params;
mod parts;
mod points;
mod predict;
mod search;

use ndarray::Array1;

pub(super) use self::kind::PROCESS;
pub use self::params::{GaussianProcessParams, GaussianProcessValidParams};
pub use self::parts::GaussianProcessParts;

/// A fitted Gaussian process.
#[derive(Debug, Clone)]
pub struct GaussianProcess {
    parts: GaussianProcessParts,
    /// The squared length of each point.
    squares: Array1<f64>,
}

impl GaussianProcess {
    /// The default parameters.
    pub fn params() -> GaussianProcessParams {
        GaussianProcessParams::default()
    }

    /// How many columns a record has.
    pub fn columns(&self) -> usize {
        self.parts.standard.columns()
    }

    /// What was learned.
    pub fn parts(&self) -> &GaussianProcessParts {
        &self.parts
    }
}
