//! Training columns as integer codes.
//!
//! A column is coded exactly: a code for each distinct value, in ascending order. What a tree can
//! tell apart are codes, so columns with equal codes are one *group*; a constant column is in none.
//! A group remembers its columns: they may differ in rows to come, so a split on a group is a
//! split on one of its columns, drawn at random.

use std::collections::BTreeMap;

use ndarray::ArrayView2;
use rayon::prelude::*;

/// Groups with at most so many codes are searched by histogram; the others in sorted order.
const NARROW: usize = 64;

/// The training columns of a forest, coded.
#[derive(Debug)]
pub struct Binned {
    rows: usize,
    columns: usize,
    groups: Vec<Group>,
    /// The group of each column; `None` for a constant one.
    group_of: Vec<Option<u32>>,
    narrow: usize,
    bins: usize,
    /// For each row the codes in the narrow groups.
    narrow_codes: Vec<u8>,
    /// For each narrow group the place of code 0 in a node's histogram.
    first_bins: Vec<usize>,
    /// For each wide group the codes of all rows, and the rows in ascending order of them.
    wide_codes: Vec<Vec<u32>>,
    wide_orders: Vec<Vec<u32>>,
}

/// Columns that no training row tells apart. Narrow groups stand before the wide ones.
#[derive(Debug)]
pub(super) struct Group {
    /// The columns, and for each the value of each code.
    pub members: Vec<Member>,
    /// How many codes there are.
    pub codes: usize,
}

/// A column of a group.
#[derive(Debug)]
pub(super) struct Member {
    pub column: u32,
    /// The value of each code, ascending.
    pub values: Vec<f64>,
}

impl Member {
    /// The threshold between the values of two codes: halfway, but below the greater one.
    pub fn halfway(&self, low: usize, high: usize) -> f64 {
        let (low, high) = (self.values[low], self.values[high]);
        let threshold = low / 2.0 + high / 2.0;
        if threshold < high && threshold.is_finite() { threshold } else { low }
    }
}

impl Binned {
    /// Codes the columns of `records` (rows × columns), which must be finite.
    ///
    /// # Complexity
    ///
    /// O(rows · columns) for columns with few distinct values, with a logarithm for others.
    pub fn new(records: ArrayView2<f64>) -> Self {
        let (rows, columns) = records.dim();
        let coded: Vec<(Vec<f64>, Vec<u32>)> = (0..columns)
            .into_par_iter()
            .map(|column| code(&records.column(column).to_vec()))
            .collect();

        let mut group_of = vec![None; columns];
        let mut groups: Vec<Group> = Vec::new();
        let mut codes_of: Vec<Vec<u32>> = Vec::new(); // of each group
        let mut by_codes: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        for (column, (values, codes)) in coded.into_iter().enumerate() {
            if values.len() < 2 {
                continue;
            }
            let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            let column_id = u32::try_from(column).unwrap_or(u32::MAX);
            let distinct = values.len();
            let member = Member { column: column_id, values };
            if let Some(&group) = by_codes.get(&codes) {
                groups[group as usize].members.push(member);
                group_of[column] = Some(group);
            } else {
                groups.push(Group { members: vec![member], codes: distinct });
                codes_of.push(codes.clone());
                by_codes.insert(codes, next);
                group_of[column] = Some(next);
            }
        }

        // Narrow groups first; the sort is stable, so the order of the columns stays.
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|&group| groups[group].codes > NARROW);
        let mut index = vec![0_u32; order.len()];
        for (new, &old) in order.iter().enumerate() {
            index[old] = u32::try_from(new).unwrap_or(u32::MAX);
        }
        for group in group_of.iter_mut().flatten() {
            *group = index[*group as usize];
        }
        let narrow = groups.iter().filter(|group| group.codes <= NARROW).count();
        let mut slots: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
        let groups: Vec<Group> = order.iter().filter_map(|&old| slots[old].take()).collect();
        let mut bins = 0;
        let first_bins = groups[..narrow].iter().map(|group| {
            bins += group.codes;
            bins - group.codes
        });
        let first_bins = first_bins.collect();
        let mut narrow_codes = vec![0; rows * narrow];
        for (group, &old) in order.iter().take(narrow).enumerate() {
            for (row, &code) in codes_of[old].iter().enumerate() {
                narrow_codes[row * narrow + group] = u8::try_from(code).unwrap_or(u8::MAX);
            }
        }
        let wide_codes: Vec<Vec<u32>> =
            order[narrow..].iter().map(|&old| std::mem::take(&mut codes_of[old])).collect();
        let wide_orders = wide_codes.par_iter().map(|codes| sorted_rows(codes)).collect();
        Binned {
            rows,
            columns,
            groups,
            group_of,
            narrow,
            bins,
            narrow_codes,
            first_bins,
            wide_codes,
            wide_orders,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are, constant ones counted in.
    pub fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn group_of(&self, column: usize) -> Option<usize> {
        self.group_of[column].map(|group| group as usize)
    }

    /// How many columns a group has.
    pub(super) fn members(&self, group: usize) -> usize {
        self.groups[group].members.len()
    }

    /// How many groups are narrow.
    pub(super) fn narrow(&self) -> usize {
        self.narrow
    }

    /// How many bins a node's histogram has.
    pub(super) fn bins(&self) -> usize {
        self.bins
    }

    /// For each narrow group the place of code 0 in a node's histogram.
    pub(super) fn first_bins(&self) -> &[usize] {
        &self.first_bins
    }

    /// A group's bins in a node's histogram; `None` for a wide group.
    pub(super) fn bins_in<'a, T>(&self, group: usize, histogram: &'a [T]) -> Option<&'a [T]> {
        let first = *self.first_bins.get(group)?;
        histogram.get(first..first + self.groups[group].codes)
    }

    /// The codes of a row, one for each narrow group.
    pub(super) fn row_codes(&self, row: usize) -> &[u8] {
        &self.narrow_codes[row * self.narrow..(row + 1) * self.narrow]
    }

    /// The code of a row in a group.
    pub(super) fn code(&self, group: usize, row: usize) -> usize {
        match group.checked_sub(self.narrow) {
            None => usize::from(self.narrow_codes[row * self.narrow + group]),
            Some(wide) => self.wide_codes[wide][row] as usize,
        }
    }

    /// The rows in ascending order of their codes, for each wide group.
    pub(super) fn wide_orders(&self) -> &[Vec<u32>] {
        &self.wide_orders
    }
}

