//! Networks to train.

use std::collections::BTreeMap;
use std::process;
use std::thread;
use std::time::Duration;

use super::scalar::{Scales, weights};
use super::state::{State, TrialStanding};
use super::{Event, Study, What, now};
use crate::experiment::Contender;
use crate::graph::Identity;
use crate::metrics::Direction;
use crate::predictor::transfer::prior::FromPrior;
use crate::predictor::{Parameters, by_name};
use crate::search::{Candidates, SearchError, SearchLabel, Searcher};
use crate::suggest::Needs;

/// A network that is the caller's to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// Which network it is.
    pub network: Identity,
    /// Its first encoding.
    pub net: String,
    /// The attempt to train it, counted from 0.
    pub attempt: u32,
    /// Until when it is the caller's, in milliseconds since 1970.
    pub until: u64,
    /// What the model predicts of each objective, if there is one.
    pub prediction: BTreeMap<String, f64>,
    /// The standard deviations of that, where known.
    pub std: BTreeMap<String, f64>,
}

/// What a study answers to who asks it for networks.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Networks to train.
    Networks(Vec<Lease>),
    /// There is none now, and why; later there may be.
    Wait(String),
    /// There will be none, and why.
    Finished(String),
}

/// How long is waited if other processes were faster: a network file system may show their claims late.
const PAUSE: Duration = Duration::from_millis(20);

/// A row and what is predicted of each objective.
type Several = (usize, Vec<Option<f64>>);

/// A network that might be claimed.
#[derive(Debug, Clone)]
struct Offer {
    network: Identity,
    net: String,
    attempt: u32,
    prediction: BTreeMap<String, f64>,
    std: BTreeMap<String, f64>,
}

impl Study {
    /// Claims so many networks to train, or as many as there are. Networks that were released, expired or failed come first. No
    /// network is claimed by two processes at a time.
    ///
    /// # Errors
    ///
    /// [`SearchError`] if the folder cannot be read or written, or the model cannot be fitted.
    ///
    /// # Complexity
    ///
    /// That of a fit and of predictions for all candidates, and O(events).
    pub fn ask(&self, count: usize) -> Result<Answer, SearchError> {
        let mut leases = Vec::new();
        while leases.len() < count {
            let state = self.state()?;
            let answer = self.none_left(&state)?;
            let offers = match answer {
                None => self.offers(&state, count - leases.len())?,
                Some(answer) if leases.is_empty() => return Ok(answer),
                Some(_) => break,
            };
            if offers.is_empty() {
                break;
            }
            // What another process claimed meanwhile is in the state of the next turn.
            let before = leases.len();
            for offer in offers {
                leases.extend(self.claim(offer, &state)?);
            }
            if leases.len() == before {
                thread::sleep(PAUSE);
            }
        }
        if !leases.is_empty() {
            return Ok(Answer::Networks(leases));
        }
        let pending = self.count(&self.state()?, TrialStanding::Pending);
        if pending > 0 {
            return Ok(Answer::Wait(format!(
                "all networks are asked, {pending} of them not told yet"
            )));
        }
        Ok(Answer::Finished("all networks are trained or have failed".to_owned()))
    }

    /// How many networks stand so.
    fn count(&self, state: &State, standing: TrialStanding) -> usize {
        let all = state.trials.values();
        all.filter(|trial| self.standing(trial) == standing).count()
    }

    /// Why there is nothing to train, if that is so before any network is looked for.
    fn none_left(&self, state: &State) -> Result<Option<Answer>, SearchError> {
        if let Some(reason) = self.finished(state) {
            return Ok(Some(Answer::Finished(reason)));
        }
        let pending = self.count(state, TrialStanding::Pending);
        let room = self.room(state);
        Ok((room == Some(0)).then(|| {
            Answer::Wait(format!("the rest of the budget is asked: {pending} not told yet"))
        }))
    }

    /// How many more networks may be asked now; none if there is no limit.
    fn room(&self, state: &State) -> Option<usize> {
        let taken = [TrialStanding::Done, TrialStanding::Failed, TrialStanding::Pending];
        let taken: usize = taken.map(|standing| self.count(state, standing)).iter().sum();
        self.stop.budget.map(|budget| budget.saturating_sub(taken))
    }

