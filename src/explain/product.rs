//! Contributions to sums of products with one factor a column.

use super::Quadrature;

/// More points than these change nothing that a float shows: the factors of many columns make a smooth function.
const MOST_POINTS: usize = 32;

/// Adds up the Shapley values of products ∏ aᵢ, in which an unknown column has the factor bᵢ instead.
#[derive(Debug)]
pub struct Product {
    rule: Quadrature,
    /// For each column and point the factor aᵢ t + bᵢ (1 − t).
    factors: Vec<f64>,
    /// For each point the product of the factors, times its weight.
    products: Vec<f64>,
}

impl Product {
    /// For products of so many columns.
    pub fn new(columns: usize) -> Self {
        let rule = Quadrature::new(columns.div_ceil(2).min(MOST_POINTS));
        let points = rule.points.len();
        Product { rule, factors: vec![0.0; columns * points], products: vec![0.0; points] }
    }

    /// Adds to `sums` the contribution of each column to `weight` times the product of all aᵢ.
    ///
    /// `factors` are aᵢ and bᵢ of each column, none negative and one of each pair above 0.
    ///
    /// # Complexity
    ///
    /// O(columns · points), with half as many points as columns, at most 32; exact for up to 64 columns.
    pub fn add(&mut self, weight: f64, factors: &[(f64, f64)], sums: &mut [f64]) {
        let points = self.rule.points.len();
        self.products.copy_from_slice(&self.rule.weights);
        for (row, &(known, unknown)) in self.factors.chunks_exact_mut(points).zip(factors) {
            let all = row.iter_mut().zip(&mut self.products).zip(&self.rule.points);
            for ((factor, product), point) in all {
                *factor = unknown + point * (known - unknown);
                *product *= *factor;
            }
        }
        let rows = self.factors.chunks_exact(points);
        for ((row, &(known, unknown)), sum) in rows.zip(factors).zip(sums) {
            let without = row.iter().zip(&self.products).map(|(factor, product)| product / factor);
            *sum += weight * (known - unknown) * without.sum::<f64>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contribution of a column by its definition, over all sets of others.
    fn naive(factors: &[(f64, f64)], column: usize) -> f64 {
        let count = factors.len();
        let factorial = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
        let mut sum = 0.0;
        for set in (0..1_usize << count).filter(|set| set >> column & 1 == 0) {
            let known = set.count_ones() as usize;
            let weight = factorial(known) * factorial(count - known - 1) / factorial(count);
            let others = (0..count).filter(|&other| other != column);
            let rest: f64 = others
                .map(
                    |other| if set >> other & 1 == 1 { factors[other].0 } else { factors[other].1 },
                )
                .product();
            sum += weight * rest * (factors[column].0 - factors[column].1);
        }
        sum
    }

    #[test]
    fn sums_are_those_over_all_sets() {
        let factors: Vec<_> = (0..9_u8)
            .map(|place| (f64::from(place % 4) / 3.0, 1.0 - f64::from(place % 3) / 2.0))
            .map(
                |(known, unknown)| {
                    if known + unknown == 0.0 { (0.5, 0.0) } else { (known, unknown) }
                },
            )
            .collect();
        let mut sums = vec![1.0; 9];
        Product::new(9).add(2.0, &factors, &mut sums);
        for (column, sum) in sums.iter().enumerate() {
            let expected = 1.0 + 2.0 * naive(&factors, column);
            assert!((sum - expected).abs() < 1e-12, "{sum} for {expected}");
        }
    }

    #[test]
    fn many_columns_add_up() {
        for spread in [0.1, 1.0, 3.0] {
            let factor = |place: usize| (-spread * ((place * 7 % 11) as f64) / 11.0).exp();
            let factors: Vec<_> =
                (0..500).map(|place| (factor(place), factor(place + 3))).collect();
            let mut sums = vec![0.0; 500];
            Product::new(500).add(1.0, &factors, &mut sums);
            let of = |which: fn(&(f64, f64)) -> f64| factors.iter().map(which).product::<f64>();
            let expected = of(|pair| pair.0) - of(|pair| pair.1);
            let found: f64 = sums.iter().sum();
            let size = of(|pair| pair.0).max(of(|pair| pair.1));
            assert!((found - expected).abs() <= 1e-9 * size, "{found} for {expected}");
        }
    }
}