/// The distinct values of a column, ascending, and for each row the place of its value.
fn code(column: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut distinct: Vec<f64> = Vec::with_capacity(NARROW);
    for &value in column {
        // −0 and 0 are one value: adding 0 makes both +0.
        let value = value + 0.0;
        let index = distinct.partition_point(|&other| other < value);
        if distinct.get(index) != Some(&value) {
            distinct.insert(index, value);
            if distinct.len() > NARROW {
                distinct = column.iter().map(|value| value + 0.0).collect();
                distinct.sort_unstable_by(f64::total_cmp);
                distinct.dedup();
                break;
            }
        }
    }
    let index = |&value: &f64| {
        let index = distinct.partition_point(|&other| other < value + 0.0);
        u32::try_from(index).unwrap_or(u32::MAX)
    };
    let codes = column.iter().map(index).collect();
    (distinct, codes)
}

/// The rows in ascending order of their codes.
fn sorted_rows(codes: &[u32]) -> Vec<u32> {
    let rows = u32::try_from(codes.len()).unwrap_or(u32::MAX);
    let mut order: Vec<u32> = (0..rows).collect();
    order.sort_by_key(|&row| codes[row as usize]);
    order
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn columns_are_coded_exactly_and_equal_ones_grouped() {
        let records = array![
            [3.0, 7.0, 0.5, -0.0, 30.0],
            [1.0, 7.0, 0.1, 0.0, 10.0],
            [3.0, 7.0, 0.5, 1.0, 30.0],
            [2.0, 7.0, 0.2, 0.0, 20.0],
        ];
        let binned = Binned::new(records.view());
        assert_eq!(binned.groups().len(), 2);
        let group = &binned.groups()[0];
        assert_eq!(group.members.iter().map(|member| member.column).collect::<Vec<_>>(), [0, 2, 4]);
        assert_eq!(group.members[1].values, [0.1, 0.2, 0.5]);
        assert_eq!((0..4).map(|row| binned.code(0, row)).collect::<Vec<_>>(), [2, 0, 2, 1]);
        assert_eq!((0..4).map(|row| binned.code(1, row)).collect::<Vec<_>>(), [0, 0, 1, 0]);
        assert_eq!((binned.group_of(1), binned.group_of(3)), (None, Some(1)));
    }

    #[test]
    fn columns_with_many_values_are_kept_sorted() {
        let records = ndarray::Array2::from_shape_fn((100, 2), |(row, column)| {
            if column == 0 { (row * 37 % 100) as f64 } else { (row % 2) as f64 }
        });
        let binned = Binned::new(records.view());
        assert_eq!((binned.narrow(), binned.groups().len()), (1, 2));
        assert_eq!(binned.group_of(0), Some(1));
        let order = &binned.wide_orders()[0];
        let codes: Vec<_> = order.iter().map(|&row| binned.code(1, row as usize)).collect();
        assert_eq!(codes, (0..100).collect::<Vec<_>>());
    }
}
