//! What many runs say together.

use super::{Compare, Plan, Run, RunIndex, Task};
use crate::metrics::{Metric, holm, wilcoxon};

/// A difference with a smaller p-value is more than chance.
pub const SIGNIFICANT: f64 = 0.05;

/// How a score stands beside the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the best.
    Best,
    /// It is not significantly worse than the best.
    Close,
    /// It is significantly worse, or the only one.
    Worse,
    /// There are too few runs to tell.
    Undecided,
}

/// What a set of predictors and a predictor reached.
#[derive(Debug, Clone, PartialEq)]
pub struct RunScore {
    /// The set, by its place in the pool.
    pub set: usize,
    /// The predictor, by its place in the experiment.
    pub learner: usize,
    /// The way of choosing, by its place in the experiment.
    pub choice: usize,
    /// How many runs have a value.
    pub runs: usize,
    /// The mean over them; NaN if there is none.
    pub mean: f64,
    /// Their standard deviation (with n − 1 in the denominator); NaN for one alone.
    pub std: f64,
    /// How it stands beside the best.
    pub standing: Standing,
    /// The p-value of the difference to the best: Wilcoxon's signed-rank test over the paired runs,
    /// corrected by Holm for the number of scores beside the best.
    pub p_value: Option<f64>,
}

/// The scores of one task, train size and metric.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The task.
    pub task: Task,
    /// The rows of the train sets (of folds: on average).
    pub train_size: usize,
    /// The metric.
    pub metric: Metric,
    /// For each set, in it for each predictor, and with it for each way of choosing.
    pub scores: Vec<RunScore>,
}

/// Means, standard deviations, and what is significantly worse than the best.
pub fn summarize(compare: &Compare, sets: usize, runs: &[Run]) -> Vec<Summary> {
    // Folds are repeats of one experiment; sizes are experiments of their own.
    let groups = if matches!(compare.plan, Plan::Folds(_)) { 1 } else { compare.plan.splits() };
    let mut summaries = Vec::new();
    for (task, targets) in compare.tasks.iter().enumerate() {
        for group in 0..groups {
            let of_group =
                |run: &&Run| run.place.task == task && (groups == 1 || run.place.split == group);
            let runs: Vec<&Run> = runs.iter().filter(of_group).collect();
            let rows: usize = runs.iter().map(|run| run.train_rows).sum();
            for (place, &metric) in compare.metrics.iter().enumerate() {
                let choices = compare.choices.len().max(1);
                let values = (0..sets * compare.learners.len() * choices).map(|column| {
                    let (rest, choice) = (column / choices, column % choices);
                    let (set, learner) =
                        (rest / compare.learners.len(), rest % compare.learners.len());
                    let own = runs.iter().filter(|run| {
                        let RunIndex { set: of, learner: by, choice: chosen, .. } = run.place;
                        (of, by, chosen) == (set, learner, choice)
                    });
                    ([set, learner, choice], own.map(|run| run.values[place]).collect::<Vec<f64>>())
                });
                summaries.push(Summary {
                    task: *targets,
                    train_size: (rows + runs.len() / 2) / runs.len().max(1),
                    metric,
                    scores: score_all(metric, &values.collect::<Vec<_>>()),
                });
            }
        }
    }
    summaries
}

