//! Sums of fields that come from independent sources, each after some means of windows.
//!
//! A skip and a mean pass on what they read, so that two ways from one source to a node add up coherently: a skip beside a
//! skip has four times the variance, not twice.

use super::window::{MOST_PASSES, Means};

/// A field that is independent of all other sources.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// Its variance.
    pub variance: f64,
    /// The correlation of neighbouring pixels.
    pub correlation: f64,
    /// Its mean.
    pub mean: f64,
    /// A number that goes along, weighted by variance.
    pub carried: f64,
}

/// A source after some means, times a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// The place of the source.
    pub source: u32,
    /// How many means of 3 it has passed.
    pub passes: u32,
    /// What it is multiplied by.
    pub factor: f64,
}

/// What a source has in a sum: variance, covariance of neighbours, the carried number times the variance, and the mean.
type Part = [f64; 4];

/// Makes terms that are the same one term; puts them into the order of their sources.
pub(super) fn combine(terms: &mut Vec<Term>) {
    if terms.len() < 2 {
        return;
    }
    // Equal terms in order of their factors, so that their sum does not depend on the order of the edges.
    terms.sort_unstable_by(|one, other| {
        let key = |term: &Term| (term.source, term.passes);
        key(one).cmp(&key(other)).then(one.factor.total_cmp(&other.factor))
    });
    terms.dedup_by(|next, kept| {
        let is_same = (next.source, next.passes) == (kept.source, kept.passes);
        if is_same {
            kept.factor += next.factor;
        }
        is_same
    });
}

/// The sum of [combined](combine) terms as a source of its own. `parts` is room.
pub(super) fn total(
    terms: &[Term],
    sources: &[Source],
    means: &Means,
    parts: &mut Vec<Part>,
) -> Source {
    if let [Term { source, passes: 0, factor }] = terms {
        let source = sources[*source as usize];
        if (factor - 1.0).abs() < f64::EPSILON {
            return source;
        }
    }
    parts.clear();
    for of_source in terms.chunk_by(|one, other| one.source == other.source) {
        parts.push(part(of_source, &sources[of_source[0].source as usize], means));
    }
    add(parts)
}

/// What one source has in a sum.
fn part(terms: &[Term], source: &Source, means: &Means) -> Part {
    let (mut variance, mut next, mut mean) = (0.0, 0.0, 0.0);
    for (place, one) in terms.iter().enumerate() {
        mean += one.factor * source.mean;
        for other in &terms[..=place] {
            let twice = if one.passes == other.passes { 1.0 } else { 2.0 };
            let product = twice * one.factor * other.factor;
            let (own, beside) = means.of(one.passes + other.passes, source.correlation);
            variance += product * own * own;
            next += product * own * beside;
        }
    }
    let variance = variance * source.variance;
    [variance, next * source.variance, variance * source.carried, mean]
}

/// The sum of parts, in an order that depends on nothing but their values.
pub(super) fn add(parts: &mut [Part]) -> Source {
    if let [[variance, next, carried, mean]] = *parts
        && variance > 0.0
    {
        let correlation = (next / variance).clamp(0.0, 1.0);
        return Source { variance, correlation, mean, carried: carried / variance };
    }
    parts.sort_unstable_by(|one, other| {
        let pairs = one.iter().zip(other);
        pairs
            .map(|(one, other)| one.total_cmp(other))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut sum = [0.0; 4];
    for part in parts {
        sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += *part);
    }
    let [variance, next, carried, mean] = sum;
    let over = |number: f64| if variance > 0.0 { number / variance } else { 0.0 };
    Source { variance, correlation: over(next).clamp(0.0, 1.0), mean, carried: over(carried) }
}

impl Source {
    /// What it has in a sum by itself, if its share of the channels is this.
    pub fn part(&self, share: f64) -> Part {
        let variance = share * self.variance;
        [variance, variance * self.correlation, variance * self.carried, share * self.mean]
    }
}

impl Term {
    /// The same after more means, times another number.
    pub fn after(&self, passes: u32, factor: f64) -> Self {
        let passes = (self.passes + passes).min(MOST_PASSES);
        Term { passes, factor: self.factor * factor, ..*self }
    }
}
