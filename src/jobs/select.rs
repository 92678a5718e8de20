//! Fewer features: those that are not made of others, or a few that predict well.
//!
//! Graf's features repeat one another (see [`dependence`](mod@crate::selection::dependence)). What is
//! left of them can be searched for the columns that rank networks best
//! ([`selection`](crate::selection::search)). What comes out is a [`FeatureConfig`] that names the
//! columns.

use std::collections::HashSet;

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Ix1};
use thiserror::Error;

use crate::dataset::{Plan, Split, Splits, classes};
use crate::dataset::{Pool, Use};
use crate::features::{FAMILIES, Family, FeatureConfig, FeatureError, FeatureSet, Names};
use crate::metrics::kendall_tau;
use crate::predictor::forest::{Forest, ForestParams};
use crate::predictor::{COPY, FitError, Footprint};
use crate::selection::dependence::{BLOCK, Dependence, dependence};
use crate::selection::search::{SelectionStep, backward, forward};
use crate::space::SearchSpace;

/// What [`dependence`] takes beside the columns: directions, and two blocks of columns.
pub const FOOTPRINT: Footprint =
    Footprint { number: COPY, row: 2.0 * COPY * BLOCK as f64, pair: 0.0 };

/// The folds of the cross-validation.
pub const FOLDS: usize = 5;

/// The fewest different networks that can be selected on: two for each fold, and one of five held out.
const LEAST_NETWORKS: usize = 12;

/// The trees of a forest: enough to tell good columns from bad ones.
const TREES: usize = 30;

/// More than Kendall's tau can change by.
const MORE_THAN_TAU: f64 = 4.0;

/// How columns are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Those that are not constant, no copies and no sums of the columns before them.
    Independent,
    /// Of these, from none on, each time the one that raises the score most.
    Forward,
    /// Of these, from all on, all but those that are not missed.
    Backward,
}

/// How features are selected.
#[derive(Debug, Clone)]
pub struct Select {
    /// How columns are chosen.
    pub method: Method,
    /// With a score: at most so many columns.
    pub most: Option<usize>,
    /// With a score: it is found on so many different networks, drawn at random.
    pub networks: usize,
    /// What networks, folds and trees are drawn with.
    pub seed: u64,
}

/// What was selected of some columns, which are counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// Which columns say nothing new.
    pub dependence: Dependence,
    /// How many different columns there are.
    pub distinct: usize,
    /// The columns selected: those taken forward in the order they were taken, others in their own.
    pub columns: Vec<usize>,
    /// What they are worth, where that was asked.
    pub worth: Option<Worth>,
}

/// Kendall's tau of a forest on networks that played no part in the selection; NaN where it is undefined, as of
/// predictions or targets that are all equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Of all independent columns.
    pub independent: f64,
    /// Of those selected.
    pub selected: f64,
    /// How many networks the columns were selected and the forests fitted on.
    pub networks: usize,
    /// How many networks tau is measured on.
    pub held_out: usize,
}

/// Why features could not be selected.
#[derive(Debug, Error)]
pub enum SelectError {
    /// Columns that are no features.
    #[error(
        "{group}: a configuration names features that are computed from networks, so that only those can be selected; use graf or families of features"
    )]
    NotComputed {
        /// The group of columns.
        group: String,
    },
    /// Columns that depend on what is trained on.
    #[error(
        "the columns of {family} are learned from training networks, so that they cannot be selected; \
         leave the family out"
    )]
    Learned {
        /// The family.
        family: &'static str,
    },
    /// A table without networks.
    #[error("the tables have no networks, which tell what the features are of")]
    NoNetworks,
    /// Columns that cannot be computed as they are in the table.
    #[error("{0}")]
    Features(#[from] FeatureError),
    /// A value that is missing.
    #[error("feature `{column}` is {value} in row {row} (from 0)")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, counted from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Columns that are all constant.
    #[error("all {columns} features are the same in all rows ({rows}); take more networks")]
    Constant {
        /// How many columns.
        columns: usize,
        /// How many rows.
        rows: usize,
    },
    /// A target that is constant.
    #[error("the target is the same in all networks: no feature can rank them")]
    ConstantTarget,
    /// Too few networks for the folds.
    #[error(
        "{networks} different networks are too few for {FOLDS} folds, and one network of five is held out; take \
         {LEAST_NETWORKS} or more"
    )]
    FewNetworks {
        /// How many.
        networks: usize,
    },
    /// Folds of too few networks.
    #[error("{FOLDS} folds of {networks} networks are too small; take {} or more", 2 * FOLDS)]
    SmallFolds {
        /// How many networks were asked for.
        networks: usize,
    },
    /// A forest cannot be fitted.
    #[error(transparent)]
    Forest(#[from] FitError),
}