    /// Why the search is over, if it is.
    pub fn finished(&self, state: &State) -> Option<String> {
        let stop = self.stop;
        let spent =
            self.count(state, TrialStanding::Done) + self.count(state, TrialStanding::Failed);
        if let Some(budget) = stop.budget.filter(|&budget| spent >= budget) {
            return Some(format!("the budget of {budget} trainings is spent"));
        }
        let done = self.measured(state);
        let goal = &self.settings().objectives[0];
        let worths = done.iter().map(|one| one.2[0]);
        let best = worths.fold(f64::NEG_INFINITY, f64::max);
        if let Some(target) = stop.target.filter(|&target| best >= goal.direction.worth(target)) {
            return Some(format!("{} has reached the target {target}", goal.name));
        }
        if let Some(patience) = stop.patience {
            // The last network that is one of the best now.
            let last = self.front(&done).into_iter().max();
            if last.is_some_and(|last| done.len() - 1 - last >= patience) {
                return Some(format!("the last {patience} trainings found nothing better"));
            }
        }
        let begun = state.trials.values().flat_map(|trial| trial.attempts.values());
        let begun = begun.filter_map(|attempt| attempt.asked_at).min();
        if let (Some(hours), Some(begun)) = (stop.hours, begun) {
            let passed = now().saturating_sub(begun) as f64 / 3.6e6;
            if passed >= hours {
                return Some(format!("{hours} hours have passed"));
            }
        }
        None
    }

    /// Networks to claim, at most so many: those to be tried again, then new ones.
    fn offers(&self, state: &State, count: usize) -> Result<Vec<Offer>, SearchError> {
        let count = self.room(state).map_or(count, |room| count.min(room));
        let mut again: Vec<(TrialStanding, Offer)> = Vec::new();
        for (&network, trial) in &state.trials {
            let standing = self.standing(trial);
            if let (true, Some(net), Some(last)) = (standing.is_again(), &trial.net, trial.last()) {
                let prediction = trial.prediction().cloned().unwrap_or_default();
                let (net, attempt, std) = (net.clone(), last + 1, BTreeMap::new());
                again.push((standing, Offer { network, net, attempt, prediction, std }));
            }
        }
        again.sort_by_key(|(standing, offer)| (*standing, offer.network));
        again.truncate(count);
        let mut offers: Vec<Offer> = again.into_iter().map(|(_, offer)| offer).collect();
        if offers.len() < count {
            offers.extend(self.fresh(state, count - offers.len())?);
        }
        Ok(offers)
    }

    /// Networks that were never asked, the ones to train first come first.
    fn fresh(&self, state: &State, count: usize) -> Result<Vec<Offer>, SearchError> {
        let settings = self.settings();
        let done = self.measured(state);
        let trained = done
            .iter()
            .filter_map(|(network, trial, worths)| Some((worths[0], *network, trial.net.clone()?)));
        let drawn = self.source.candidates(&trained.collect::<Vec<_>>())?;
        let candidates = &drawn.candidates;
        // The trained networks that are candidates.
        let rows: Vec<Option<usize>> = done.iter().map(|one| candidates.row(one.0)).collect();
        let known: Vec<usize> = rows.iter().copied().flatten().collect();
        let others = state.trials.keys().filter_map(|network| candidates.row(*network));
        let pending: Vec<usize> = others.filter(|row| !known.contains(row)).collect();
        let learner = self.learner(candidates)?;
        let searcher = Searcher {
            candidates,
            strategy: self.strategy,
            learner: &learner,
            direction: settings.direction(),
            start: settings.start,
            seed: settings.seed,
            first: &drawn.first,
        };
        let labels: Vec<Vec<SearchLabel>> = (0..settings.objectives.len())
            .map(|place| {
                let sign = settings.objectives[place].direction;
                let pairs = rows.iter().zip(&done);
                let label = |(row, one): (&Option<usize>, &(Identity, _, Vec<f64>))| {
                    Some(SearchLabel { row: (*row)?, value: sign.worth(one.2[place]) })
                };
                pairs.filter_map(label).collect()
            })
            .collect();
        let begun = known.len() + pending.len();
        let asks_model = self.strategy.needs > Needs::Nothing && begun >= settings.start;
        let offer = |row: usize, means: &[Option<f64>], stds: &[Option<f64>]| Offer {
            network: candidates.networks[row].identity,
            net: candidates.networks[row].encoding.clone(),
            attempt: 0,
            prediction: self.named(means),
            std: self.named(stds),
        };
        if labels.len() > 1 && asks_model {
            let chosen = self.several(&searcher, &labels, &pending, count)?;
            return Ok(chosen.iter().map(|(row, means)| offer(*row, means, &[])).collect());
        }
        let most = settings.start.saturating_sub(begun).max(1);
        // Of several objectives only the first networks do not depend on what is best.
        let count = if labels.len() > 1 && self.strategy.needs > Needs::Nothing {
            count.min(most)
        } else {
            count
        };
        let chosen = searcher.propose(&labels[0], &pending, count)?;
        Ok(chosen.iter().map(|one| offer(one.row, &[one.mean], &[one.std])).collect())
    }

