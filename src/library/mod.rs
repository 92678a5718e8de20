//! The library without files and without a shell: networks in memory in, numbers, models and predictions out.
//!
//! See [`prelude`](crate::prelude) and the examples of [the crate](crate).

mod builder;
mod compare;
mod encodings;
mod explain;
mod features;
mod networks;
mod numbers;
mod predict;
mod reader;
mod space;
mod suggest;

pub use self::builder::ModelBuilder;
pub use self::compare::{Compared, Comparison};
pub use self::encodings::{OnBroken, RowError, RowFault, is_few};
pub use self::explain::Explained;
pub use self::features::{Features, Matrix};
pub use self::networks::Listing;
pub use self::numbers::TrainingNumbers;
pub use self::predict::{PredictError, Prediction};
pub use self::reader::{EncodingPredictions, EncodingReader, EncodingReaderError};
pub use self::space::{ParseError, Space};
pub use self::suggest::{Suggestion, SuggestionError};