impl SelectError {
    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            SelectError::NotComputed { .. }
            | SelectError::Learned { .. }
            | SelectError::NoNetworks
            | SelectError::SmallFolds { .. }
            | SelectError::Features(_) => true,
            SelectError::NotFinite { .. }
            | SelectError::Constant { .. }
            | SelectError::ConstantTarget
            | SelectError::FewNetworks { .. }
            | SelectError::Forest(_) => false,
        }
    }
}

/// Whether the columns of some groups can be selected.
///
/// # Errors
///
/// [`SelectError::NotComputed`] and [`SelectError::Learned`] if not.
pub fn check_groups(uses: &[Use], features: &FeatureConfig) -> Result<(), SelectError> {
    let mut learned = None;
    for group in uses {
        match group {
            Use::Graf => learned = learned.or(features.learned_family()),
            Use::Family(name) => {
                let mut named = FAMILIES.into_iter().filter(|family| family.name() == *name);
                learned = learned.or(named.find(|family| family.is_learned()).map(Family::name));
            }
            Use::Plus | Use::PlusPlus | Use::Views => {} // None of their columns is learned.
            Use::Proxies | Use::Columns(_) | Use::Curve(..) | Use::Named(_) | Use::Recipe(_) => {
                return Err(SelectError::NotComputed { group: group.to_string() });
            }
        }
    }
    learned.map_or(Ok(()), |family| Err(SelectError::Learned { family }))
}

/// The configuration that chooses some columns of a space, in their order; sizes of sets, and names
/// where there is a choice, are those of `base`.
///
/// # Errors
///
/// [`FeatureError`] if the space does not have such columns.
pub fn config_of(
    space: &'static dyn SearchSpace,
    base: &FeatureConfig,
    columns: &[String],
) -> Result<FeatureConfig, FeatureError> {
    let mut families: Vec<String> = Vec::new();
    for name in columns {
        let family = FAMILIES.into_iter().find(|family| family.owns(name)).map(Family::name);
        if let Some(family) = family.filter(|family| !families.iter().any(|other| other == family))
        {
            families.push(family.to_owned());
        }
    }
    let config = |names| FeatureConfig {
        families: (!families.is_empty()).then(|| families.clone()),
        also: Vec::new(),
        names,
        columns: Some(columns.to_vec()),
        ..base.clone()
    };
    let own = config(base.names);
    let Err(error) = FeatureSet::new(space, &own) else { return Ok(own) };
    // A table may have been featurized with the other names.
    let other = config(match base.names {
        Names::Readable => Names::ZcCombine,
        Names::ZcCombine => Names::Readable,
    });
    FeatureSet::new(space, &other).map(|_| other).map_err(|_| error)
}

