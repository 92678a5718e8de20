//! What columns count for in what was learned, and in which direction.

/// A direction between this and its negative is mixed: of the importance less than three quarters goes one way.
const CLEAR: f64 = 0.5;

/// How much each column counts for in what a predictor has learned, and in which direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Importances {
    /// Of each column its share, together 1; all 0 if nothing was learned from any.
    pub shares: Vec<f64>,
    /// Of each column its share where greater values have greater predictions, less that where they have smaller ones; NaN where that
    /// is not known.
    pub signed: Vec<f64>,
}

/// In which direction predictions go when a column rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Greater values have greater predictions.
    Rises,
    /// Greater values have smaller predictions.
    Falls,
    /// It depends on other columns, or on where the value lies.
    Mixed,
}

impl Sign {
    /// Of a direction from −1 to 1.
    pub fn of(direction: f64) -> Self {
        if direction >= CLEAR {
            Sign::Rises
        } else if direction <= -CLEAR {
            Sign::Falls
        } else {
            Sign::Mixed
        }
    }

    /// `+`, `-` or `mixed`.
    pub fn text(self) -> &'static str {
        match self {
            Sign::Rises => "+",
            Sign::Falls => "-",
            Sign::Mixed => "mixed",
        }
    }
}

impl Importances {
    /// Of so many columns, none of which counts.
    pub fn none(columns: usize) -> Self {
        Importances { shares: vec![0.0; columns], signed: vec![0.0; columns] }
    }

    /// Shares of columns with these directions, from −1 to 1; NaN where that is not known.
    pub fn directed(shares: Vec<f64>, directions: &[f64]) -> Self {
        let signed = shares.iter().zip(directions);
        let signed =
            signed.map(|(&share, direction)| if share == 0.0 { 0.0 } else { share * direction });
        Importances { signed: signed.collect(), shares }
    }

    /// The mean of several; `None` of none.
    pub fn mean(each: &[Self]) -> Option<Self> {
        let none = Importances::none(each.first()?.shares.len());
        let weight = 1.0 / each.len() as f64;
        Some(each.iter().fold(none, |sum, one| sum.plus(weight, one)))
    }

    /// Adds `weight` times others. Others with fewer columns are those of the first ones.
    #[must_use]
    pub fn plus(mut self, weight: f64, other: &Self) -> Self {
        let places: Vec<usize> = (0..other.shares.len()).collect();
        self.add_at(&places, (weight, weight), other);
        self
    }

    /// Adds others, whose columns stand at these indices: with a weight for shares and one for signed shares.
    pub fn add_at(&mut self, indices: &[usize], (weight, signed): (f64, f64), other: &Self) {
        let pairs = other.shares.iter().zip(&other.signed);
        for (&index, (share, own)) in indices.iter().zip(pairs) {
            self.shares[index] += weight * share;
            self.signed[index] += signed * own;
        }
    }

    /// Of each column the direction, from −1 (all of what it counts for is where greater values have smaller predictions) to 1;
    /// `None` where it counts for nothing or that is not known.
    pub fn directions(&self) -> Vec<Option<f64>> {
        let pairs = self.shares.iter().zip(&self.signed);
        let direction = |(share, signed): (&f64, &f64)| {
            Some(signed / share).filter(|one| one.is_finite()).map(|one| one.clamp(-1.0, 1.0))
        };
        pairs.map(direction).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_directions_are_weighted() {
        let one = Importances::directed(vec![0.5, 0.5, 0.0], &[1.0, -1.0, f64::NAN]);
        let other = Importances::directed(vec![1.0, 0.0], &[-1.0, 0.0]);
        let both = Importances::none(3).plus(0.75, &one).plus(0.25, &other);
        assert_eq!(both.shares, [0.625, 0.375, 0.0]);
        assert_eq!(both.directions(), [Some(0.2), Some(-1.0), None]);
        let unknown = Importances::directed(vec![1.0, 0.0], &[f64::NAN, f64::NAN]);
        assert_eq!(both.plus(1.0, &unknown).directions(), [None, Some(-1.0), None]);
    }

    #[test]
    fn signs_are_clear_or_mixed() {
        let texts = [1.0, 0.5, 0.4, 0.0, -0.4, -0.5].map(|direction| Sign::of(direction).text());
        assert_eq!(texts, ["+", "+", "mixed", "mixed", "mixed", "-"]);
    }
}
