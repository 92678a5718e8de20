//! Rules that tell some rows from others.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_trees::{DecisionTree, TreeNode};
use ndarray::{Array1, Array2, ArrayView2};

use crate::metrics::average_ranks;

/// How many conditions a rule has at the most.
const DEPTH: usize = 3;

/// The least share of the rows that a rule holds for.
const LEAST_SHARE: f32 = 0.02;

/// What the weight of the rows asked for is multiplied with, so that they never weigh as much as others: linfa leaves
/// open which of two equal classes wins.
const TIE: f32 = 1.000_1;

/// The most digits behind the point that are tried.
const DIGITS: usize = 17;

/// A condition on a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleCondition {
    /// The column.
    pub column: usize,
    /// Whether its value is above the threshold; otherwise at most that.
    pub is_above: bool,
    /// The threshold.
    pub threshold: f64,
}

/// Conditions that hold together mostly for the rows asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The conditions, at most one of each kind for a column.
    pub conditions: Vec<RuleCondition>,
    /// How many rows they hold for.
    pub support: usize,
    /// The share of these that are asked for.
    pub precision: f64,
    /// The share of those that are asked for that they hold for.
    pub recall: f64,
}

/// Rules for the rows that are asked for, of finite records (rows × columns): the leaves of a decision tree with at
/// most three splits on a way (linfa-trees, Gini impurity, both kinds of rows with the same weight in all) in which rows that
/// are asked for are more frequent than elsewhere, the most precise first. None if no split tells them apart.
///
/// # Complexity
///
/// O(rows · columns).
pub fn rules(records: ArrayView2<f64>, asked: &[bool]) -> Vec<Rule> {
    let rows = records.nrows();
    let count = asked.iter().filter(|asked| **asked).count();
    if count == 0 || count == rows || asked.len() != rows {
        return Vec::new();
    }
    // linfa takes values for equal that differ by less than 10⁻⁵. Ranks do not.
    let mut ranks = Array2::zeros(records.dim());
    for (column, mut to) in records.columns().into_iter().zip(ranks.columns_mut()) {
        to.assign(&Array1::from(average_ranks(&column.to_vec())));
    }
    let labels: Array1<usize> = asked.iter().map(|&asked| usize::from(asked)).collect();
    #[expect(clippy::cast_possible_truncation, reason = "a weight need not be exact")]
    let [own, total] = [(rows - count) as f64 / count as f64, rows as f64].map(|x| x as f32);
    let weight = |&asked: &bool| if asked { own * TIE } else { 1.0 };
    let dataset = DatasetBase::new(ranks, labels).with_weights(asked.iter().map(weight).collect());
    let params = DecisionTree::params().max_depth(Some(DEPTH)).min_weight_leaf(LEAST_SHARE * total);
    let Ok(tree) = params.fit(&dataset) else { return Vec::new() };
    let ranks = dataset.records().view();
    let mut found = Vec::new();
    let mut open: Vec<(&TreeNode<f64, usize>, Vec<RuleCondition>)> =
        vec![(tree.root_node(), Vec::new())];
    while let Some((node, way)) = open.pop() {
        if node.is_leaf() {
            let of_rank = |condition: &RuleCondition| in_values(*condition, records, ranks);
            let conditions: Vec<RuleCondition> = shortened(&way).iter().map(of_rank).collect();
            found.extend(measured(conditions, records, asked, count).filter(|_| !way.is_empty()));
            continue;
        }
        let (column, threshold, _) = node.split();
        for (child, is_above) in node.children().into_iter().zip([false, true]) {
            let condition = RuleCondition { column, is_above, threshold };
            let way = way.iter().copied().chain([condition]).collect();
            open.extend(child.as_deref().map(|child| (child, way)));
        }
    }
    found.sort_by(|one: &Rule, other| {
        other.precision.total_cmp(&one.precision).then(other.support.cmp(&one.support))
    });
    found
}

