//! What contributions are like over many records.

use crate::metrics::spearman;

/// The most records whose values and contributions are kept to compare their order.
const MOST: usize = 8192;

/// The sizes and directions of contributions over many records, which are given one by one.
#[derive(Debug, Clone)]
pub struct Effects {
    records: usize,
    sizes: Vec<f64>,
    sums: Vec<f64>,
    /// Every so many records are kept.
    step: usize,
    /// Of each part the values and the contributions that are kept.
    kept: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Effects {
    /// Of so many parts that predictions consist of.
    pub fn new(parts: usize) -> Self {
        let zeros = vec![0.0; parts];
        Effects {
            records: 0,
            sizes: zeros.clone(),
            sums: zeros,
            step: 1,
            kept: vec![<_>::default(); parts],
        }
    }

    /// Adds a record: for each part its value (NaN if it has none) and its contribution.
    pub fn add(&mut self, parts: impl Iterator<Item = (f64, f64)>) {
        let is_kept = self.records.is_multiple_of(self.step);
        for (place, (value, contribution)) in parts.enumerate() {
            self.sizes[place] += contribution.abs();
            self.sums[place] += contribution;
            if is_kept {
                self.kept[place].0.push(value);
                self.kept[place].1.push(contribution);
            }
        }
        self.records += 1;
        if self.kept.first().is_some_and(|kept| kept.0.len() == 2 * MOST) {
            self.step *= 2;
            for (values, contributions) in &mut self.kept {
                for list in [values, contributions] {
                    let mut place = 0;
                    list.retain(|_| {
                        place += 1;
                        place % 2 == 1
                    });
                }
            }
        }
    }

    /// How many records were added.
    pub fn records(&self) -> usize {
        self.records
    }

    /// The mean size of the contributions of a part, whatever their signs.
    pub fn size(&self, part: usize) -> f64 {
        self.sizes[part] / self.records.max(1) as f64
    }

    /// The mean contribution of a part.
    pub fn mean(&self, part: usize) -> f64 {
        self.sums[part] / self.records.max(1) as f64
    }

    /// The direction of a part: the Spearman correlation of its values and its contributions, over at most 16,384
    /// records that are evenly spread. `None` where either is constant, or it has no value.
    pub fn direction(&self, part: usize) -> Option<f64> {
        let (values, contributions) = &self.kept[part];
        Some(spearman(values, contributions)).filter(|found| found.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_directions_of_many_records() {
        let mut effects = Effects::new(3);
        for row in 0..40_000_u32 {
            let value = f64::from(row);
            effects.add([(value, value), (value, 20_000.0 - value), (f64::NAN, 1.0)].into_iter());
        }
        assert_eq!(effects.records(), 40_000);
        assert_eq!(effects.direction(0), Some(1.0));
        assert_eq!(effects.direction(1), Some(-1.0));
        assert_eq!(effects.direction(2), None);
        assert!((effects.size(1) - 10_000.0).abs() < 1.0 && (effects.mean(1) - 0.5).abs() < 1e-6);
        assert!(effects.kept[0].0.len() <= 2 * MOST);
    }
}
