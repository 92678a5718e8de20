//! How `zc_combine`, the paper's repository (commit 5a14948), names the columns of a space and computes them.

/// Names and numbers of a space's columns in `zc_combine`, in terms of the readable ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PublishedColumns {
    /// The id of the space's first operation.
    pub first_id: usize,
    /// Before the first operation: how often each other id occurs in every cell.
    pub fixed_counts: &'static [f64],
    /// The prefix of each cell, and the repository's word.
    pub cells: &'static [(&'static str, &'static str)],
    /// For each input what a readable column ends with, and what the repository's ends with.
    pub inputs: &'static [(&'static str, &'static str)],
    /// What the repository's columns of degrees end with, and the readable ones.
    pub degrees: &'static [(&'static str, &'static str)],
    /// Whether there are columns of shortest paths.
    pub has_shortest: bool,
    /// What is done to the lengths of shortest paths.
    pub shortest: Option<Shift>,
    /// What is done to the counts of longest paths.
    pub longest: Option<Shift>,
}

/// `by` is added to a value; but what stands for no path is replaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// What is added.
    pub by: f64,
    /// What stands for no path, and what is written instead.
    pub absent: (f64, f64),
}

impl PublishedColumns {
    /// What most spaces have: operations on the edges of a cell of four nodes with one input.
    pub const EDGES: PublishedColumns = PublishedColumns {
        first_id: 0,
        fixed_counts: &[],
        cells: &[("", "")],
        inputs: &[("", "")],
        degrees: &[
            ("in_degree", "input_out"),
            ("out_degree", "output_in"),
            ("avg_in", "mean"),
            ("avg_out", "mean"),
        ],
        has_shortest: true,
        shortest: Some(Shift { by: 0.0, absent: (4.0, 5.0) }),
        longest: None,
    };
}
