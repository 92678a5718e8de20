//! Tables in, a pool out: all networks of an experiment, with several sets of predictors.

use std::collections::HashMap;

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::columns::ColumnChoice;
use super::computed::Computed;
use super::gather::Gathered;
use super::impute::{fill_all, medians, missing};
use super::known::Known;
use super::planned::{features_for, features_with};
use super::prior::{at_fault, check};
use super::request::{Identify, Request};
use super::training::check_targets;
use super::uses::Use;
use super::views::views_of;
use super::{Error, RowCounts};
use crate::control::Control;
use crate::features::{FeatureConfig, Labels};
use crate::metrics::{Direction, Objective};
use crate::model::{Card, Model};
use crate::predictor::resample::order;
use crate::predictor::{COPY, Footprint, View, beside};
use crate::space::{Architecture, SearchSpace};
use crate::table::Input;

/// A set of features: groups of columns, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseSet {
    /// The name, if it is not that of its groups.
    pub name: Option<String>,
    /// The groups.
    pub groups: Vec<Use>,
}

impl std::fmt::Display for UseSet {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        if let Some(name) = &self.name {
            return out.write_str(name);
        }
        let groups: Vec<_> = self.groups.iter().map(ToString::to_string).collect();
        out.write_str(&groups.join(","))
    }
}

/// What a pool is to hold.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// How tables are read.
    pub request: Request,
    /// The sets of features.
    pub sets: Vec<UseSet>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// The targets; there may be none.
    pub targets: Vec<String>,
}

impl PoolOptions {
    /// The groups of all sets.
    fn groups(&self) -> Vec<Use> {
        self.sets.iter().flat_map(|set| &set.groups).cloned().collect()
    }

    /// The choice of some groups, of the features of a configuration.
    fn choice<'a>(
        &'a self,
        uses: &'a [Use],
        config: &'a FeatureConfig,
        prior: Option<&'a Card>,
    ) -> ColumnChoice<'a> {
        let columns = config.columns.as_deref().unwrap_or_default();
        ColumnChoice::Groups { uses, proxies: &self.proxies, columns, prior }
    }
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
    /// The views that its columns are, if it has several.
    pub views: Vec<View>,
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
        let all = options.groups();
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
        let mut meant: Vec<(Vec<String>, bool)> = Vec::new();
        let config = &request.features;
        let every = options.choice(&all, config, of_prior);
        let gathered = Gathered::read(inputs, &request, &every, &options.targets, &mut |open| {
            let sets = options
                .sets
                .iter()
                .map(|set| open.meant_by(&options.choice(&set.groups, config, None)));
            meant = sets.collect::<Result<_, _>>()?;
            Ok(())
        });
        let chosen = &options.request.features;
        let gathered = gathered.map_err(|error| at_fault(error, of_prior, &all, chosen))?;
        Pool::of(gathered, options, meant, prior)
    }

    /// Networks in memory, with their targets (networks × targets) in the order of the options.
    ///
    /// # Errors
    ///
    /// [`Error`] if a group of columns is not computed from networks, a network is of another space, or a target is
    /// not finite.
    pub fn of_networks(
        space: &'static dyn SearchSpace,
        networks: &[Architecture],
        targets: Array2<f64>,
        options: &PoolOptions,
        control: &Control,
    ) -> Result<Self, Error> {
        Pool::of_networks_with(space, networks, targets, (options, None), control)
    }

    /// The same, with what a prior predicts for each network.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::of_networks`], and [`Error`] if a column of the prior is not computed from networks.
    pub fn of_networks_with(
        space: &'static dyn SearchSpace,
        networks: &[Architecture],
        targets: Array2<f64>,
        (options, prior): (&PoolOptions, Option<&Model>),
        control: &Control,
    ) -> Result<Self, Error> {
        let all = options.groups();
        let of_prior = prior.map(|prior| &prior.header);
        if let Some(prior) = of_prior {
            check(prior, &options.targets, options.request.networks.prune)?;
        }
        let config = features_with(of_prior, features_for(&all, &options.request.features))?;
        let computed = |groups: &[Use], prior| {
            Computed::new(space, &config, &options.choice(groups, &config, prior))
        };
        let every = computed(&all, of_prior)?;
        let sets = options.sets.iter().map(|set| computed(&set.groups, None));
        let meant = sets.map(|set| set.map(|set| (set.columns(), set.is_learned())));
        let gathered = Gathered {
            columns: every.columns(),
            records: every.records_under(networks, &control.silent())?,
            labels: every.labels(networks)?,
            networks: every.known(networks)?,
            targets,
            space: Some(space),
            ..Gathered::default()
        };
        Pool::of(gathered, options, meant.collect::<Result<_, Error>>()?, prior)
    }

    /// A pool of what was read; of each set its columns, and whether some are learned.
    fn of(
        mut gathered: Gathered,
        options: &PoolOptions,
        meant: Vec<(Vec<String>, bool)>,
        prior: Option<&Model>,
    ) -> Result<Self, Error> {
        check_targets(gathered.targets.view(), &options.targets)?;
        gathered.aside.filled = missing(gathered.records.view());
        let places: HashMap<&String, usize> = gathered.columns.iter().zip(0..).collect();
        let sets = options.sets.iter().zip(meant).map(|(set, (columns, is_learned))| {
            let chosen = columns.iter().filter_map(|name| places.get(name).copied());
            let records = gathered.records.select(Axis(1), &chosen.collect::<Vec<_>>());
            // Columns that are learned are of no view.
            let views = if is_learned { Vec::new() } else { views_of(&set.groups, &columns) };
            ColumnSet { name: set.to_string(), columns, views, records, is_learned }
        });
        let sets = sets.collect();
        let prior = prior.map(|prior| {
            let columns = prior.header.columns.clone();
            let chosen = columns.iter().filter_map(|name| places.get(name).copied());
            let records = gathered.records.select(Axis(1), &chosen.collect::<Vec<_>>());
            let own = prior.header.medians.clone().map(Array1::from);
            let mut filled = records.clone();
            fill_all(&mut filled, &own.unwrap_or_else(|| medians(records.view())));
            let predicted = prior.predictor.mean(filled.view())?.index_axis_move(Axis(1), 0);
            let direction = prior.header.objectives().first().and_then(Objective::direction);
            Ok::<_, Error>(OfPrior { columns, records, predicted, direction })
        });
        let prior = prior.transpose()?;
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