/// Selects among the columns of the first set of a pool. After each score `progress` is told how many
/// there are at most.
///
/// # Errors
///
/// [`SelectError`] if there is nothing to choose from, or nothing to choose by: a score needs a
/// target, the first of the pool.
///
/// # Complexity
///
/// That of [`dependence`](fn@dependence) and, for c independent columns of which s are selected,
/// about c · s scores (forward) or c · (c − s) (backward), each of five forests. What is selected does
/// not depend on the number of threads.
pub fn select(
    pool: &Pool,
    options: &Select,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Selected, SelectError> {
    let all: Vec<usize> = (0..pool.rows()).collect();
    let [records, _] = pool.split(0, &all, &[]);
    let dependence = dependent(pool, records.view())?;
    let distinct = distinct(records.view(), &dependence);
    let candidates = &dependence.independent;
    if candidates.is_empty() {
        return Err(SelectError::Constant { columns: records.ncols(), rows: records.nrows() });
    }
    if options.method == Method::Independent {
        let columns = candidates.clone();
        return Ok(Selected { dependence, distinct, columns, worth: None });
    }
    let trial = Trial::new(pool, records.view(), options)?;
    let independent = trial.held_out(candidates)?;
    let most = options.most.unwrap_or(candidates.len()).min(candidates.len());
    let scores = scores(options.method, candidates.len() as u64, most as u64);
    let score = |columns: &[usize]| {
        // The same forests could be fitted on all candidates.
        let score = trial.score(columns).unwrap_or(f64::NAN);
        progress(scores);
        score
    };
    let columns = match options.method {
        Method::Backward => {
            let dropped = backward(candidates, 1, |columns| {
                let over = columns.len().saturating_sub(most);
                score(columns) - MORE_THAN_TAU * over as f64
            });
            without(candidates, &dropped)
        }
        _ => forward(candidates, most, score).iter().map(|step| step.column).collect(),
    };
    let worth = Worth {
        independent,
        selected: trial.held_out(&columns)?,
        networks: trial.networks.train.len(),
        held_out: trial.networks.test.len(),
    };
    Ok(Selected { dependence, distinct, columns, worth: Some(worth) })
}

fn dependent(pool: &Pool, records: ArrayView2<f64>) -> Result<Dependence, SelectError> {
    dependence(records).map_err(|error| {
        let crate::selection::dependence::DependenceError::NotFinite { row, column, value } = error;
        SelectError::NotFinite { column: pool.sets[0].columns[column].clone(), row, value }
    })
}

/// How many different columns there are. Constant ones may differ too.
fn distinct(records: ArrayView2<f64>, dependence: &Dependence) -> usize {
    let value = |&column: &usize| records.column(column).first().map(|value| value.to_bits());
    let constants: HashSet<_> = dependence.constant.iter().map(value).collect();
    constants.len() + dependence.dependent.len() + dependence.independent.len()
}

/// The most scores that a selection needs.
fn scores(method: Method, columns: u64, most: u64) -> u64 {
    let left = if method == Method::Forward { columns - most } else { 0 };
    (columns * (columns + 1) - left * (left + 1)) / 2
}

/// The candidates that were not dropped.
fn without(candidates: &[usize], dropped: &[SelectionStep]) -> Vec<usize> {
    let is_dropped = |column: &usize| dropped.iter().any(|step| step.column == *column);
    candidates.iter().copied().filter(|column| !is_dropped(column)).collect()
}

/// Networks on which columns are tried, and others on which those selected are measured.
struct Trial<'a> {
    /// All rows × columns.
    records: ArrayView2<'a, f64>,
    target: ArrayView1<'a, f64>,
    /// Different networks that are drawn for the trials, and all that are isomorphic to none of them.
    networks: Split,
    /// Parts of the drawn networks.
    folds: Vec<Split>,
    seed: u64,
}

impl<'a> Trial<'a> {
    /// Draws different networks, at most four of five, and makes folds of them.
    fn new(
        pool: &'a Pool,
        records: ArrayView2<'a, f64>,
        options: &Select,
    ) -> Result<Self, SelectError> {
        let (target, seed) = (pool.targets.column(0), options.seed);
        let classes = classes(pool.networks.iter().map(|known| known.function));
        let different = classes.iter().max().map_or(0, |last| last + 1);
        if different < LEAST_NETWORKS {
            return Err(SelectError::FewNetworks { networks: different });
        }
        let size = options.networks.min(different - different / 5);
        if size < 2 * FOLDS {
            return Err(SelectError::SmallFolds { networks: options.networks });
        }
        let plan = Plan::Sizes(vec![size]);
        let order = pool.order();
        let splits = |plan, classes, order| Splits {
            plan,
            classes,
            order,
            target: &[],
            test_size: None,
            seed,
        };
        let drawn = splits(&plan, &classes, &order);
        let networks = drawn.split(0, 0);
        let first = networks.train.first().map(|&row| target[row]);
        if networks.train.iter().all(|&row| Some(target[row]) == first) {
            return Err(SelectError::ConstantTarget);
        }
        // No two of them are the same.
        let classes: Vec<usize> = (0..size).collect();
        let plan = Plan::Folds(FOLDS);
        let parts = splits(&plan, &classes, &classes);
        let of_all = |part: Vec<usize>| part.into_iter().map(|row| networks.train[row]).collect();
        let folds = (0..FOLDS).map(|fold| {
            let Split { train, test } = parts.split(0, fold);
            Split { train: of_all(train), test: of_all(test) }
        });
        let folds = folds.collect();
        Ok(Trial { records, target, networks, folds, seed })
    }

