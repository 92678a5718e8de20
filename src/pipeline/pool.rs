//! Tables in, a pool out: all networks of an experiment, with several sets of predictors.

use std::collections::HashMap;
use std::ops::ControlFlow;

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::Error;
use super::fit::{medians, twice};
use super::predictors::{Predictors, Use, features_for};
use super::records::{Aside, Identify, Known, Records, Wanted};
use crate::features::Labels;
use crate::space::SearchSpace;
use crate::table::Input;

/// What a pool is to hold.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// How tables are read.
    pub wanted: Wanted,
    /// The sets of predictors, each as groups of columns.
    pub sets: Vec<Vec<Use>>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// The targets; there may be none.
    pub targets: Vec<String>,
}

/// Networks with their targets and with several sets of predictors.
#[derive(Debug)]
pub struct Pool {
    /// The space, where it had to be known.
    pub space: Option<&'static dyn SearchSpace>,
    /// For each row which network it is; empty if the tables have no networks.
    pub networks: Vec<Known>,
    /// The sets of predictors.
    pub sets: Vec<PredictorSet>,
    /// The targets: rows × targets.
    pub targets: Array2<f64>,
    /// Rows that are not among these, or lack columns of a joined table.
    pub aside: Aside,
    /// Networks that stand more than once in a joined table.
    pub doubled: u64,
    /// The labels of each row, if a set learns columns from them.
    labels: Labels,
}

/// A set of predictors of the rows of a pool.
#[derive(Debug)]
pub struct PredictorSet {
    /// The groups that it is made of, as they are written after `--use`.
    pub name: String,
    /// The names of its columns, but for those that are learned.
    pub columns: Vec<String>,
    /// rows × columns; NaN where a value is missing.
    records: Array2<f64>,
    is_learned: bool,
}

impl PredictorSet {
    /// Its columns but for those that are learned, rows × columns; NaN where a value is missing.
    pub fn records(&self) -> ArrayView2<'_, f64> {
        self.records.view()
    }
}

impl Pool {
    /// Reads the tables of a pool.
    ///
    /// # Errors
    ///
    /// [`Error`] if a table cannot be read, a column is not there, or no row is left.
    pub fn read(inputs: &[Input], options: &PoolOptions) -> Result<Self, Error> {
        if let Some(name) = twice(&options.targets) {
            return Err(Error::Taken { name, fix: "name it once with --target" });
        }
        let all = options.sets.concat();
        let wanted = Wanted {
            features: features_for(&all, &options.wanted.features),
            identify: Identify::Always,
            ..options.wanted.clone()
        };
        let files: Vec<_> = inputs.iter().map(|input| (input.path(), "an input")).collect();
        let mut rejects = wanted.networks.open_rejects(&files)?;
        let mut pool = Pool {
            space: None,
            networks: Vec::new(),
            sets: Vec::new(),
            targets: Array2::zeros((0, options.targets.len())),
            aside: Aside::default(),
            doubled: 0,
            labels: Labels::default(),
        };
        let (mut records, mut targets, mut rows) = (Vec::new(), Vec::new(), 0);
        let mut columns: Option<Vec<String>> = None;
        let mut meant: Vec<(Vec<String>, bool)> = Vec::new();
        let groups = |uses| Predictors::Groups {
            uses,
            proxies: &options.proxies,
            columns: wanted.features.columns.as_deref().unwrap_or_default(),
        };
        for input in inputs {
            let names = &options.targets;
            let all = groups(&all);
            Records::read(input, &wanted, &all, names, &mut rejects, &mut |open, numbers| {
                let own = open.predictors();
                if columns.is_none() {
                    let sets = options.sets.iter();
                    let found = sets.map(|uses| open.meant_by(&groups(uses)));
                    meant = found.collect::<Result<_, _>>()?;
                }
                let expected = columns.get_or_insert_with(|| own.clone());
                if *expected != own {
                    let (found, expected) = (own.len(), expected.len());
                    return Err(Error::OtherColumns { input: input.to_string(), found, expected });
                }
                pool.space = pool.space.or(open.space());
                pool.doubled = open.doubled();
                rows += numbers.rows.len();
                records.extend(numbers.records);
                targets.extend(numbers.targets);
                pool.networks.extend(numbers.networks);
                numbers.labels.into_iter().for_each(|row| pool.labels.push(row));
                pool.aside += numbers.aside;
                Ok(ControlFlow::Continue(()))
            })?;
        }
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        let columns = columns.unwrap_or_default();
        let no_rows = || {
            let inputs: Vec<_> = inputs.iter().map(ToString::to_string).collect();
            Error::NoRows { input: inputs.join(", "), aside: pool.aside }
        };
        if rows == 0 {
            return Err(no_rows());
        }
        let shaped = |numbers, width| Array2::from_shape_vec((rows, width), numbers);
        let records = shaped(records, columns.len()).map_err(|_| no_rows())?;
        pool.targets = shaped(targets, options.targets.len()).map_err(|_| no_rows())?;
        let places: HashMap<&String, usize> = columns.iter().zip(0..).collect();
        for (uses, (names, is_learned)) in options.sets.iter().zip(meant) {
            let chosen: Vec<_> =
                names.iter().filter_map(|name| places.get(name).copied()).collect();
            let name: Vec<_> = uses.iter().map(ToString::to_string).collect();
            pool.sets.push(PredictorSet {
                name: name.join(","),
                columns: names,
                records: records.select(Axis(1), &chosen),
                is_learned,
            });
        }
        // One table with networks and one without would mix up whose network is whose.
        if pool.networks.len() != rows {
            pool.networks.clear();
        }
        Ok(pool)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.targets.nrows()
    }

    /// The records of a train and a test set. Columns are learned from the train set, and its
    /// medians take the place of what is missing.
    pub fn split(&self, set: usize, train: &[usize], test: &[usize]) -> [Array2<f64>; 2] {
        let set = &self.sets[set];
        let mut parts = [train, test].map(|rows| set.records.select(Axis(0), rows));
        if set.is_learned {
            let learned = self.labels.columns(train.iter().copied());
            for (part, rows) in parts.iter_mut().zip([train, test]) {
                let counts = self.labels.counts(rows.iter().copied(), &learned);
                *part = beside(part.view(), counts.view());
            }
        }
        if parts.iter().any(|part| part.iter().any(|value| value.is_nan())) {
            let medians = medians(parts[0].view());
            for part in &mut parts {
                for mut row in part.rows_mut() {
                    row.zip_mut_with(&medians, |value, median| {
                        *value = if value.is_nan() { *median } else { *value };
                    });
                }
            }
        }
        parts
    }
}

/// Two tables of the same rows, side by side.
fn beside<'a>(left: ArrayView2<'a, f64>, right: ArrayView2<'a, f64>) -> Array2<f64> {
    // The rows are the same, so they fit.
    concatenate(Axis(1), &[left, right]).unwrap_or_else(|_| left.to_owned())
}
