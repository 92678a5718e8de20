//! The columns of a cell, one after the other.

/// Takes the columns of a cell in their order: to list their names, or to write their values.
#[derive(Debug)]
pub(in crate::features) enum Row<'a> {
    /// Names without the prefix of the cell.
    Names(Vec<String>),
    /// The places that are still to be written.
    Values(std::slice::IterMut<'a, f64>),
}

impl Row<'_> {
    /// The next column.
    pub fn put(&mut self, name: impl FnOnce() -> String, value: f64) {
        match self {
            Row::Names(names) => names.push(name()),
            Row::Values(indices) => {
                if let Some(index) = indices.next() {
                    *index = value;
                }
            }
        }
    }

    /// The next column, with a value that is a sum of products. It is rounded to a multiple of 2⁻³², so that
    /// networks that are the same have the same value in whatever order their edges are added up.
    pub fn put_sum(&mut self, name: impl FnOnce() -> String, value: f64) {
        /// From 2²⁰ to 2²¹ the distance of neighbouring numbers is 2⁻³².
        const COARSE: f64 = 1_572_864.0;
        self.put(name, (value + COARSE) - COARSE);
    }
}
