//! Tables in, a pool out: all networks of an experiment, with several sets of predictors.

use std::collections::HashMap;

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::columns::{ColumnChoice, Use, features_for, features_with};
use super::gather::Gathered;
use super::impute::{fill_all, medians, missing};
use super::known::Known;
use super::prior::{at_fault, check};
use super::request::{Identify, Request};
use super::training::check_targets;
use super::{Error, RowCounts};
use crate::features::Labels;
use crate::metrics::{Direction, Objective};
use crate::model::Model;
use crate::predictor::resample::order;
use crate::predictor::{COPY, Footprint, beside};
use crate::space::SearchSpace;
use crate::table::Input;

/// What a pool is to hold.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// How tables are read.
    pub request: Request,
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
    pub sets: Vec<ColumnSet>,
    /// The targets: rows × targets.
    pub targets: Array2<f64>,
    /// What a prior says of the rows.
    pub prior: Option<OfPrior>,
    /// Rows that are not among these, or lack columns of a joined table.
    pub aside: RowCounts,
    /// The labels of each row, if a set learns columns from them.
    labels: Labels,
}

/// What a prior says of the rows of a pool.
#[derive(Debug)]
pub struct OfPrior {
    /// The names of its columns.
    columns: Vec<String>,
    /// rows × columns; NaN where a value is missing.
    records: Array2<f64>,
    /// Its prediction for each row.
    pub predicted: Array1<f64>,
    /// Which of its predictions are better; `None` if that is open.
    pub direction: Option<Direction>,
}

impl OfPrior {
    /// The records of a train and a test set with the columns of the prior that are not among theirs, and
    /// last its prediction.
    pub fn beside(
        &self,
        parts: [Array2<f64>; 2],
        columns: &[String],
        train: &[usize],
        test: &[usize],
    ) -> [Array2<f64>; 2] {
        let is_other = |&place: &usize| !columns.contains(&self.columns[place]);
        let others: Vec<usize> = (0..self.columns.len()).filter(is_other).collect();
        let rows = [train, test];
        let mut added =
            rows.map(|rows| self.records.select(Axis(0), rows).select(Axis(1), &others));
        fill_missing(&mut added);
        for (added, rows) in added.iter_mut().zip(rows) {
            let predicted = self.predicted.select(Axis(0), rows).insert_axis(Axis(1));
            *added = beside(added.view(), predicted.view());
        }
        let [train, test] = parts;
        let [of_train, of_test] = added;
        [beside(train.view(), of_train.view()), beside(test.view(), of_test.view())]
    }
}

/// A set of predictors of the rows of a pool.
#[derive(Debug)]
pub struct ColumnSet {
    /// The groups that it is made of, as they are written after `--use`.
    pub name: String,
    /// The names of its columns, but for those that are learned.
    pub columns: Vec<String>,
    /// rows × columns; NaN where a value is missing.
    records: Array2<f64>,
    /// Whether more columns are learned from each train set.
    pub is_learned: bool,
}

impl ColumnSet {
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
        Pool::read_with(inputs, options, None)
    }

    /// The same, with what a prior predicts for each row.
    ///
    /// # Errors
    ///
    /// [`Error`] if a table cannot be read, a column is not there, or no row is left.
    pub fn read_with(
        inputs: &[Input],
        options: &PoolOptions,
        prior: Option<&Model>,
    ) -> Result<Self, Error> {
        let all = options.sets.concat();
        let of_prior = prior.map(|prior| &prior.header);
        if let Some(prior) = of_prior {
            check(prior, &options.targets, options.request.networks.prune)?;
        }
        let request = Request {
            features: features_with(of_prior, features_for(&all, &options.request.features))?,
            identify: Identify::Always,
            // Each set has a copy of its columns.
            footprint: options.request.footprint
                + Footprint::numbers(options.sets.len() as f64 * COPY),
            ..options.request.clone()
        };
        let groups = |uses, prior| ColumnChoice::Groups {
            uses,
            prior,
            proxies: &options.proxies,
            columns: request.features.columns.as_deref().unwrap_or_default(),
        };
        let mut meant: Vec<(Vec<String>, bool)> = Vec::new();
        let all = groups(&all, of_prior);
        let gathered = Gathered::read(inputs, &request, &all, &options.targets, &mut |open| {
            let sets = options.sets.iter().map(|uses| open.meant_by(&groups(uses, None)));
            meant = sets.collect::<Result<_, _>>()?;
            Ok(())
        });
        let own = options.sets.concat();
        let chosen = &options.request.features;
        let mut gathered = gathered.map_err(|error| at_fault(error, of_prior, &own, chosen))?;
        check_targets(gathered.targets.view(), &options.targets)?;
        gathered.aside.filled = missing(gathered.records.view());
        let places: HashMap<&String, usize> = gathered.columns.iter().zip(0..).collect();
        let sets = options.sets.iter().zip(meant).map(|(uses, (columns, is_learned))| {
            let chosen = columns.iter().filter_map(|name| places.get(name).copied());
            let records = gathered.records.select(Axis(1), &chosen.collect::<Vec<_>>());
            let name: Vec<_> = uses.iter().map(ToString::to_string).collect();
            ColumnSet { name: name.join(","), columns, records, is_learned }
        });
        let sets = sets.collect();
        let prior = prior.map(|prior| {
            let columns = prior.header.columns.clone();
            let chosen = columns.iter().filter_map(|name| places.get(name).copied());
            let records = gathered.records.select(Axis(1), &chosen.collect::<Vec<_>>());
            let own = prior.header.medians.clone().map(Array1::from);
            let mut filled = records.clone();
            fill_all(&mut filled, &own.unwrap_or_else(|| medians(records.view())));
            let predicted = prior.predictor.mean(filled.view()).index_axis_move(Axis(1), 0);
            let direction = prior.header.objectives().first().and_then(Objective::direction);
            OfPrior { columns, records, predicted, direction }
        });
        // One table with networks and one without would mix up whose network is whose.
        let is_told = gathered.networks.len() == gathered.targets.nrows();
        Ok(Pool {
            space: gathered.space,
            networks: if is_told { gathered.networks } else { Vec::new() },
            sets,
            targets: gathered.targets,
            prior,
            aside: gathered.aside,
            labels: gathered.labels,
        })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.targets.nrows()
    }

    /// All rows, sorted by what they hold: by their networks, or by the records of the first set if the tables have
    /// no networks; then by the targets. So it does not depend on the order of the tables.
    ///
    /// O(rows log rows) comparisons.
    pub fn order(&self) -> Vec<usize> {
        let targets = self.targets.view();
        if self.networks.is_empty() {
            return self
                .sets
                .first()
                .map_or_else(|| order(targets, targets), |set| order(set.records(), targets));
        }
        let mut rows = order(targets, targets);
        let key = |row: usize| {
            let Known { function, identity, encoding } = &self.networks[row];
            (function, identity, encoding)
        };
        rows.sort_by(|&one, &other| key(one).cmp(&key(other)));
        rows
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
        fill_missing(&mut parts);
        parts
    }
}

/// Puts the medians of a train set in the place of what is missing in it and in a test set.
fn fill_missing(parts: &mut [Array2<f64>; 2]) {
    if parts.iter().any(|part| part.iter().any(|value| value.is_nan())) {
        let medians = medians(parts[0].view());
        for part in parts {
            fill_all(part, &medians);
        }
    }
}
