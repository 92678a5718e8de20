//! The networks that a search chooses from, each isomorphism class once, as numbers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ndarray::{Array2, Axis, Slice};

use super::SearchError;
use crate::dataset::impute::{fill_all, medians};
use crate::dataset::{Known, Pool};
use crate::graph::Identity;
use crate::model::Model;
use crate::predictor::View;
use crate::space::{Architecture, SearchSpace};
use crate::suggest::Points;

/// The networks that a search chooses from.
#[derive(Debug)]
pub struct Candidates {
    space: &'static dyn SearchSpace,
    /// Which networks they are.
    pub networks: Vec<Known>,
    /// The row of each in what they were made from.
    pub sources: Vec<usize>,
    rows: HashMap<Identity, usize>,
    /// rows × columns, with a prior also its other columns and last its prediction; all finite.
    pub(super) records: Array2<f64>,
    /// The views that the columns are, if they are asked for.
    pub(super) views: Vec<View>,
    /// How many of the first columns are not the prior's.
    pub(super) own: usize,
    /// What the prior predicts, as numbers of which greater are better.
    pub(super) favoured: Option<Vec<f64>>,
    /// Rows that are never chosen, only learned from.
    pub(super) closed: Vec<usize>,
    points: OnceLock<Arc<Points>>,
    neighbours: Mutex<HashMap<usize, Arc<[usize]>>>,
}

impl Candidates {
    /// The networks of the first set of a pool. Of isomorphic ones the first stands for all.
    ///
    /// # Errors
    ///
    /// [`SearchError::NoNetworks`] if the pool has none, [`SearchError::PriorDirection`] if it is open which predictions of
    /// the prior are better.
    pub fn of(pool: &Pool, prior: Option<&Model>, name: &str) -> Result<Self, SearchError> {
        let no_networks = || SearchError::NoNetworks { input: name.to_owned() };
        let space = pool.space.ok_or_else(no_networks)?;
        if pool.networks.len() != pool.rows() {
            return Err(no_networks());
        }
        let mut rows = HashMap::new();
        let (mut networks, mut sources) = (Vec::new(), Vec::new());
        for (source, network) in pool.networks.iter().enumerate() {
            rows.entry(network.identity).or_insert_with(|| {
                networks.push(network.clone());
                sources.push(source);
                networks.len() - 1
            });
        }
        let [mut records, _] = pool.split(0, &sources, &[]);
        let own = records.ncols();
        let mut favoured = None;
        if let (Some(of_prior), Some(prior)) = (&pool.prior, prior) {
            let target = || prior.header.targets.first().cloned().unwrap_or_default();
            let direction = of_prior.direction;
            let direction =
                direction.ok_or_else(|| SearchError::PriorDirection { target: target() })?;
            let columns = &pool.sets[0].columns;
            let empty = Array2::zeros((0, own));
            [records, _] = of_prior.beside([records, empty], columns, &sources, &[]);
            let predicted = records.index_axis(Axis(1), records.ncols() - 1);
            favoured = Some(direction.worths(&predicted.to_vec()));
        }
        if records.iter().any(|value| value.is_nan()) {
            let medians = medians(records.view());
            fill_all(&mut records, &medians);
        }
        Ok(Candidates {
            space,
            networks,
            sources,
            rows,
            records,
            views: pool.sets[0].views.clone(),
            own,
            favoured,
            closed: Vec::new(),
            points: OnceLock::new(),
            neighbours: Mutex::default(),
        })
    }

    /// The same, of which these rows are never chosen, only learned from.
    #[must_use]
    pub fn closing(self, closed: Vec<usize>) -> Self {
        Candidates { closed, ..self }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.networks.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether a prior predicts them.
    pub fn has_prior(&self) -> bool {
        self.favoured.is_some()
    }

    /// The row of a network, or of one that is isomorphic to it.
    pub fn row(&self, identity: Identity) -> Option<usize> {
        self.rows.get(&identity).copied()
    }

    /// The network of a row.
    ///
    /// # Errors
    ///
    /// Never: its encoding was written by its space.
    pub fn network(&self, row: usize) -> Result<Architecture, SearchError> {
        Ok(self.space.read(&self.networks[row].encoding)?)
    }

    /// The candidates as points, computed once.
    pub(super) fn points(&self) -> Arc<Points> {
        if let Some(points) = self.points.get() {
            return Arc::clone(points);
        }
        // Made outside of the lock: it works in parallel, and a thread that waits for its parts may take up another search, which
        // would wait for this lock.
        let own = self.records.slice_axis(Axis(1), Slice::from(..self.own));
        let points = Arc::new(Points::new(own));
        Arc::clone(self.points.get_or_init(|| points))
    }

    /// The candidates that differ from a row in one operation or edge, ascending; found once for each row.
    ///
    /// # Errors
    ///
    /// As those of [`SearchSpace::neighbours`].
    pub(super) fn neighbours(&self, row: usize) -> Result<Arc<[usize]>, SearchError> {
        let known = || self.neighbours.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&row) {
            return Ok(Arc::clone(found));
        }
        let others = self.space.neighbours(&self.network(row)?)?.into_iter();
        let others = others.filter_map(|(_, other)| self.row(self.space.identity(&other)));
        let others: HashSet<usize> = others.filter(|&other| other != row).collect();
        let mut others: Vec<usize> = others.into_iter().collect();
        others.sort_unstable();
        let others: Arc<[usize]> = others.into();
        known().insert(row, Arc::clone(&others));
        Ok(others)
    }
}