/// The last condition of each kind on each column, which is the strictest.
fn shortened(way: &[RuleCondition]) -> Vec<RuleCondition> {
    let is_last = |(place, one): (usize, &RuleCondition)| {
        let same =
            |other: &RuleCondition| (other.column, other.is_above) == (one.column, one.is_above);
        (!way[place + 1..].iter().any(same)).then_some(*one)
    };
    way.iter().enumerate().filter_map(is_last).collect()
}

/// The same condition on values instead of ranks: a number between the values on both sides, with few digits.
fn in_values(
    condition: RuleCondition,
    records: ArrayView2<f64>,
    ranks: ArrayView2<f64>,
) -> RuleCondition {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for (&value, &rank) in
        records.column(condition.column).iter().zip(ranks.column(condition.column))
    {
        if rank <= condition.threshold {
            low = low.max(value);
        } else {
            high = high.min(value);
        }
    }
    RuleCondition { threshold: between(low, high), ..condition }
}

/// A number that is at least `low` and below `high`: near the middle, with as few digits as that takes.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    let rounded =
        (0..=DIGITS).filter_map(|digits| format!("{middle:.digits$}").parse::<f64>().ok());
    let mut fitting = rounded.filter(|&number| low <= number && number < high);
    fitting.next().unwrap_or(low)
}

/// A rule with these conditions, if rows that are asked for are more frequent where they hold.
fn measured(
    conditions: Vec<RuleCondition>,
    records: ArrayView2<f64>,
    asked: &[bool],
    count: usize,
) -> Option<Rule> {
    let holds = |row: usize| {
        conditions.iter().all(|one| (records[[row, one.column]] > one.threshold) == one.is_above)
    };
    let held: Vec<usize> = (0..asked.len()).filter(|&row| holds(row)).collect();
    let right = held.iter().filter(|&&row| asked[row]).count() as f64;
    let precision = right / held.len() as f64;
    let recall = right / count as f64;
    let usual = count as f64 / asked.len() as f64;
    (precision > usual).then_some(Rule { conditions, support: held.len(), precision, recall })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_found_again() {
        // Small values, which linfa itself would take for equal.
        let records = Array2::from_shape_fn((200, 4), |(row, column)| {
            (row * (column * 2 + 3) * 7 % 23) as f64 * 1e-7
        });
        let is_asked = |row: usize| records[[row, 1]] > 9.5e-7 && records[[row, 3]] <= 12.5e-7;
        let asked: Vec<bool> = (0..200).map(is_asked).collect();
        let found = rules(records.view(), &asked);
        assert!((found[0].precision, found[0].recall) >= (0.95, 0.5), "{found:?}");
        for rule in &found {
            let holds = |row: &usize| {
                let mut all = rule.conditions.iter();
                all.all(|one| (records[[*row, one.column]] > one.threshold) == one.is_above)
            };
            let held: Vec<usize> = (0..200).filter(holds).collect();
            let right = held.iter().filter(|row| asked[**row]).count();
            assert_eq!(rule.support, held.len());
            assert!((rule.precision - right as f64 / held.len() as f64).abs() < 1e-12);
        }
        assert_eq!(found, rules(records.view(), &asked));
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "the shortest numbers are exact")]
    fn thresholds_have_few_digits() {
        for (low, high, expected) in [
            (1.0, 2.0, 1.5),
            (1.0, 3.0, 2.0),
            (0.1234, 0.1235, 0.12345),
            (-3.0, 40.0, 18.0),
            (5.0, 5.0, 5.0),
        ] {
            assert_eq!(between(low, high), expected, "{low} {high}");
        }
        let next = 1.0_f64.next_up();
        assert_eq!(between(1.0, next), 1.0);
    }

    #[test]
    fn without_a_difference_there_is_no_rule() {
        let records = Array2::zeros((20, 2));
        let half: Vec<bool> = (0..20).map(|row| row % 2 == 0).collect();
        assert!(rules(records.view(), &half).is_empty());
        assert!(rules(records.view(), &[false; 20]).is_empty());
        assert!(rules(records.view(), &[true; 20]).is_empty());
    }
}
