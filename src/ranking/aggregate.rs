//! Aggregates: one score from the ranks of several columns, without training.
//!
//! Each takes the ascending average ranks of every column (1 for the worst network, N for the best) and gives
//! each network a score of which greater is better.

use rayon::prelude::*;

/// An aggregate of ranks.
#[derive(Debug)]
pub struct Aggregate {
    /// The name for `--aggregate`, and of its column.
    pub name: &'static str,
    /// What it computes, in one line.
    pub summary: &'static str,
    /// The most networks for which it takes seconds only, if more take too long.
    pub most_rows: Option<usize>,
    score: fn(&[Vec<f64>]) -> Vec<f64>,
}

/// The registered aggregates.
pub static AGGREGATES: [Aggregate; 4] = [
    Aggregate {
        name: "log-rank",
        summary: "sum of ln(rank / N), as in AZ-NAS: one bad rank weighs more than one good one",
        most_rows: None,
        score: log_rank,
    },
    Aggregate {
        name: "mean-rank",
        summary: "mean of the ranks",
        most_rows: None,
        score: mean_rank,
    },
    Aggregate {
        name: "borda",
        summary: "Borda count: networks that are worse, summed over the columns; ties count nothing",
        most_rows: None,
        score: borda,
    },
    Aggregate {
        name: "vote",
        summary: "majority vote on every pair of networks: pairs won minus pairs lost",
        most_rows: Some(100_000),
        score: vote,
    },
];

impl Aggregate {
    /// The score of each network; greater is better.
    ///
    /// # Arguments
    ///
    /// `ranks`: for each column the [average ranks](crate::metrics::average_ranks) of the networks, N for the
    /// best of N. All columns have the same length.
    ///
    /// # Complexity
    ///
    /// For N networks and c columns O(N c), of `borda` O(N c log N), of `vote` O(N² c) on all threads. The result
    /// does not depend on the number of threads.
    pub fn score(&self, ranks: &[Vec<f64>]) -> Vec<f64> {
        (self.score)(ranks)
    }
}

/// How many networks there are.
fn rows(ranks: &[Vec<f64>]) -> usize {
    ranks.first().map_or(0, Vec::len)
}

/// For each network the sum of a term over the columns, in their order.
fn sum(ranks: &[Vec<f64>], term: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; rows(ranks)];
    for column in ranks {
        for (sum, &rank) in sums.iter_mut().zip(column) {
            *sum += term(rank);
        }
    }
    sums
}

/// Σ ln(rank / N), 0 at best. Lee and Ham: *AZ-NAS: Assembling Zero-Cost Proxies for Network Architecture
/// Search*, CVPR 2024, arXiv 2403.19232.
fn log_rank(ranks: &[Vec<f64>]) -> Vec<f64> {
    let count = rows(ranks) as f64;
    sum(ranks, |rank| (rank / count).ln())
}

/// The mean of the ranks, N at best.
fn mean_rank(ranks: &[Vec<f64>]) -> Vec<f64> {
    let columns = ranks.len() as f64;
    let mut mean = sum(ranks, |rank| rank);
    for sum in &mut mean {
        *sum /= columns;
    }
    mean
}

/// The Borda count: how many networks are strictly worse, summed over the columns; (N − 1) a column at best.
/// It orders as the mean of the ranks does where no column has ties.
fn borda(ranks: &[Vec<f64>]) -> Vec<f64> {
    let mut counts = vec![0.0; rows(ranks)];
    for column in ranks {
        let mut sorted = column.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        for (count, rank) in counts.iter_mut().zip(column) {
            *count += sorted.partition_point(|other| other < rank) as f64;
        }
    }
    counts
}

/// The networks that are compared with one at a time, so that their balance stays in a near cache.
const BLOCK: usize = 4096;

/// A majority vote of the columns on every pair of networks: how many pairs a network wins, minus those it
/// loses. A column whose ranks are equal abstains. This is the vote of Abdelfattah et al., *Zero-Cost Proxies for
/// Lightweight NAS*, ICLR 2021, arXiv 2101.08134, with the order that Copeland makes of it.
fn vote(ranks: &[Vec<f64>]) -> Vec<f64> {
    let of_row = |balance: &mut Vec<i32>, row: usize| {
        let mut score = 0;
        for start in (0..rows(ranks)).step_by(BLOCK) {
            let end = rows(ranks).min(start + BLOCK);
            balance.clear();
            balance.resize(end - start, 0);
            for column in ranks {
                let own = column[row];
                for (balance, &other) in balance.iter_mut().zip(&column[start..end]) {
                    *balance += i32::from(own > other) - i32::from(own < other);
                }
            }
            score += balance.iter().map(|balance| i64::from(balance.signum())).sum::<i64>();
        }
        score as f64
    };
    (0..rows(ranks)).into_par_iter().map_init(Vec::new, of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{average_ranks, kendall_tau};

    fn score(name: &str, columns: &[&[f64]]) -> Vec<f64> {
        let aggregate = AGGREGATES.iter().find(|one| one.name == name).unwrap();
        let ranks: Vec<_> = columns.iter().map(|column| average_ranks(column)).collect();
        aggregate.score(&ranks)
    }

    #[test]
    fn scores_by_hand() {
        // Ranks 1, 2.5, 2.5, 4 and 4, 3, 2, 1.
        let columns: [&[f64]; 2] = [&[0.0, 5.0, 5.0, 9.0], &[8.0, 6.0, 4.0, 2.0]];
        let log = |a: f64, b: f64| (a / 4.0).ln() + (b / 4.0).ln();
        let expected = [log(1.0, 4.0), log(2.5, 3.0), log(2.5, 2.0), log(4.0, 1.0)];
        assert_eq!(score("log-rank", &columns), expected);
        assert_eq!(score("mean-rank", &columns), [2.5, 2.75, 2.25, 2.5]);
        assert_eq!(score("borda", &columns), [3.0, 3.0, 2.0, 3.0]);
        // All pairs are one vote against one, but rows 1 and 2: a tie and a vote for row 1.
        assert_eq!(score("vote", &columns), [0.0, 1.0, -1.0, 0.0]);
        let three: [&[f64]; 3] = [columns[0], columns[1], &[1.0, 2.0, 3.0, 4.0]];
        // Row 3 beats rows 0, 1 and 2 by two votes to one; rows 1 and 2 draw.
        assert_eq!(score("vote", &three), [-3.0, 0.0, 0.0, 3.0]);
    }

    #[test]
    fn every_aggregate_keeps_the_order_of_a_single_column() {
        let column: Vec<f64> = (0..9000_u32).map(|row| f64::from(row * 7919 % 4001)).collect();
        for aggregate in &AGGREGATES {
            let scores = aggregate.score(&[average_ranks(&column)]);
            assert!((kendall_tau(&scores, &column) - 1.0).abs() < 1e-12, "{}", aggregate.name);
        }
    }

    #[test]
    fn nothing_is_aggregated_to_nothing() {
        for aggregate in &AGGREGATES {
            assert_eq!(aggregate.score(&[]), [0.0; 0]);
            assert_eq!(aggregate.score(&[Vec::new()]), [0.0; 0]);
        }
    }
}
