//! The library without files and without a shell: networks in memory in, numbers, models and predictions out.
//!
//! See [`prelude`](crate::prelude) and the examples of [the crate](crate).

mod builder;
mod explain;
mod features;
mod predict;
mod space;

pub use self::builder::ModelBuilder;
pub use self::explain::Explained;
pub use self::features::{Features, Matrix};
pub use self::predict::{PredictError, Prediction};
pub use self::space::{ParseError, Space};
