//! Folds of training rows.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// For each of at most so many folds the rows that are kept and those that are held out, both in
/// ascending order. Each row is held out once.
pub(super) fn folds(rows: usize, count: usize, seed: u64) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut fold_of = vec![0; rows];
    for (place, &row) in order.iter().enumerate() {
        fold_of[row] = place % count.max(1);
    }
    let fold = |fold| (0..rows).partition(|&row| fold_of[row] != fold);
    (0..count.min(rows)).map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_held_out_once() {
        let folds = folds(13, 5, 1);
        let mut held_out: Vec<usize> = folds.iter().flat_map(|fold| fold.1.clone()).collect();
        held_out.sort_unstable();
        assert_eq!(held_out, (0..13).collect::<Vec<_>>());
        for (kept, out) in folds {
            assert!(kept.len() + out.len() == 13 && (2..=3).contains(&out.len()));
        }
    }
}
