//! The candidates of a study: the networks of its table or of its space.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::settings::Settings;
use crate::control::Control;
use crate::dataset::{self, Condition, Missing, Networks, Pool, PoolOptions, Request, Use, UseSet};
use crate::graph::Identity;
use crate::model::Model;
use crate::search::{Candidates, SearchError, Start};
use crate::space::{Architecture, EncodingError, SearchSpace};
use crate::table::Input;

/// A space with more networks is not ranked whole.
const MOST: usize = 200_000;

/// So many of its networks are drawn in each step.
const FRESH: usize = 10_000;

/// The neighbours of so many of the best networks are candidates then.
const PARENTS: usize = 8;

/// So many trainings have the same draw.
const STEP: usize = 8;

/// Where candidates come from.
#[derive(Debug)]
pub struct CandidateSource {
    space: &'static dyn SearchSpace,
    uses: Vec<Use>,
    condition: Option<Condition>,
    prior: Option<Model>,
    pool: Option<Input>,
    seed: u64,
    start: usize,
    /// The networks of a space that can be listed.
    listed: OnceLock<Option<Vec<Architecture>>>,
    /// The last candidates, and what they depend on.
    last: Mutex<Option<(usize, Arc<Drawn>)>>,
}

/// The candidates of a step, and the networks among them that are trained first.
#[derive(Debug)]
pub struct Drawn {
    /// The candidates.
    pub candidates: Candidates,
    /// Those that are trained first.
    pub first: Start,
}

/// A trained network, its worth first; they are in the order of time.
pub type TrainedNetwork = (f64, Identity, String);

impl CandidateSource {
    /// That of a study in a folder.
    ///
    /// # Errors
    ///
    /// What is wrong with its settings, in words.
    pub fn new(folder: &Path, settings: &Settings, prior: Option<Model>) -> Result<Self, String> {
        let condition = settings.condition.as_ref().map(|text| text.parse()).transpose();
        let pool = settings.pool.as_ref().map(|name| Input::File(folder.join(name)));
        Ok(CandidateSource {
            space: settings.search_space()?,
            uses: settings.uses()?,
            condition: condition.map_err(|error| format!("the condition: {error}"))?,
            prior,
            pool,
            seed: settings.seed,
            start: settings.start,
            listed: OnceLock::new(),
            last: Mutex::default(),
        })
    }