    /// Numbers of the objectives by their names.
    fn named(&self, numbers: &[Option<f64>]) -> BTreeMap<String, f64> {
        let goals = self.settings().objectives.iter().zip(numbers);
        goals.filter_map(|(goal, number)| Some((goal.name.clone(), (*number)?))).collect()
    }

    fn learner(&self, candidates: &Candidates) -> Result<Contender, SearchError> {
        let name = &self.settings().predictor;
        let kind = by_name(name)
            .ok_or_else(|| self.wrong(format!("this graf has no predictor {name}")))?;
        let learner = kind.learner(&Parameters::new())?;
        Ok(if candidates.has_prior() {
            Contender::FromPrior(FromPrior(learner))
        } else {
            Contender::Alone(learner)
        })
    }

    /// With several objectives: for each network the weights of the objectives are drawn, and the one is chosen that is best by what is
    /// predicted of each.
    fn several(
        &self,
        searcher: &Searcher,
        labels: &[Vec<SearchLabel>],
        pending: &[usize],
        count: usize,
    ) -> Result<Vec<Several>, SearchError> {
        let directions: Vec<Direction> =
            self.settings().objectives.iter().map(|goal| goal.direction).collect();
        let known = |labels: &Vec<SearchLabel>, sign: &Direction| -> Vec<f64> {
            labels.iter().map(|label| sign.worth(label.value)).collect()
        };
        let pairs = labels.iter().zip(&directions);
        let worths: Vec<Vec<f64>> = pairs.map(|(labels, sign)| known(labels, sign)).collect();
        let scales = Scales::of(&worths);
        let means = labels.iter().map(|labels| Ok(searcher.predict(labels)?.0));
        let means: Vec<Vec<f64>> = means.collect::<Result<_, SearchError>>()?;
        let mut is_open = searcher.open(&labels[0], pending);
        let begun = labels[0].len() + pending.len();
        let mut chosen = Vec::new();
        for turn in begun..begun + count {
            let weights = weights(directions.len(), self.settings().seed, turn);
            let score = |row: usize| {
                let worths =
                    means.iter().zip(&directions).map(|(mean, sign)| sign.worth(mean[row]));
                scales.scalar(&weights, worths)
            };
            let open = (0..is_open.len()).filter(|&row| is_open[row]);
            let best = open
                .map(|row| (row, score(row)))
                .reduce(|best, other| if other.1 > best.1 { other } else { best });
            let Some((row, _)) = best else { break };
            is_open[row] = false;
            chosen.push((row, means.iter().map(|mean| Some(mean[row])).collect()));
        }
        Ok(chosen)
    }

    /// Claims a network; `None` if another process was faster.
    fn claim(&self, offer: Offer, state: &State) -> Result<Option<Lease>, SearchError> {
        let Offer { network, net, attempt, prediction, std } = offer;
        let at = now();
        let until = at.saturating_add(self.settings().lease.saturating_mul(1000));
        let what = What::Asked {
            until,
            worker: worker(),
            prediction: prediction.clone(),
            std: std.clone(),
            trained: state.done().len(),
        };
        let event = Event { net: net.clone(), attempt, at, what };
        let is_claimed = self.add(network, &event)?;
        Ok(is_claimed.then_some(Lease { network, net, attempt, until, prediction, std }))
    }

    /// Adds an event; whether it is new.
    pub(super) fn add(&self, network: Identity, event: &Event) -> Result<bool, SearchError> {
        let added = self.events.add(network, event);
        added.map_err(|error| self.wrong(format!("an event cannot be written: {error}")))
    }
}

/// The name of this host.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    name.trim().to_owned()
}

/// The host and the process.
pub(super) fn worker() -> String {
    format!("{}:{}", host(), process::id())
}

/// Whether a worker was a process of this host that is no more. Where the system does not tell, it is not known to be so.
pub(super) fn is_gone(worker: &str) -> bool {
    let Some((name, process)) = worker.rsplit_once(':') else { return false };
    let processes = std::path::Path::new("/proc");
    name == host() && processes.join("self").exists() && !processes.join(process).exists()
}
