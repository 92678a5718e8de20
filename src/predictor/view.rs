//! Views: sets of columns, each of which describes the same networks in a way of its own.

/// Some of the columns of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What it is called.
    pub name: String,
    /// The indices of its columns, ascending.
    pub columns: Vec<usize>,
}
