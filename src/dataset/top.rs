//! The best networks so far, each network once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::graph::Identity;

/// What orders networks: greater is better. Of equally good ones the one with the lesser identity comes first, so that the
/// order is that of the networks and not that of the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Key {
    worth: f64,
    identity: Reverse<Identity>,
}

impl Eq for Key {}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.worth.total_cmp(&other.worth).then(self.identity.cmp(&other.identity))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// So many of the best networks that were added, with something of each. Of isomorphic ones the best is kept, and of these
/// the one whose encoding comes first in the alphabet.
#[derive(Debug)]
pub(crate) struct Top<T> {
    most: usize,
    best: BTreeMap<Key, (String, T)>,
    known: HashMap<Identity, f64>,
}

impl<T> Top<T> {
    /// Nothing yet, and at most so many.
    pub fn new(most: usize) -> Self {
        Top { most, best: BTreeMap::new(), known: HashMap::new() }
    }

    /// Whether a network of so much worth may be among the best.
    pub fn is_open(&self, worth: f64) -> bool {
        self.best.len() < self.most
            || self.best.first_key_value().is_some_and(|(least, _)| worth >= least.worth)
    }

    /// Adds a network with what it is worth, and its encoding: greater is better.
    pub fn add(&mut self, worth: f64, identity: Identity, encoding: String, of: T) {
        let key = |worth| Key { worth, identity: Reverse(identity) };
        if let Some(&known) = self.known.get(&identity) {
            let is_first = |(other, _): &(String, T)| *other <= encoding;
            if known > worth
                || known.total_cmp(&worth).is_eq()
                    && self.best.get(&key(known)).is_some_and(is_first)
            {
                return;
            }
            self.best.remove(&key(known));
        }
        self.known.insert(identity, worth);
        self.best.insert(key(worth), (encoding, of));
        if self.best.len() > self.most
            && let Some((least, _)) = self.best.pop_first()
        {
            self.known.remove(&least.identity.0);
        }
    }

    /// Ranks, encodings, and what was added with them, the best first. Equally good ones share the least of their ranks.
    pub fn ranked(self) -> Vec<(usize, String, T)> {
        let mut last: Option<(f64, usize)> = None;
        let one = |(place, (key, (encoding, of))): (usize, (Key, (String, T)))| {
            let shared = last.filter(|(worth, _)| worth.total_cmp(&key.worth).is_eq());
            let rank = shared.map_or(place, |(_, rank)| rank);
            last = Some((key.worth, rank));
            (rank, encoding, of)
        };
        (1..).zip(self.best.into_iter().rev()).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(name: &str) -> Identity {
        Identity::of_text([name.as_bytes()])
    }

    #[test]
    fn each_network_is_there_once_at_its_best() {
        let mut top = Top::new(3);
        let rows = [("a", 1.0), ("b", 2.0), ("a", 3.0), ("c", 2.0), ("d", 0.5), ("b", 1.5)];
        for (row, (name, worth)) in (0..).zip(rows) {
            top.add(worth, identity(name), format!("{name}{row}"), ());
        }
        assert!(top.is_open(2.0) && !top.is_open(1.9));
        let mut ranked: Vec<_> =
            top.ranked().into_iter().map(|(rank, net, ())| (rank, net)).collect();
        ranked.sort();
        assert_eq!(ranked, [(1, "a2".to_owned()), (2, "b1".to_owned()), (2, "c3".to_owned())]);
    }

    #[test]
    fn parts_merge_to_the_whole() {
        // Many networks come again, and many are equally good.
        let network = |row: u64| row * row % 61;
        let add = |top: &mut Top<u64>, row: u64| {
            let network = network(row);
            let worth = f64::from(u32::try_from(network * 7919 % 23).unwrap());
            top.add(
                worth,
                identity(&network.to_string()),
                format!("{network} {}", row % 3),
                network,
            );
        };
        let mut whole = Top::new(10);
        (0..500).for_each(|row| add(&mut whole, row));
        let whole = whole.ranked();
        for parts in [1, 4, 7] {
            let mut merged = Top::new(10);
            for part in 0..parts {
                let mut own = Top::new(10);
                (0..500).filter(|row| row % parts == part).for_each(|row| add(&mut own, row));
                for (_, encoding, network) in own.ranked() {
                    let worth = f64::from(u32::try_from(network * 7919 % 23).unwrap());
                    merged.add(worth, identity(&network.to_string()), encoding, network);
                }
            }
            assert_eq!(merged.ranked(), whole);
        }
    }
}
