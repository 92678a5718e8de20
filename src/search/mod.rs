//! From a predictor to the best network with few trainings.
//!
//! [`Searcher`] is one step: of [`Candidates`], what is trained and what is pending it makes the next networks to train.
//! [`Study`] does it for networks that are trained elsewhere, in a folder that many processes share.
//! [`Replay`] repeats it on a benchmark whose networks are all trained.

mod candidates;
mod error;
mod replay;
mod searcher;
pub mod study;
mod train;

pub use self::candidates::Candidates;
pub use self::error::SearchError;
pub use self::replay::{CHECKPOINTS, Reached, Replay, Replayed, Spread, summarize};
pub use self::searcher::{Proposal, SearchLabel, Searcher, Start};
pub use self::study::{Answer, Lease, Study, Told};
pub use self::train::{Progressed, Training, end_all};
