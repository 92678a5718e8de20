//! Mean ranks of several predictors, and which of them cannot be told apart.

use std::ops::RangeInclusive;

use super::canvas::{Anchor, Canvas, LETTER};
use super::plot::{LINE, WIDTH};
use super::scale::{self, Scale};
use super::text::width;
use super::{Data, Figure, full, sentences};
use crate::experiment::{SIGNIFICANT, runs_to_tell};
use crate::metrics::{average_ranks, holm, wilcoxon};

/// The most entries that are drawn.
const MOST: usize = 20;

/// The widest label.
const WIDEST: f64 = 160.0;

/// A critical-difference diagram, after Demšar, Statistical Comparisons of Classifiers over Multiple Data Sets, JMLR 7
/// (2006). Differences are tested by Wilcoxon's signed-rank test with Holm's correction for all pairs, as Benavoli,
/// Corani and Mangili, JMLR 17 (2016), advise, rather than by mean ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct CriticalDifference {
    /// What was measured, such as `kendall_tau of accuracy, 128 networks`.
    pub measured: String,
    /// Whether higher values are better.
    pub higher_is_better: bool,
    /// What is compared: its label and its value in each run; the runs are paired, and NaN is no value.
    pub entries: Vec<(String, Vec<f64>)>,
}

/// A diagram as it is drawn.
struct Ranks {
    /// Labels with their mean ranks, best first.
    means: Vec<(String, f64)>,
    /// Neighbours that cannot be told apart.
    groups: Vec<RangeInclusive<usize>>,
    /// The number of runs in which all have a value.
    runs: usize,
}

impl CriticalDifference {
    /// # Complexity
    ///
    /// O(k² r log r) time for k entries and r runs.
    fn ranks(&self) -> Ranks {
        let count = self.entries.len();
        let runs = self.entries.iter().map(|(_, values)| values.len()).min().unwrap_or(0);
        let sign = if self.higher_is_better { -1.0 } else { 1.0 };
        let whole = (0..runs).filter_map(|run| {
            let values: Vec<f64> = self.entries.iter().map(|(_, all)| sign * all[run]).collect();
            (!values.iter().any(|value| value.is_nan())).then_some(values)
        });
        let whole: Vec<Vec<f64>> = whole.collect();
        let mut sums = vec![0.0; count];
        for values in &whole {
            for (sum, rank) in sums.iter_mut().zip(average_ranks(values)) {
                *sum += rank;
            }
        }
        let mean = |place: usize| sums[place] / whole.len() as f64;
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&one, &other| mean(one).total_cmp(&mean(other)).then(one.cmp(&other)));
        let pairs: Vec<(usize, usize)> =
            (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other))).collect();
        let p_values: Vec<f64> = pairs
            .iter()
            .map(|&(one, other)| {
                let differences: Vec<f64> =
                    whole.iter().map(|values| values[order[one]] - values[order[other]]).collect();
                wilcoxon(&differences).map_or(1.0, |test| test.p_value)
            })
            .collect();
        let mut is_close = vec![vec![true; count]; count];
        for (&(one, other), p_value) in pairs.iter().zip(holm(&p_values)) {
            is_close[one][other] = p_value >= SIGNIFICANT;
        }
        let means =
            order.iter().map(|&place| (self.entries[place].0.clone(), mean(place))).collect();
        Ranks { means, groups: groups(count, &is_close), runs: whole.len() }
    }

    /// How many runs a difference needs.
    fn needed(&self) -> usize {
        let count = self.entries.len();
        runs_to_tell(count * count.saturating_sub(1) / 2)
    }
}

/// The largest runs of neighbours of which every pair is close.
fn groups(count: usize, is_close: &[Vec<bool>]) -> Vec<RangeInclusive<usize>> {
    let mut groups: Vec<RangeInclusive<usize>> = Vec::new();
    for first in 0..count {
        let all_close = |last: &usize| {
            (first..=*last).all(|one| (one + 1..=*last).all(|other| is_close[one][other]))
        };
        let last = (first + 1..count).take_while(all_close).last();
        if let Some(last) = last.filter(|last| groups.last().is_none_or(|group| group.end() < last))
        {
            groups.push(first..=last);
        }
    }
    groups
}

impl Figure for CriticalDifference {
    fn title(&self) -> String {
        format!("Mean ranks by {}", self.measured)
    }

    fn note(&self) -> String {
        let runs = self.ranks().runs;
        let needed = self.needed();
        let few = if runs < needed {
            format!(" With {runs} runs no difference can be significant; from {needed} on it can.")
        } else {
            String::new()
        };
        format!(
            "Mean ranks over {runs} paired runs, 1 is best. Bars join those that Wilcoxon's signed-rank test with \
             Holm's correction for all pairs does not tell apart (p ≥ {SIGNIFICANT}).{few}"
        )
    }

