//! What happens to a network in a study: one event, one file.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::graph::Identity;

/// Something that happened to a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The network, in the first encoding of its space.
    pub net: String,
    /// Which attempt to train it, counted from 0.
    pub attempt: u32,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// Somebody is to train it.
    Asked {
        /// Until when it is theirs, in milliseconds since 1970.
        until: u64,
        /// The host and the process that asked.
        worker: String,
        /// What the model predicted then, of each objective that it knew.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        prediction: BTreeMap<String, f64>,
        /// The standard deviations of that, where known.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        std: BTreeMap<String, f64>,
        /// How many networks were trained then.
        trained: usize,
    },
    /// It is trained.
    Done {
        /// Its values by name: those of the objectives, and whatever else was told.
        values: BTreeMap<String, f64>,
    },
    /// Its training failed.
    Failed {
        /// Why.
        reason: String,
    },
    /// Nobody trains it any more, and nothing is wrong with it.
    Released,
    /// It is theirs for longer.
    Touched {
        /// Until when.
        until: u64,
    },
}

/// What the name of the file of an event says of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventName {
    /// The network.
    pub network: Identity,
    /// The attempt.
    pub attempt: u32,
    /// The kind, and what tells events of a kind apart.
    kind: String,
}

/// The kinds of events, as they are in names.
const KINDS: [&str; 5] = ["asked", "done", "failed", "released", "touched"];

/// What the names of the files of events end in.
const ENDING: &str = ".json";

impl EventName {
    /// The name of an event. Two events that must not both happen, or that say the same, have the same name.
    pub fn of(network: Identity, event: &Event) -> Self {
        let kind = match &event.what {
            What::Asked { .. } => "asked".to_owned(),
            What::Done { values } => {
                let text = values.iter().map(|(name, value)| format!("{name}={value};"));
                let sum = crc32fast::hash(text.collect::<String>().as_bytes());
                format!("done-{sum:08x}")
            }
            What::Failed { .. } => "failed".to_owned(),
            What::Released => "released".to_owned(),
            What::Touched { until } => format!("touched-{until}"),
        };
        EventName { network, attempt: event.attempt, kind }
    }

    /// Reads the name of a file; `None` if it is not one of an event.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(ENDING)?.split('.');
        let network = parts.next()?.parse().ok()?;
        let attempt = parts.next()?.parse().ok()?;
        let kind = parts.next()?.to_owned();
        let stem = kind.split('-').next()?;
        (KINDS.contains(&stem) && parts.next().is_none()).then_some(EventName {
            network,
            attempt,
            kind,
        })
    }

    /// Whether it is a claim.
    pub fn is_claim(&self) -> bool {
        self.kind == "asked"
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}.{}.{}{ENDING}", self.network, self.attempt, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_are_not_names() {
        let network: Identity = "00112233445566778899aabbccddeeff".parse().unwrap();
        let done = |value| What::Done { values: [("acc".to_owned(), value)].into() };
        let event = |what| Event { net: String::new(), attempt: 2, at: 0, what };
        let whats = [done(1.0), What::Released, What::Touched { until: 5 }];
        for what in whats {
            let name = EventName::of(network, &event(what));
            assert_eq!(EventName::parse(&name.to_string()), Some(name));
        }
        let of = |value| EventName::of(network, &event(done(value)));
        assert_eq!(of(1.0), of(1.0));
        assert_ne!(of(1.0), of(2.0));
        for name in ["", "x.json", "00112233445566778899aabbccddeeff.0.eaten.json", ".tmp"] {
            assert_eq!(EventName::parse(name), None, "{name}");
        }
    }
}
