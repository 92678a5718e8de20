//! How much worse predictions rank rows when columns are shuffled.

use ndarray::{Array1, ArrayView2};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::metrics::kendall_tau;

/// How far Kendall's tau-b falls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drop {
    /// The mean over the repeats.
    pub mean: f64,
    /// The standard deviation over the repeats (n − 1 in the denominator); `None` of a single one.
    pub std: Option<f64>,
}

/// For each group of columns how far Kendall's tau-b between predictions and the truth falls when the values
/// of these columns are shuffled among the rows, together (Breiman, *Random Forests*, 2001; Fisher, Rudin and
/// Dominici, *All Models are Wrong, but Many are Useful*, JMLR 20, 2019). NaN where tau is not defined.
///
/// Each repeat shuffles the rows in one way for all groups, drawn with the seed.
///
/// # Complexity
///
/// One prediction of all rows for each group and repeat, in parallel, each with a copy of the records. The result does
/// not depend on the number of threads.
pub fn drops(
    predict: &(dyn Fn(ArrayView2<f64>) -> Array1<f64> + Sync),
    records: ArrayView2<f64>,
    truth: &[f64],
    groups: &[Vec<usize>],
    repeats: usize,
    seed: u64,
) -> Vec<Drop> {
    let tau = |records: ArrayView2<f64>| kendall_tau(truth, &predict(records).to_vec());
    let whole = tau(records);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..records.nrows()).collect();
    let orders: Vec<Vec<usize>> = (0..repeats)
        .map(|_| {
            order.shuffle(&mut random);
            order.clone()
        })
        .collect();
    let drops = groups.par_iter().map(|group| {
        let falls = orders.par_iter().map(|order| {
            let mut shuffled = records.to_owned();
            for &column in group {
                let values = records.column(column);
                let mut to = shuffled.column_mut(column);
                to.iter_mut().zip(order).for_each(|(to, &row)| *to = values[row]);
            }
            whole - tau(shuffled.view())
        });
        let falls: Vec<f64> = falls.collect();
        let count = falls.len() as f64;
        let mean = falls.iter().sum::<f64>() / count;
        let squares: f64 = falls.iter().map(|fall| (fall - mean).powi(2)).sum();
        let std = (falls.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        Drop { mean, std }
    });
    drops.collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis};

    use super::*;

    #[test]
    fn only_columns_that_are_used_matter() {
        let records =
            Array2::from_shape_fn((200, 3), |(row, column)| (row * (column + 7) * 31 % 101) as f64);
        let predict = |records: ArrayView2<f64>| {
            records.index_axis(Axis(1), 0).to_owned() * 10.0 + records.index_axis(Axis(1), 1)
        };
        let truth = predict(records.view()).to_vec();
        let groups = [vec![0], vec![1], vec![2], vec![0, 1]];
        let found = drops(&predict, records.view(), &truth, &groups, 4, 1);
        assert!(found[0].mean > 0.5 && (0.001..0.2).contains(&found[1].mean), "{found:?}");
        assert_eq!(found[2], Drop { mean: 0.0, std: Some(0.0) });
        assert!(found[3].mean > 0.8 && found[3].std.unwrap() > 0.0);
        assert_eq!(found, drops(&predict, records.view(), &truth, &groups, 4, 1));
    }
}
