//! A search on networks that are trained elsewhere: a folder that many processes share.
//!
//! ```text
//! RUN/study.json     what is searched for, written once
//! RUN/prior.graf     the model to start from, if there is one
//! RUN/pool.csv       the networks to choose from, if a table has them
//! RUN/events/        what happened: one event, one file
//! RUN/tmp/           files that are being written
//! RUN/logs/          the output of trainings that graf search run started
//! ```
//!
//! [`Study::ask`] claims networks to train, [`Study::tell`] adds what they reached. Where the study stands is a function of the events
//! and the time; see [`Events`] for what processes that are killed leave behind.

mod ask;
mod event;
mod events;
mod scalar;
mod settings;
mod source;
mod state;
mod tell;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use self::ask::{Answer, Lease};
pub use self::event::{Event, EventName, What};
pub use self::events::{Events, Found};
pub use self::settings::{FORMAT, Goal, Settings, Stop};
use self::source::{CandidateSource, described, read_prior};
pub use self::state::{Attempt, State, Trial, TrialStanding};
pub use self::tell::Told;
use super::SearchError;
use crate::graph::Identity;
use crate::metrics::Direction;
use crate::space::SearchSpace;
use crate::suggest::{Needs, Strategy, by_name};
use crate::table::{clip, read_text, write_folder};

/// The file with the settings of a study.
const SETTINGS: &str = "study.json";

/// The file with its prior.
const PRIOR: &str = "prior.graf";

/// The longest settings, in MiB: a described space may be in them.
const SETTINGS_LIMIT: u64 = 16;

/// A search whose networks are trained elsewhere, in a folder.
#[derive(Debug)]
pub struct Study {
    folder: PathBuf,
    settings: Settings,
    space: &'static dyn SearchSpace,
    strategy: &'static Strategy,
    events: Events,
    source: CandidateSource,
    stop: Stop,
}

impl Study {
    /// Makes a study in a new or empty folder, which appears whole or not at all.
    ///
    /// # Arguments
    ///
    /// * `prior` - the bytes of a model to start from; `settings.prior` follows it
    /// * `pool` - the name and the bytes of a table whose networks alone are trained; `settings.pool` follows it
    ///
    /// # Errors
    ///
    /// [`SearchError`] if the folder cannot be made, the settings contradict each other, or there is no candidate.
    pub fn create(
        folder: &Path,
        settings: Settings,
        prior: Option<Vec<u8>>,
        pool: Option<(String, Vec<u8>)>,
    ) -> Result<Self, SearchError> {
        let wrong = |reason: String| described(folder, reason);
        let settings = Settings {
            prior: prior.is_some(),
            pool: pool.as_ref().map(|(name, _)| name.clone()),
            ..settings
        };
        settings.check().map_err(wrong)?;
        let text =
            serde_json::to_vec_pretty(&settings).map_err(|error| wrong(error.to_string()))?;
        let prior = prior.map(|bytes| (PRIOR.to_owned(), bytes));
        let files = std::iter::once((SETTINGS.to_owned(), text)).chain(prior).chain(pool);
        write_folder(folder, &files.collect::<Vec<_>>())
            .map_err(|error| wrong(error.to_string()))?;
        Study::open(folder)
    }

