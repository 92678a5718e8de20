//! Where a study stands: a function of its events and the time.

use std::collections::BTreeMap;

use super::event::What;
use super::events::Found;
use crate::graph::Identity;

/// A network of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trial {
    /// Its encoding; none if only a claim is known that cannot be read.
    pub net: Option<String>,
    /// The attempts to train it.
    pub attempts: BTreeMap<u32, Attempt>,
    /// The values that were told, in the order of time: usually one set.
    told: Vec<(u64, BTreeMap<String, f64>)>,
}

/// An attempt to train a network.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attempt {
    /// When it was asked, in milliseconds since 1970; none if nobody asked.
    pub asked_at: Option<u64>,
    /// Until when it is somebody's.
    pub until: u64,
    /// Whose.
    pub worker: Option<String>,
    /// What the model predicted then.
    pub prediction: BTreeMap<String, f64>,
    /// Why it failed, if it did.
    pub failed: Option<String>,
    /// Whether it was released.
    pub is_released: bool,
}

/// How a network stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrialStanding {
    /// It was released and is to be asked first.
    Released,
    /// Nobody told anything in time: as if released.
    Expired,
    /// It failed and is to be tried again.
    Retry,
    /// Somebody trains it.
    Pending,
    /// It failed as often as it may.
    Failed,
    /// It is trained.
    Done,
}

impl TrialStanding {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            TrialStanding::Released => "released",
            TrialStanding::Expired => "expired",
            TrialStanding::Retry => "to be retried",
            TrialStanding::Pending => "pending",
            TrialStanding::Failed => "failed",
            TrialStanding::Done => "done",
        }
    }

    /// Whether it is to be asked again.
    pub fn is_again(self) -> bool {
        self <= TrialStanding::Retry
    }
}

impl Trial {
    /// How it stands at a time.
    pub fn standing(&self, now: u64, retries: u32) -> TrialStanding {
        let failures = self.attempts.values().filter(|one| one.failed.is_some()).count();
        let Some(last) = self.attempts.values().next_back().filter(|_| self.told.is_empty()) else {
            return TrialStanding::Done;
        };
        if last.failed.is_some() {
            let may_fail = retries as usize;
            return if failures > may_fail { TrialStanding::Failed } else { TrialStanding::Retry };
        }
        match (last.is_released, last.until < now) {
            (true, _) => TrialStanding::Released,
            (false, true) => TrialStanding::Expired,
            (false, false) => TrialStanding::Pending,
        }
    }

    /// When it was told first.
    pub fn done_at(&self) -> Option<u64> {
        self.told.first().map(|(at, _)| *at)
    }

    /// The values that were told: of each name the mean.
    pub fn values(&self) -> BTreeMap<String, f64> {
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (name, value) in self.told.iter().flat_map(|(_, values)| values) {
            let sum = sums.entry(name).or_default();
            *sum = (sum.0 + value, sum.1 + 1.0);
        }
        sums.into_iter().map(|(name, (sum, count))| (name.to_owned(), sum / count)).collect()
    }

    /// How many times different values were told.
    pub fn told(&self) -> usize {
        self.told.len()
    }

    /// The number of the last attempt.
    pub fn last(&self) -> Option<u32> {
        self.attempts.keys().next_back().copied()
    }

    /// What the model predicted when it was asked last.
    pub fn prediction(&self) -> Option<&BTreeMap<String, f64>> {
        let asked = self.attempts.values().rev().map(|attempt| &attempt.prediction);
        asked.into_iter().find(|prediction| !prediction.is_empty())
    }
}

/// Where a study stands.
#[derive(Debug, Default)]
pub struct State {
    /// Its networks.
    pub trials: BTreeMap<Identity, Trial>,
    /// Files that are not events, or cannot be read.
    pub strange: Vec<String>,
}

impl State {
    /// The state after some events. A claim that cannot be read holds for `lease` milliseconds.
    pub fn of(found: Found, lease: u64) -> Self {
        let mut state = State { strange: found.strange, ..State::default() };
        for (name, event) in found.events {
            let trial = state.trials.entry(name.network).or_default();
            trial.net = Some(event.net);
            if let What::Done { values } = event.what {
                trial.told.push((event.at, values));
                continue;
            }
            let attempt = trial.attempts.entry(event.attempt).or_default();
            match event.what {
                What::Done { .. } => {}
                What::Asked { until, worker, prediction, .. } => {
                    attempt.asked_at = Some(event.at);
                    attempt.until = attempt.until.max(until);
                    attempt.worker = Some(worker);
                    attempt.prediction = prediction;
                }
                What::Failed { reason } => attempt.failed = Some(reason),
                What::Released => attempt.is_released = true,
                What::Touched { until } => attempt.until = attempt.until.max(until),
            }
        }
        for (name, at) in found.unread_claims {
            let trial = state.trials.entry(name.network).or_default();
            let attempt = trial.attempts.entry(name.attempt).or_default();
            attempt.until = attempt.until.max(at.saturating_add(lease));
        }
        for trial in state.trials.values_mut() {
            trial.told.sort_by_key(|(at, _)| *at);
        }
        state
    }

    /// The trained networks, in the order of time.
    pub fn done(&self) -> Vec<(Identity, &Trial)> {
        let done = self
            .trials
            .iter()
            .filter_map(|(network, trial)| Some((trial.done_at()?, *network, trial)));
        let mut done: Vec<_> = done.collect();
        done.sort_by_key(|(at, network, _)| (*at, *network));
        done.into_iter().map(|(_, network, trial)| (network, trial)).collect()
    }
}