/// The scores of sets, predictors and ways of choosing, by their places, whose runs are paired; NaN is a run
/// without a value.
pub fn score_all(metric: Metric, values: &[([usize; 3], Vec<f64>)]) -> Vec<RunScore> {
    let mut scores: Vec<RunScore> = values
        .iter()
        .map(|([set, learner, choice], values)| {
            let known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            let count = known.len() as f64;
            let mean = known.iter().sum::<f64>() / count;
            let squares: f64 = known.iter().map(|value| (value - mean).powi(2)).sum();
            RunScore {
                set: *set,
                learner: *learner,
                choice: *choice,
                runs: known.len(),
                mean,
                std: if count > 1.0 { (squares / (count - 1.0)).sqrt() } else { f64::NAN },
                standing: Standing::Worse,
                p_value: None,
            }
        })
        .collect();
    if scores.len() < 2 {
        return scores; // Nothing to be better than.
    }
    let sign = if metric.higher_is_better() { 1.0 } else { -1.0 };
    let known = scores.iter().enumerate().filter(|(_, score)| !score.mean.is_nan());
    // The first of equally good ones.
    let best =
        known.rev().max_by(|one, other| (sign * one.1.mean).total_cmp(&(sign * other.1.mean)));
    let Some((best, _)) = best else { return scores };
    let others: Vec<(usize, f64)> = (0..scores.len())
        .filter(|&place| place != best)
        .filter_map(|place| {
            let pairs = values[best].1.iter().zip(&values[place].1);
            let differences: Vec<f64> =
                pairs.map(|(best, other)| best - other).filter(|d| !d.is_nan()).collect();
            Some((place, wilcoxon(&differences).ok()?.p_value))
        })
        .collect();
    let p_values: Vec<f64> = others.iter().map(|other| other.1).collect();
    let can_tell = scores[best].runs >= runs_to_tell(others.len());
    for ((place, _), p_value) in others.iter().zip(holm(&p_values)) {
        scores[*place].p_value = Some(p_value);
        if p_value >= SIGNIFICANT {
            scores[*place].standing = Standing::Close;
        }
    }
    scores[best].standing = Standing::Best;
    if !can_tell {
        // Who is marked as the best looks better than the others, which nobody knows.
        for score in &mut scores {
            score.standing = Standing::Undecided;
        }
    }
    scores
}

/// With fewer runs than this no difference to the best can be significant when so many others
/// stand beside it: Wilcoxon's least p-value is 2 / 2^runs, and Holm multiplies it by their number.
pub fn runs_to_tell(others: usize) -> usize {
    let mut runs = 1;
    let mut least = others as f64;
    while least >= SIGNIFICANT {
        runs += 1;
        least /= 2.0;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_and_what_is_not_worse() {
        let best: Vec<f64> = (0..12).map(|run| 0.8 + 0.01 * f64::from(run % 5)).collect();
        let close: Vec<f64> = best
            .iter()
            .zip(0..)
            .map(|(v, run)| v + 0.001 * f64::from(run % 3 - 1) - 1e-4)
            .collect();
        let worse: Vec<f64> = best.iter().map(|value| value - 0.05).collect();
        let none = vec![f64::NAN; 12];
        let values = [worse, best, close, none];
        let values: Vec<_> = (0..).map(|set| [set, 0, 0]).zip(values).collect();
        let found = score_all("kendall_tau".parse().unwrap(), &values);
        let standings: Vec<_> = found.iter().map(|score| score.standing).collect();
        let worse = Standing::Worse;
        assert_eq!(standings, [worse, Standing::Best, Standing::Close, worse]);
        assert!((found[1].mean - found[0].mean - 0.05).abs() < 1e-12);
        assert!(found[3].mean.is_nan() && found[3].p_value.is_none());
        // Of an error the least is best.
        let found = score_all("mae".parse().unwrap(), &values);
        assert_eq!(found[0].standing, Standing::Best);
    }

    #[test]
    fn how_many_runs_are_needed() {
        let needed: Vec<_> = [1, 2, 3, 4, 6, 7].map(runs_to_tell).into();
        assert_eq!(needed, [6, 7, 7, 8, 8, 9]);
    }

    #[test]
    fn few_runs_tell_nothing() {
        let values = [([0, 0, 0], vec![0.5; 5]), ([1, 0, 0], vec![0.9; 5])];
        let found = score_all("kendall_tau".parse().unwrap(), &values);
        assert_eq!([found[0].standing, found[1].standing], [Standing::Undecided; 2]);
    }
}