    /// Opens the study in a folder.
    ///
    /// # Errors
    ///
    /// [`SearchError::NoStudy`] if there is none, [`SearchError::Study`] if it is one of another version.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let wrong = |reason: String| described(folder, reason);
        let path = folder.join(SETTINGS);
        if !path.is_file() {
            return Err(SearchError::NoStudy { folder: folder.display().to_string() });
        }
        let text = read_text(&path, SETTINGS_LIMIT, "study").map_err(wrong)?;
        let settings: Settings = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("{SETTINGS} cannot be read: {error}")))?;
        settings.check().map_err(wrong)?;
        let prior = settings.prior.then(|| read_prior(&folder.join(PRIOR))).transpose()?;
        let source = CandidateSource::new(folder, &settings, prior).map_err(wrong)?;
        let no_strategy =
            || wrong(format!("this graf has no strategy {}", clip(&settings.strategy)));
        Ok(Study {
            folder: folder.to_owned(),
            space: settings.search_space().map_err(wrong)?,
            strategy: by_name(&settings.strategy).ok_or_else(no_strategy)?,
            events: Events::of(folder),
            source,
            stop: settings.stop,
            settings,
        })
    }

    /// The same, over when `stop` says so; what it leaves open is as the study has it.
    #[must_use]
    pub fn stopping(self, stop: Stop) -> Self {
        Study { stop: self.stop.with(stop), ..self }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it is.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its search space.
    pub fn space(&self) -> &'static dyn SearchSpace {
        self.space
    }

    /// When it is over.
    pub fn stop(&self) -> Stop {
        self.stop
    }

    /// How many networks can be trained, in words.
    ///
    /// # Errors
    ///
    /// [`SearchError`] if there are none, or their features cannot be computed.
    pub fn check(&self) -> Result<String, SearchError> {
        let drawn = self.source.candidates(&[])?;
        let candidates = &drawn.candidates;
        let open = candidates.len() - candidates.closed.len();
        if open == 0 {
            return Err(SearchError::FewCandidates { found: 0, least: 1 });
        }
        Ok(if self.source.is_listed()? {
            format!("{open} networks to choose from")
        } else {
            format!("more networks than can be ranked at once; {open} are drawn to begin with")
        })
    }

    /// Where it stands.
    ///
    /// # Errors
    ///
    /// [`SearchError::Study`] if its folder cannot be read. A file in it that cannot be read is no error.
    ///
    /// # Complexity
    ///
    /// O(events): each is a file that is read.
    pub fn state(&self) -> Result<State, SearchError> {
        let found = self.events.read().map_err(|error| self.wrong(error.to_string()))?;
        Ok(State::of(found, self.settings.lease.saturating_mul(1000)))
    }

    /// How a network stands now.
    pub fn standing(&self, trial: &Trial) -> TrialStanding {
        trial.standing(now(), self.settings.retries)
    }

    /// The best trained networks: with one objective in its order, best first; with several those of the Pareto front come
    /// first.
    ///
    /// # Errors
    ///
    /// As those of [`Study::state`].
    pub fn best(&self) -> Result<Vec<(Identity, Trial)>, SearchError> {
        let state = self.state()?;
        let done = self.measured(&state);
        let order = self.order(&done);
        Ok(order.into_iter().map(|place| (done[place].0, done[place].1.clone())).collect())
    }

    /// The trained networks with a value of each objective, in the order of time, with their worths.
    fn measured<'a>(&self, state: &'a State) -> Vec<(Identity, &'a Trial, Vec<f64>)> {
        let done = state.done().into_iter().filter_map(|(network, trial)| {
            let values = trial.values();
            let worth = |goal: &Goal| Some(goal.direction.worth(*values.get(&goal.name)?));
            let worths: Option<Vec<f64>> = self.settings.objectives.iter().map(worth).collect();
            Some((network, trial, worths?))
        });
        done.collect()
    }

    /// The places of trained networks, the best first.
    fn order(&self, done: &[(Identity, &Trial, Vec<f64>)]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..done.len()).collect();
        let key = |place: usize| &done[place].2[0];
        order.sort_by(|&one, &other| key(other).total_cmp(key(one)));
        if self.settings.objectives.len() > 1 {
            let front = self.front(done);
            order.sort_by_key(|place| !front.contains(place));
        }
        order
    }

    /// The places of those on the Pareto front, the best by the first objective first.
    fn front(&self, done: &[(Identity, &Trial, Vec<f64>)]) -> Vec<usize> {
        let shape = (done.len(), self.settings.objectives.len());
        let worths = ndarray::Array2::from_shape_fn(shape, |(row, column)| done[row].2[column]);
        crate::ranking::front(worths.view()).into_iter().map(|one| one.row).collect()
    }

    /// The identities of the trained networks that no other one beats, best by the first objective first: of one objective the best
    /// one.
    ///
    /// # Errors
    ///
    /// As those of [`Study::state`].
    pub fn pareto_front(&self) -> Result<Vec<(Identity, Trial)>, SearchError> {
        let state = self.state()?;
        let done = self.measured(&state);
        let front = self.front(&done).into_iter();
        Ok(front.map(|place| (done[place].0, done[place].1.clone())).collect())
    }

    fn wrong(&self, reason: String) -> SearchError {
        described(&self.folder, reason)
    }
}

impl Settings {
    /// Whether they make sense.
    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            let found = self.format;
            return Err(format!(
                "the study has format {found}, and this graf reads format {FORMAT}"
            ));
        }
        let names: Vec<&String> = self.objectives.iter().map(|goal| &goal.name).collect();
        if names.is_empty() || names.iter().any(|name| name.is_empty()) {
            return Err("the study has no objective".to_owned());
        }
        if let Some(name) =
            names.iter().enumerate().find(|(place, name)| names[..*place].contains(name))
        {
            return Err(format!("the objective {} is there twice", clip(name.1)));
        }
        let plain =
            |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
        if self.pool.as_deref().is_some_and(|name| !plain(name)) {
            return Err("the name of its table is not one of a file in the folder".to_owned());
        }
        let strategy = by_name(&self.strategy);
        let learns_one = strategy.is_some_and(|one| one.needs_past && one.needs == Needs::Nothing);
        if names.len() > 1 && learns_one {
            let strategy = &self.strategy;
            return Err(format!(
                "the strategy {strategy} is for one objective; choose auto, greedy or random"
            ));
        }
        Ok(())
    }

    /// The direction of the first objective.
    fn direction(&self) -> Direction {
        self.objectives.first().map_or(Direction::Maximize, |goal| goal.direction)
    }
}

/// The time, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    events::milliseconds(SystemTime::now())
}