    /// The candidates after some trainings, those that are trained among them.
    ///
    /// # Errors
    ///
    /// [`SearchError`] if the table cannot be read, a feature cannot be computed, or a column of the condition is not there.
    pub fn candidates(&self, trained: &[TrainedNetwork]) -> Result<Arc<Drawn>, SearchError> {
        let is_fixed = self.is_listed()? || trained.len() < self.start;
        let step = if is_fixed { 0 } else { trained.len() / STEP + 1 };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, drawn)) = &*last {
            // A network that was told and is not among them is learned from too.
            let is_there = |one: &TrainedNetwork| drawn.candidates.row(one.1).is_some();
            if *of == step && (self.pool.is_some() || trained.iter().all(is_there)) {
                return Ok(Arc::clone(drawn));
            }
        }
        let candidates = self.gather(step, trained)?;
        let drawn = Arc::new(Drawn { candidates, first: Start::default() });
        *last = Some((step, Arc::clone(&drawn)));
        Ok(drawn)
    }

    /// Whether all networks are candidates in each step.
    ///
    /// # Errors
    ///
    /// [`SearchError::Encoding`] if the space cannot list its networks.
    pub fn is_listed(&self) -> Result<bool, SearchError> {
        Ok(self.pool.is_some() || self.listed()?.is_some())
    }

    /// All networks of the space, if they are not too many.
    fn listed(&self) -> Result<Option<&Vec<Architecture>>, SearchError> {
        if let Some(listed) = self.listed.get() {
            return Ok(listed.as_ref());
        }
        let all =
            self.space.enumerate().map(|all| all.take(MOST + 1).collect::<Result<Vec<_>, _>>());
        let all = all.transpose()?.filter(|all| all.len() <= MOST);
        Ok(self.listed.get_or_init(|| all).as_ref())
    }

    /// What is read of tables and networks: the features, and after them a set for each column of the condition.
    fn options(&self) -> PoolOptions {
        let named = self.condition.iter().flat_map(Condition::names);
        let named = named.map(|name| UseSet { name: None, groups: vec![Use::Named(name.clone())] });
        let features = UseSet { name: None, groups: self.uses.clone() };
        PoolOptions {
            request: Request {
                networks: Networks { space: Some(self.space), ..Networks::default() },
                missing: Some(Missing::Median),
                ..Request::default()
            },
            sets: std::iter::once(features).chain(named).collect(),
            proxies: Vec::new(),
            targets: Vec::new(),
        }
    }

    fn gather(&self, step: usize, trained: &[TrainedNetwork]) -> Result<Candidates, SearchError> {
        let options = self.options();
        let prior = self.prior.as_ref();
        let (pool, name) = if let Some(input) = &self.pool {
            let pool = Pool::read_with(std::slice::from_ref(input), &options, prior)?;
            (pool, input.to_string())
        } else {
            let networks = self.networks(step, trained)?;
            let targets = Array2::zeros((networks.len(), 0));
            let pool = Pool::of_networks_with(
                self.space,
                &networks,
                targets,
                (&options, prior),
                &Control::default(),
            )?;
            (pool, self.space.name().to_owned())
        };
        let candidates = Candidates::of(&pool, prior, &name)?;
        let closed = self.forbidden(&pool, &candidates)?;
        Ok(candidates.closing(closed))
    }

    /// The candidates that do not meet the condition.
    fn forbidden(&self, pool: &Pool, candidates: &Candidates) -> Result<Vec<usize>, SearchError> {
        let Some(condition) = &self.condition else { return Ok(Vec::new()) };
        let of_column = pool.sets[1..].iter().zip(condition.names());
        for (set, name) in of_column {
            if set.columns.len() != 1 {
                return Err(SearchError::ConditionColumn {
                    name: name.clone(),
                    columns: set.columns.len(),
                });
            }
        }
        let mut values = vec![0.0; pool.sets.len() - 1];
        let mut forbidden = Vec::new();
        for (row, &source) in candidates.sources.iter().enumerate() {
            for (value, set) in values.iter_mut().zip(&pool.sets[1..]) {
                *value = set.records()[[source, 0]];
            }
            if !condition.holds(&values) {
                forbidden.push(row);
            }
        }
        if forbidden.len() == candidates.len() {
            return Err(SearchError::NothingAllowed { condition: condition.to_string() });
        }
        Ok(forbidden)
    }

    /// The networks of a step: all of the space, or draws and neighbours of the best; and those that are trained.
    fn networks(
        &self,
        step: usize,
        trained: &[TrainedNetwork],
    ) -> Result<Vec<Architecture>, SearchError> {
        let read = |(_, _, net): &TrainedNetwork| self.space.read(net);
        let known = trained.par_iter().map(read).collect::<Result<Vec<_>, EncodingError>>()?;
        if let Some(all) = self.listed()? {
            return Ok(all.iter().cloned().chain(known).collect());
        }
        let seed = self.seed.wrapping_add((step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let drawn = (0..FRESH).map(|_| self.space.sample(&mut random));
        let mut networks = drawn.collect::<Result<Vec<_>, _>>()?;
        // Those that were trained before the step: so it has the same candidates from its beginning to its end.
        let before = (step.saturating_sub(1) * STEP).min(trained.len());
        let mut best: Vec<usize> = (0..before).collect();
        best.sort_by(|&one, &other| trained[other].0.total_cmp(&trained[one].0));
        for &parent in best.iter().take(PARENTS) {
            let near = self.space.neighbours(&known[parent])?;
            networks.extend(near.into_iter().map(|(_, network)| network));
        }
        networks.extend(known);
        Ok(networks)
    }
}

/// A fault of a study that is told in words.
pub fn described(folder: &Path, reason: String) -> SearchError {
    SearchError::Study { folder: folder.display().to_string(), reason }
}

/// Reads the prior of a study.
///
/// # Errors
///
/// [`SearchError::Pipeline`] if it cannot be read.
pub fn read_prior(path: &Path) -> Result<Model, SearchError> {
    let model = std::fs::File::open(path).map_err(Into::into).and_then(Model::read_from);
    let named = |error| dataset::Error::Model { name: path.display().to_string(), error };
    Ok(model.map_err(named)?)
}
