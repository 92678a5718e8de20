//! What many searches found, and how fast.

use serde_json::{Map, Value, json};

use super::Replay;
use crate::experiment::{RunScore, score_all};

/// After so many trainings the regret is told.
pub const CHECKPOINTS: [usize; 4] = [20, 50, 100, 150];

/// One of so many networks is at the top.
const TOP: usize = 1000;

/// How many trainings some searches needed to reach something.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// What was to be reached: `best`, `top_0.1%` or `regret_` and a number.
    pub what: String,
    /// The median over all seeds, those that did not reach it after all others; none if it is one of them.
    pub median: Option<f64>,
    /// The mean over the seeds that reached it.
    pub mean: Option<f64>,
    /// The most trainings of them.
    pub most: Option<usize>,
    /// How many reached it.
    pub found: usize,
    /// How many searches there are.
    pub seeds: usize,
}

/// What is left to the best network of the table after some trainings, in units of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// After how many trainings.
    pub after: usize,
    /// The median over the seeds.
    pub median: f64,
    /// The mean and the standard deviation over the seeds, and how they stand beside the best strategy.
    pub score: RunScore,
}

/// What a strategy reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// Its name.
    pub strategy: &'static str,
    /// How many trainings it took.
    pub reached: Vec<Reached>,
    /// The regret on the way.
    pub regret: Vec<Spread>,
}

/// Summarizes the traces of [`Replay::run`].
///
/// # Arguments
///
/// * `regrets` - regrets for which the trainings are told that it takes to have no more
pub fn summarize(replay: &Replay, traces: &[Vec<Vec<usize>>], regrets: &[f64]) -> Vec<Replayed> {
    let worths = replay.direction.worths(&replay.values);
    let mut order = worths.clone();
    order.sort_by(|one, other| other.total_cmp(one));
    let best = order[0];
    // At least the best one is at the top.
    let top = worths.len().div_ceil(TOP);
    let levels = [("best".to_owned(), best), ("top_0.1%".to_owned(), order[top - 1])];
    let of_regret = regrets.iter().map(|regret| (format!("regret_{regret}"), best - regret));
    let levels: Vec<(String, f64)> = levels.into_iter().chain(of_regret).collect();
    let checkpoints: Vec<usize> =
        CHECKPOINTS.into_iter().filter(|&after| after <= replay.budget).collect();
    let left = |trace: &Vec<usize>, after: usize| {
        let found = trace.iter().take(after).map(|&row| worths[row]);
        best - found.fold(f64::NEG_INFINITY, f64::max)
    };
    let regrets_after = checkpoints.iter().map(|&after| {
        let of = |traces: &Vec<Vec<usize>>| traces.iter().map(|one| left(one, after)).collect();
        let values: Vec<([usize; 3], Vec<f64>)> =
            traces.iter().enumerate().map(|(place, traces)| ([0, place, 0], of(traces))).collect();
        let medians = values.iter().map(|(_, values)| median(values.clone()));
        let scores = "regret@1".parse().map_or_else(|_| Vec::new(), |one| score_all(one, &values));
        (after, medians.collect::<Vec<_>>(), scores)
    });
    let regrets_after: Vec<_> = regrets_after.collect();
    let strategies = replay.strategies.iter().zip(traces).enumerate();
    let summary = strategies.map(|(place, (strategy, traces))| Replayed {
        strategy: strategy.name,
        reached: levels.iter().map(|level| reached(level, traces, &worths)).collect(),
        regret: regrets_after
            .iter()
            .filter_map(|(after, medians, scores)| {
                let score = scores.get(place)?.clone();
                Some(Spread { after: *after, median: medians[place], score })
            })
            .collect(),
    });
    summary.collect()
}

fn reached((what, level): &(String, f64), traces: &[Vec<usize>], worths: &[f64]) -> Reached {
    let first = |trace: &Vec<usize>| trace.iter().position(|&row| worths[row] >= *level);
    let took: Vec<Option<usize>> =
        traces.iter().map(|trace| first(trace).map(|place| place + 1)).collect();
    let found: Vec<usize> = took.iter().copied().flatten().collect();
    let all = took.iter().map(|took| took.map_or(f64::INFINITY, |took| took as f64));
    let median = median(all.collect());
    let mean = found.iter().sum::<usize>() as f64 / found.len() as f64;
    Reached {
        what: what.clone(),
        median: median.is_finite().then_some(median),
        mean: mean.is_finite().then_some(mean),
        most: found.iter().copied().max(),
        found: found.len(),
        seeds: traces.len(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    if count == 0 {
        return f64::NAN;
    }
    f64::midpoint(values[(count - 1) / 2], values[count / 2])
}

impl Replayed {
    /// As JSON: `{"strategy", "to_best": {"median", "mean", "most", "found", "seeds"}, "to_top_0.1%": …, "regret": {"20": mean, …},
    /// "regret_median": …, "regret_std": …, "regret_p_value": …}`. What no seed reached is null.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("strategy".to_owned(), json!(self.strategy));
        for one in &self.reached {
            let Reached { what, median, mean, most, found, seeds } = one;
            let value = json!({"median": median, "mean": mean, "most": most, "found": found, "seeds": seeds});
            object.insert(format!("to_{what}"), value);
        }
        let each = |of: fn(&Spread) -> Value| {
            let pairs = self.regret.iter().map(|one| (one.after.to_string(), of(one)));
            Value::Object(pairs.collect())
        };
        object.insert("regret".to_owned(), each(|one| json!(one.score.mean)));
        object.insert("regret_median".to_owned(), each(|one| json!(one.median)));
        object.insert("regret_std".to_owned(), each(|one| json!(one.score.std)));
        object.insert("regret_p_value".to_owned(), each(|one| json!(one.score.p_value)));
        Value::Object(object)
    }
}
