//! What became of networks.

use std::collections::BTreeMap;

use super::ask::is_gone;
use super::state::{State, TrialStanding};
use super::{Event, Study, What, now};
use crate::graph::Identity;
use crate::search::SearchError;
use crate::table::clip;

/// What came of telling something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is new.
    New,
    /// It was told before.
    Again,
    /// Other values were told before: their mean counts.
    Further,
}

/// The fewest digits that stand for a network.
const FEWEST: usize = 6;

/// The most characters of a reason that are kept.
const LONGEST: usize = 4000;

impl Study {
    /// The network that a word stands for: its hash, the first digits of it, or any encoding of the space.
    ///
    /// # Errors
    ///
    /// [`SearchError::Network`] if it stands for none, or for several.
    pub fn network(&self, word: &str, state: &State) -> Result<(Identity, String), SearchError> {
        let wrong = |reason: String| SearchError::Network { word: word.to_owned(), reason };
        let word = word.trim();
        let is_digit = |letter: char| matches!(letter, '0'..='9' | 'a'..='f');
        if word.len() >= FEWEST && word.len() <= 32 && word.chars().all(is_digit) {
            let begins = |network: &Identity| network.to_string().starts_with(word);
            let mut found = state.trials.iter().filter(|(network, _)| begins(network));
            match (found.next(), found.next()) {
                (Some((network, trial)), None) => {
                    let net = trial.net.clone();
                    let net = net.ok_or_else(|| wrong("its claim cannot be read".to_owned()))?;
                    return Ok((*network, net));
                }
                (Some(_), Some(_)) => {
                    return Err(wrong("several networks begin so; write more digits".to_owned()));
                }
                (None, _) if word.len() == 32 => {
                    return Err(wrong(
                        "no network of this study has this hash; write its encoding".to_owned(),
                    ));
                }
                (None, _) => {}
            }
        }
        let space = self.space();
        let network = space.read(word).map_err(|error| {
            wrong(format!(
                "neither the hash of a network of this study nor one of {}: {error}",
                space.name()
            ))
        })?;
        Ok((space.identity(&network), (space.encodings()[0].write)(&network)?))
    }

    /// Tells the values of a trained network, whether it was asked or not. The same values again change nothing.
    ///
    /// # Errors
    ///
    /// [`SearchError::Value`] if an objective has no value or one is not finite; [`SearchError::Network`] as those of
    /// [`Study::network`].
    pub fn tell(&self, word: &str, values: &BTreeMap<String, f64>) -> Result<Told, SearchError> {
        let state = self.state()?;
        let (network, net) = self.network(word, &state)?;
        self.tell_of(network, net, values, &state)
    }

    /// The same of a network that is known.
    ///
    /// # Errors
    ///
    /// As those of [`Study::tell`].
    pub fn tell_of(
        &self,
        network: Identity,
        net: String,
        values: &BTreeMap<String, f64>,
        state: &State,
    ) -> Result<Told, SearchError> {
        let wrong =
            |name: &str, reason: String| SearchError::Value { name: name.to_owned(), reason };
        for goal in &self.settings().objectives {
            if !values.contains_key(&goal.name) {
                let told = values.keys().cloned().collect::<Vec<_>>().join(", ");
                let told = if told.is_empty() { "nothing".to_owned() } else { clip(&told) };
                return Err(wrong(
                    &goal.name,
                    format!("the objective has no value; {told} was told"),
                ));
            }
        }
        if let Some((name, value)) = values.iter().find(|(_, value)| !value.is_finite()) {
            return Err(wrong(
                name,
                format!("{value} is not a finite number; tell a failed training as failed"),
            ));
        }
        let trial = state.trials.get(&network);
        let attempt = trial.and_then(super::Trial::last).unwrap_or(0);
        let known = trial.map_or(0, super::Trial::told);
        let what = What::Done { values: values.clone() };
        let is_new = self.add(network, &Event { net, attempt, at: now(), what })?;
        Ok(match (is_new, known) {
            (false, _) => Told::Again,
            (true, 0) => Told::New,
            (true, _) => Told::Further,
        })
    }

    /// Tells that the training of a network failed. It is tried again as often as the study has it; a model never sees it.
    ///
    /// # Errors
    ///
    /// As those of [`Study::network`].
    pub fn fail(&self, word: &str, reason: &str) -> Result<Told, SearchError> {
        let reason = reason.chars().take(LONGEST).collect();
        self.end(word, What::Failed { reason })
    }

    /// Gives a network back without a result: it is asked again first.
    ///
    /// # Errors
    ///
    /// As those of [`Study::network`].
    pub fn release(&self, word: &str) -> Result<Told, SearchError> {
        self.end(word, What::Released)
    }

    fn end(&self, word: &str, what: What) -> Result<Told, SearchError> {
        let state = self.state()?;
        let (network, net) = self.network(word, &state)?;
        let trial = state.trials.get(&network);
        // What is trained stays so.
        if trial.is_some_and(|trial| trial.told() > 0) {
            return Ok(Told::Again);
        }
        let attempt = trial.and_then(super::Trial::last).unwrap_or(0);
        let is_new = self.add(network, &Event { net, attempt, at: now(), what })?;
        Ok(if is_new { Told::New } else { Told::Again })
    }

    /// Prolongs the lease of a network that is being trained: from now on, for as long as a lease lasts.
    ///
    /// # Returns
    ///
    /// Until when it is the caller's, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`SearchError::Network`] if nobody trains it, and as those of [`Study::network`].
    pub fn touch(&self, word: &str) -> Result<u64, SearchError> {
        let state = self.state()?;
        let (network, net) = self.network(word, &state)?;
        let wrong = |reason: String| SearchError::Network { word: word.to_owned(), reason };
        let standing = state.trials.get(&network).map(|trial| (self.standing(trial), trial.last()));
        let Some((TrialStanding::Pending | TrialStanding::Expired, Some(attempt))) = standing
        else {
            let how = standing.map_or("not asked", |(standing, _)| standing.name());
            return Err(wrong(format!("nobody trains it: it is {how}")));
        };
        let at = now();
        let until = at.saturating_add(self.settings().lease.saturating_mul(1000));
        self.add(network, &Event { net, attempt, at, what: What::Touched { until } })?;
        Ok(until)
    }

    /// Releases the networks of processes of this host that are no more.
    ///
    /// # Returns
    ///
    /// How many.
    ///
    /// # Errors
    ///
    /// [`SearchError::Study`] if the folder cannot be read or written.
    pub fn release_orphans(&self) -> Result<usize, SearchError> {
        let state = self.state()?;
        let mut released = 0;
        for (&network, trial) in &state.trials {
            let last = trial.attempts.iter().next_back();
            let (Some((&attempt, last)), Some(net)) = (last, &trial.net) else { continue };
            let is_orphan = self.standing(trial) == TrialStanding::Pending
                && last.worker.as_deref().is_some_and(is_gone);
            if is_orphan {
                let event = Event { net: net.clone(), attempt, at: now(), what: What::Released };
                released += usize::from(self.add(network, &event)?);
            }
        }
        Ok(released)
    }
}
