//! Predictors: numbers in, numbers out. They know nothing of networks.
//!
//! Each is a [linfa](https://docs.rs/linfa) citizen: a params builder with a `ParamGuard`, `Fit` over
//! a `DatasetBase`, a model with `PredictInplace`. Beside that each is a [`Kind`], one line in
//! [`PREDICTORS`]: what the command line, saved models and experiments ask for by name.

mod auto;
pub mod boosting;
mod error;
mod fitted;
mod footprint;
pub mod forest;
pub mod gaussian_process;
mod learner;
pub mod linear;
pub mod memo;
mod normal_scores;
pub(crate) mod resample;
pub mod standard;
mod stored;
pub mod transfer;
pub mod tree;

pub use self::error::FitError;
pub(crate) use self::error::check_sizes;
pub use self::fitted::{Fitted, HeldOut, Predict, RecordsError};
pub(crate) use self::footprint::COPY;
pub use self::footprint::Footprint;
pub use self::learner::{Kind, Learner, Parameters};
pub(crate) use self::learner::{beside, side_by_side};
pub(crate) use self::normal_scores::{normal_scores, standard};
pub use self::stored::{Bytes, Damaged};

/// The registered predictors.
pub static PREDICTORS: [Kind; 7] = [
    auto::AUTO,
    boosting::BOOST,
    gaussian_process::PROCESS,
    forest::FOREST,
    forest::EXTRA_TREES,
    linear::RIDGE,
    linear::ELASTIC_NET,
];

/// Other words of the field for predictors.
pub const ALIASES: [(&str, &str); 4] =
    [("rf", "forest"), ("random-forest", "forest"), ("gbdt", "boost"), ("gaussian-process", "gp")];

/// The predictor of that name or [alias](ALIASES), if there is one.
pub fn by_name(name: &str) -> Option<&'static Kind> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    PREDICTORS.iter().find(|kind| kind.name == name)
}
