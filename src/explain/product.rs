//! Contributions to sums of products with one factor a column.

use super::Quadrature;

/// Points of a quadrature for products of so many columns. For half as many it is exact; but the products are smooth, at
/// the worst like exp(−n x), and √n points leave less than 10⁻¹¹ of that.
fn points(columns: usize) -> usize {
    columns.div_ceil(2).min(3 * (columns.isqrt() + 1))
}

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
        let rule = Quadrature::new(points(columns));
        let points = rule.points.len();
        Product { rule, factors: vec![0.0; columns * points], products: vec![0.0; points] }
    }

    /// Adds to `sums` the contribution of each column to `weight` times the product of all aᵢ.
    ///
    /// `factors` are aᵢ and bᵢ of each column, none negative and one of each pair above 0.
    ///
    /// # Complexity
    ///
    /// O(columns · points), with half as many points as columns, at most three times their square root.
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
        for (columns, spread) in [(40, 3.0), (143, 1.0), (500, 0.1), (500, 1.0), (500, 3.0)] {
            let other = |place: usize| (-spread * ((place * 7 % 11) as f64) / 11.0).exp();
            for known_first in [1, 2, 3] {
                let pair = |place: usize| match place % known_first {
                    0 => (1.0, other(place)),
                    _ => (other(place), 1.0),
                };
                let factors: Vec<_> = (0..columns).map(pair).collect();
                let mut sums = vec![0.0; columns];
                Product::new(columns).add(1.0, &factors, &mut sums);
                let of = |which: fn(&(f64, f64)) -> f64| factors.iter().map(which).product::<f64>();
                let expected = of(|pair| pair.0) - of(|pair| pair.1);
                let found: f64 = sums.iter().sum();
                assert!((found - expected).abs() <= 1e-10, "{columns}: {found} for {expected}");
            }
        }
    }
}