    fn summary(&self) -> String {
        let Ranks { means, groups, .. } = self.ranks();
        let each = sentences(&means, |(label, rank)| format!("{label}: {}.", scale::shown(*rank)));
        let groups = sentences(&groups, |group| {
            let names: Vec<&str> =
                means[group.clone()].iter().map(|(label, _)| label.as_str()).collect();
            format!("Not told apart: {}.", names.join(", "))
        });
        format!("{each} {groups}")
    }

    fn draw(&self) -> Canvas {
        let Ranks { means, groups, .. } = self.ranks();
        let count = means.len().min(MOST);
        let groups: Vec<_> = groups.into_iter().filter(|group| *group.end() < count).collect();
        let shown = |(label, rank): &(String, f64)| format!("{label} ({rank:.2})");
        let widest = means[..count].iter().map(|one| width(&shown(one)) * LETTER);
        let side = widest.fold(60.0, f64::max).min(WIDEST) + 18.0;
        let (left, right, axis) = (side, WIDTH - side, 34.0);
        let bars = axis + 12.0 + 9.0 * groups.len() as f64;
        let half = count.div_ceil(2);
        let mut canvas = Canvas::new(WIDTH, bars + LINE * half as f64 + 24.0);
        let domain = [1.0, (means.len().max(2)) as f64];
        let scale = Scale { domain, range: [left, right], is_log: false };
        canvas.path("axis", &[[left, axis], [right, axis]]);
        let step = means.len().div_ceil(12).max(1);
        for rank in (1..=means.len().max(2)).step_by(step) {
            let Some(x) = scale.at(rank as f64) else { continue };
            canvas.path("axis", &[[x, axis - 5.0], [x, axis]]);
            canvas.text("small", [x, axis - 9.0], Anchor::Middle, 40.0, &rank.to_string());
        }
        let place = |rank: f64| scale.at(rank);
        for (level, group) in groups.iter().enumerate() {
            let y = axis + 9.0 + 9.0 * level as f64;
            let ends = [group.start(), group.end()].map(|&at| place(means[at].1));
            if let [Some(from), Some(to)] = ends {
                canvas.path("line thick s0", &[[from - 3.0, y], [to + 3.0, y]]);
            }
        }
        for (at, one) in means.iter().take(count).enumerate() {
            let Some(x) = place(one.1) else { continue };
            // The better half on the left from top to bottom, the others on the right from bottom to top.
            let is_left = at < half;
            let row = if is_left { at } else { count - 1 - at };
            let y = bars + LINE * row as f64 + 12.0;
            let (end, anchor, text) = if is_left {
                (left - 6.0, Anchor::End, left - 12.0)
            } else {
                (right + 6.0, Anchor::Start, right + 12.0)
            };
            canvas.path("axis", &[[x, axis], [x, y], [end, y]]);
            canvas.text("", [text, y + 4.5], anchor, WIDEST, &shown(one));
        }
        canvas
    }

    fn data(&self) -> Data {
        let Ranks { means, groups, runs } = self.ranks();
        let rows = means.into_iter().enumerate().map(|(place, (label, rank))| {
            let own = groups.iter().enumerate().filter(|(_, group)| group.contains(&place));
            let own: Vec<String> = own.map(|(number, _)| (number + 1).to_string()).collect();
            [label, full(rank), runs.to_string(), own.join(" ")]
        });
        Data::new(["label", "mean_rank", "runs", "groups"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_cannot_be_told_apart() {
        let base: Vec<f64> = (0..12).map(|run| 0.7 + 0.01 * f64::from(run % 5)).collect();
        let near: Vec<f64> =
            base.iter().zip(0..).map(|(v, run)| v + 0.001 * f64::from(run % 3 - 1)).collect();
        let far: Vec<f64> = base.iter().map(|value| value - 0.1).collect();
        let entries = [("far", far), ("base", base), ("near", near)];
        let diagram = CriticalDifference {
            measured: "kendall_tau".to_owned(),
            higher_is_better: true,
            entries: entries.map(|(name, values)| (name.to_owned(), values)).into(),
        };
        let Ranks { means, groups, runs } = diagram.ranks();
        assert_eq!(runs, 12);
        assert_eq!(means[2], ("far".to_owned(), 3.0));
        assert_eq!(groups, [0..=1]);
        assert!(diagram.summary().contains("Not told apart: base, near."));
        let few = diagram.entries.into_iter().map(|(name, values)| (name, values[..5].to_vec()));
        let few = CriticalDifference {
            measured: String::new(),
            higher_is_better: true,
            entries: few.collect(),
        };
        assert_eq!(few.ranks().groups, [0..=2]);
        assert!(few.note().contains("With 5 runs no difference can be significant; from 7 on"));
    }
}
