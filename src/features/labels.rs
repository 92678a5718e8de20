//! The labels of many networks, kept until it is known which of the networks are trained on.

use std::collections::HashMap;

use ndarray::Array2;

/// The labels of rows of networks, from which columns are made.
///
/// # Example
///
/// ```
/// use graf::features::{FeatureConfig, FeatureSet};
///
/// let space = graf::space::by_name("nasbench201").unwrap();
/// let config = FeatureConfig { families: Some(vec!["wl".to_owned()]), ..Default::default() };
/// let networks = [space.read("(2, 1, 1, 1, 2, 1)")?, space.read("(0, 1, 1, 1, 0, 1)")?];
/// let labels = FeatureSet::new(space, &config)?.labels(&networks)?;
///
/// let columns = labels.columns([0]);
/// assert!(columns.contains(&"wl(nor_conv_3x3>nor_conv_3x3)".to_owned()));
/// assert!(!columns.contains(&"wl(skip_connect)".to_owned()));
///
/// let counts = labels.counts([0, 1], &columns);
/// let place = columns.iter().position(|name| name == "wl(nor_conv_3x3)").unwrap();
/// assert_eq!((counts[[0, place]], counts[[1, place]]), (2.0, 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Labels {
    names: Vec<String>,
    /// The place of each name.
    places: HashMap<String, u32>,
    /// For each row the places of its labels.
    rows: Vec<Vec<u32>>,
}

impl Labels {
    /// Adds a row: the labels of a network, each as often as the network has it.
    pub fn push(&mut self, labels: impl IntoIterator<Item = String>) {
        let mut row = Vec::new();
        for label in labels {
            let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
            let place = *self.places.entry(label).or_insert_with_key(|label| {
                self.names.push(label.clone());
                next
            });
            row.push(place);
        }
        self.rows.push(row);
    }

    /// The columns that are learned from these rows: their labels, in the order of the text. Rows
    /// that are not there have none.
    pub fn columns(&self, rows: impl IntoIterator<Item = usize>) -> Vec<String> {
        let mut is_there = vec![false; self.names.len()];
        for row in rows {
            for &place in self.rows.get(row).into_iter().flatten() {
                is_there[place as usize] = true;
            }
        }
        let there = self.names.iter().zip(is_there).filter(|(_, is_there)| *is_there);
        let mut columns: Vec<_> = there.map(|(name, _)| name.clone()).collect();
        columns.sort_unstable();
        columns
    }

    /// How often each of these rows has the label of each column: rows × columns.
    ///
    /// # Complexity
    ///
    /// O(rows · columns).
    pub fn counts(&self, rows: impl IntoIterator<Item = usize>, columns: &[String]) -> Array2<f64> {
        let rows: Vec<usize> = rows.into_iter().collect();
        let mut column_of = vec![None; self.names.len()];
        for (column, name) in columns.iter().enumerate() {
            if let Some(&place) = self.places.get(name) {
                column_of[place as usize] = Some(column);
            }
        }
        let mut counts = Array2::zeros((rows.len(), columns.len()));
        for (place, row) in rows.into_iter().enumerate() {
            for &label in self.rows.get(row).into_iter().flatten() {
                if let Some(column) = column_of[label as usize] {
                    counts[[place, column]] += 1.0;
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(rows: &[&[&str]]) -> Labels {
        let mut labels = Labels::default();
        for row in rows {
            labels.push(row.iter().copied().map(str::to_owned));
        }
        labels
    }

    #[test]
    fn columns_are_those_of_the_rows_in_the_order_of_their_text() {
        let labels = labels(&[&["b", "a", "b"], &["c"], &["a", "d"]]);
        assert_eq!(labels.columns([0, 2]), ["a", "b", "d"]);
        assert_eq!(labels.columns([1]), ["c"]);
        assert!(labels.columns([3]).is_empty());
    }

    #[test]
    fn other_labels_are_not_counted() {
        let labels = labels(&[&["b", "a", "b"], &["c"], &["a", "d"]]);
        let columns = ["a".to_owned(), "b".to_owned(), "z".to_owned()];
        let counts = labels.counts([2, 0, 1], &columns);
        assert_eq!(counts, ndarray::arr2(&[[1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [0.0; 3]]));
    }
}
