//! Orders of networks by several numbers: how far columns agree with a target and with each other, aggregates of
//! their ranks, which values of a column are better, and Pareto fronts.
//!
//! Numbers in, numbers out; nothing here knows of networks or fits anything.
//!
//! # Example
//!
//! ```
//! use graf::metrics::{Direction, average_ranks};
//! use graf::ranking::AGGREGATES;
//!
//! let proxy = [1.0, 3.0, 2.0];
//! let latency = [5.0, 4.0, 9.0];
//! let ranks = [
//!     average_ranks(&Direction::Maximize.worths(&proxy)),
//!     average_ranks(&Direction::Minimize.worths(&latency)),
//! ];
//! let [log_rank, ..] = &AGGREGATES;
//! let score = log_rank.score(&ranks);
//! assert_eq!(score[1], 0.0); // It is the best of three by both.
//! assert!(score[0] < 0.0 && score[2] < 0.0);
//! ```

mod aggregate;
mod column;
mod error;
mod hypervolume;
mod pareto;
mod published;
mod sign;
mod table;

pub use self::aggregate::{AGGREGATES, Aggregate};
pub use self::column::{ColumnKind, Known, RankedColumn, Score};
pub use self::error::{MOST_GROUPS, RankingError, UsedAs};
pub use self::hypervolume::{MOST_OBJECTIVES, hypervolume};
pub use self::pareto::{FrontRow, front};
pub use self::published::{PUBLISHED, Published, published};
pub use self::sign::{SignEstimate, quantiles};
pub use self::table::{Agreement, RankTable, Target, aggregates_for, stated_of};
