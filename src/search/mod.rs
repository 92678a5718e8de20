//! From a predictor to the best network with few trainings.
//!
//! [`Searcher`] is one step: of [`Candidates`], what is trained and what is pending it makes the next networks to train.
//! [`Replay`] repeats it on a benchmark whose networks are all trained.

mod candidates;
mod error;
mod replay;
mod searcher;

pub use self::candidates::Candidates;
pub use self::error::SearchError;
pub use self::replay::{CHECKPOINTS, Reached, Replay, Replayed, Spread, summarize};
pub use self::searcher::{Label, Proposal, Searcher, Start};
