//! What the commands do, each in a file: tables and models in, tables and models out.

mod change;
mod convert;
mod evaluate;
mod explain;
mod export;
mod featurize;
mod fit;
mod fit_benchmarks;
mod generate;
mod merge;
mod pareto;
mod permute;
mod predict;
mod predict_drawn;
mod rank;
mod rules;
mod select;
mod stability;
mod suggest;

pub use self::change::{
    AllChanged, Changed, Changes, changes, drawing, effects, improve, write_changes,
};
pub use self::convert::{Convert, convert};
pub use self::evaluate::{Evaluation, Measured, evaluate, evaluate_column};
pub use self::explain::{
    Explain, ExplainInput, Explanation, explain, write_explanations, write_summary,
};
pub use self::export::export;
pub use self::featurize::{Featurize, featurize};
pub use self::fit::{Fit, fit};
pub use self::fit_benchmarks::{FitBenchmarks, fit_benchmarks};
pub use self::generate::{Generate, generate};
pub use self::merge::{Merge, Merged, merge};
pub use self::pareto::{FrontNetwork, Pareto, ParetoObjective, ParetoSummary, pareto};
pub use self::permute::{Permute, Permuted, permute};
pub use self::predict::{Predict, PredictRanking, PredictSummary, predict};
pub use self::predict_drawn::{BestDrawn, PredictDrawn, predict_drawn};
pub use self::rank::{Bias, GroupBy, Rank, RankRows, RankSummary, rank};
pub use self::rules::{Ruled, Rules, write_rules};
pub use self::select::{
    FOLDS, FOOTPRINT, Method, Select, SelectError, Selected, Worth, check_groups, config_of, select,
};
pub use self::stability::{Repeated, Stability, write_stability};
pub use self::suggest::{Suggest, Suggested, suggest};
