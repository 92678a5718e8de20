//! Tables as numbers to learn from.

use std::collections::HashSet;

use ndarray::{Array2, Axis};
use serde_json::Value;

use super::columns::ColumnChoice;
use super::computed::Computed;
use super::gather::Gathered;
use super::impute::{fill_all, medians, missing};
use super::kinds::Kinds;
use super::planned::{features_for, features_of, features_with};
use super::prior::at_fault;
use super::records::Records;
use super::request::{Identify, Request};
use super::uses::Use;
use super::{Error, zc_columns};
use crate::control::Control;
use crate::features::{FeatureConfig, Labels};
use crate::model::{Card, ModelError, TrainingNetworks};
use crate::predictor::beside;
use crate::space::{Architecture, SearchSpace};
use crate::table::Input;

/// What predicts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice<'a> {
    /// The groups of columns.
    pub uses: &'a [Use],
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: &'a [String],
    /// The model whose columns come besides.
    pub prior: Option<&'a Card>,
}

/// Tables as numbers to learn from.
#[derive(Debug)]
pub(crate) struct TrainingSet {
    /// The numbers.
    pub gathered: Gathered,
    /// How many of the first columns are not the prior's.
    pub own: usize,
    /// Networks that are isomorphic to one before them.
    pub isomorphic: u64,
}

impl TrainingSet {
    /// Reads tables. `first` is shown the first of them when it is open.
    ///
    /// # Errors
    ///
    /// As those of [`Gathered::read`].
    pub fn read(
        inputs: &[Input],
        request: &Request,
        choice: Choice,
        targets: &[String],
        first: &mut dyn FnMut(&Records) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let Choice { uses, proxies, prior } = choice;
        let mut own = 0;
        let columns = request.features.columns.as_deref().unwrap_or_default();
        let groups = |prior| ColumnChoice::Groups { uses, proxies, columns, prior };
        let chosen = &request.features;
        let request = Request {
            features: features_with(prior, features_for(uses, &request.features))?,
            identify: Identify::IfTold,
            ..request.clone()
        };
        let gathered = Gathered::read(inputs, &request, &groups(prior), targets, &mut |open| {
            own = open.meant_by(&groups(None))?.0.len();
            first(open)
        });
        let gathered = gathered.map_err(|error| at_fault(error, prior, uses, chosen))?;
        Ok(TrainingSet::new(gathered, own))
    }

    /// Networks in memory, with their targets (rows × targets). `request` says which features are computed.
    ///
    /// # Errors
    ///
    /// [`Error`] if a group of columns is not computed from networks, or a network is of another space.
    pub fn of_networks(
        space: &'static dyn SearchSpace,
        networks: &[Architecture],
        targets: Array2<f64>,
        request: &Request,
        choice: Choice,
        control: &Control,
    ) -> Result<Self, Error> {
        let Choice { uses, proxies, prior } = choice;
        let columns = request.features.columns.as_deref().unwrap_or_default();
        let groups = |prior| ColumnChoice::Groups { uses, proxies, columns, prior };
        let config = features_with(prior, features_for(uses, &request.features))?;
        let own = Computed::new(space, &config, &groups(None))?.columns().len();
        let computed = Computed::new(space, &config, &groups(prior))?;
        let gathered = Gathered {
            columns: computed.columns(),
            records: computed.records_under(networks, &control.silent())?,
            labels: computed.labels(networks)?,
            networks: computed.known(networks)?,
            kinds: computed.kinds(networks),
            targets,
            space: Some(space),
            ..Gathered::default()
        };
        Ok(TrainingSet::new(gathered, own))
    }

    /// Numbers with the names of their columns, and their targets (rows × targets); nothing is known of networks.
    pub fn of_numbers(columns: Vec<String>, records: Array2<f64>, targets: Array2<f64>) -> Self {
        let own = columns.len();
        TrainingSet::new(Gathered { columns, records, targets, ..Gathered::default() }, own)
    }

    /// With the columns that are learned; the first `own` of those that are not are no prior's.
    fn new(mut gathered: Gathered, own: usize) -> Self {
        let different: HashSet<_> = gathered.networks.iter().map(|known| known.identity).collect();
        let isomorphic = (gathered.networks.len() - different.len()) as u64;
        let Gathered { columns, records, labels, .. } = &mut gathered;
        let of_prior = columns.len() - own;
        learn(labels, columns, records, of_prior);
        let own = columns.len() - of_prior;
        TrainingSet { gathered, own, isomorphic }
    }

    /// Puts the median of each column in the place of what is missing.
    ///
    /// # Returns
    ///
    /// The medians.
    pub fn fill_missing(&mut self) -> Vec<f64> {
        self.gathered.aside.filled = missing(self.gathered.records.view());
        let medians = medians(self.gathered.records.view());
        fill_all(&mut self.gathered.records, &medians);
        medians.to_vec()
    }

    /// Some of its rows.
    pub fn part(&self, rows: &[usize]) -> Self {
        TrainingSet { gathered: self.gathered.part(rows), own: self.own, isomorphic: 0 }
    }

    /// The space, where it is known.
    pub fn space(&self) -> Option<&'static dyn SearchSpace> {
        self.gathered.space.or(self.gathered.zc_combine)
    }

    /// The kinds of operations of all networks, if all were read.
    pub fn kinds(&self) -> Option<Kinds> {
        let Gathered { kinds, targets, .. } = &self.gathered;
        (kinds.len() == targets.nrows()).then(|| kinds.iter().copied().collect())
    }

    /// The networks of its rows as a model keeps them; none if they were not all read.
    pub fn networks(&self) -> TrainingNetworks {
        let Gathered { networks, targets, .. } = &self.gathered;
        let all = networks.len() == targets.nrows();
        networks.iter().filter(|_| all).map(|known| known.function.short()).collect()
    }

    /// How the columns that come of the groups are computed, as a model keeps it.
    ///
    /// # Errors
    ///
    /// [`Error::Prior`] if the prior has its features under other names, or sets of other sizes.
    pub fn features(&self, request: &Request, choice: Choice) -> Result<FeatureConfig, Error> {
        let features = features_of(choice.uses, &request.features, &self.gathered.columns);
        let features = features_with(choice.prior, features)?;
        let features = match self.gathered.zc_combine {
            Some(_) => zc_columns::renamed(&features),
            None => features,
        };
        // The columns of the model tell which ones were learned.
        Ok(FeatureConfig { learned: Vec::new(), ..features })
    }

    /// The description of the space, if a file describes it, as a model keeps it.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if it cannot be written.
    pub fn description(&self) -> Result<Option<Value>, Error> {
        let described = self.gathered.space.and_then(SearchSpace::described);
        let value = described.map(|described| serde_json::to_value(described.description()));
        value.transpose().map_err(unwritable)
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::Model { name: "the model".to_owned(), error: ModelError::Header(error) }
}

/// Adds the columns that are learned from the labels of the rows, after the others but for the last ones,
/// which are a prior's.
fn learn(labels: &Labels, columns: &mut Vec<String>, records: &mut Array2<f64>, of_prior: usize) {
    let rows = 0..records.nrows();
    let mut learned = labels.columns(rows.clone());
    learned.retain(|name| !columns.contains(name));
    if !learned.is_empty() {
        *records = beside(records.view(), labels.counts(rows, &learned).view());
        let own = columns.len() - of_prior;
        columns.append(&mut learned);
        columns[own..].rotate_left(of_prior);
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order[own..].rotate_left(of_prior);
        *records = records.select(Axis(1), &order);
    }
}