    /// How well some columns rank networks, on which they are selected: the mean of the folds.
    fn score(&self, columns: &[usize]) -> Result<f64, FitError> {
        let mut sum = 0.0;
        for (fold, split) in (0..).zip(&self.folds) {
            let tau = self.tau(columns, split, self.seed.wrapping_add(fold))?;
            // Predictions that are all the same rank nothing.
            sum += if tau.is_nan() { 0.0 } else { tau };
        }
        Ok(sum / FOLDS as f64)
    }

    /// How well some columns rank networks that played no part in choosing them.
    fn held_out(&self, columns: &[usize]) -> Result<f64, FitError> {
        self.tau(columns, &self.networks, self.seed)
    }

    /// Kendall's tau, on the test rows, of a forest fitted to some columns of the train rows.
    fn tau(&self, columns: &[usize], split: &Split, seed: u64) -> Result<f64, FitError> {
        let of = |rows: &[usize]| {
            let shape = (rows.len(), columns.len());
            Array2::from_shape_fn(shape, |(row, column)| self.records[[rows[row], columns[column]]])
        };
        let target = |rows: &[usize]| self.target.select(Axis(0), rows);
        let dataset = Dataset::new(of(&split.train), target(&split.train));
        let params: ForestParams = Forest::params().trees(TREES);
        let forest: Forest<f64, Ix1> = params.seed(seed).fit(&dataset)?;
        let predicted = forest.mean(of(&split.test).view()).into_raw_vec_and_offset().0;
        Ok(kendall_tau(&target(&split.test).to_vec(), &predicted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::by_name;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().copied().map(str::to_owned).collect()
    }

    #[test]
    fn a_configuration_has_the_families_that_it_needs() {
        let space = by_name("nasbench201").unwrap();
        let columns = names(&["node_degree(none).mean", "op_count(none)", "analytic_params"]);
        let config = config_of(space, &FeatureConfig::default(), &columns).unwrap();
        assert_eq!(config.families, Some(names(&["node_degree", "op_count", "params"])));
        assert_eq!(FeatureSet::new(space, &config).unwrap().names(), columns);
    }

    #[test]
    fn names_of_the_other_kind_are_found() {
        let space = by_name("nasbench201").unwrap();
        let columns = names(&["op_count_1", "min_path_len_banned_(1)"]);
        let config = config_of(space, &FeatureConfig::default(), &columns).unwrap();
        assert_eq!(config.names, Names::ZcCombine);
        let mixed = names(&["op_count_1", "op_count(none)"]);
        assert!(config_of(space, &FeatureConfig::default(), &mixed).is_err());
    }

    #[test]
    fn only_what_is_computed_can_be_selected() {
        let check = |groups: &str, families: &str| {
            let uses: Vec<Use> = groups.split(',').map(|group| group.parse().unwrap()).collect();
            let families = Some(names(&[families]));
            check_groups(&uses, &FeatureConfig { families, ..FeatureConfig::default() })
        };
        assert!(check("graf,one-hot,params", "op_count").is_ok());
        assert!(matches!(check("graf,proxies", "op_count"), Err(SelectError::NotComputed { .. })));
        assert!(matches!(check("column:x", "op_count"), Err(SelectError::NotComputed { .. })));
        assert!(matches!(check("graf,wl", "op_count"), Err(SelectError::Learned { .. })));
        assert!(matches!(check("graf", "wl"), Err(SelectError::Learned { .. })));
    }

    #[test]
    fn the_most_scores() {
        assert_eq!(scores(Method::Forward, 4, 4), 4 + 3 + 2 + 1);
        assert_eq!(scores(Method::Forward, 4, 2), 4 + 3);
        assert_eq!(scores(Method::Backward, 4, 2), 1 + 4 + 3 + 2);
    }
}
