//! How trees are grown.

/// How trees are grown; the names are scikit-learn's.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowParams {
    /// The most splits on the way to a leaf.
    pub max_depth: Option<usize>,
    /// A node with fewer (distinct) rows becomes a leaf.
    pub min_samples_split: usize,
    /// A leaf has at least so many (distinct) rows.
    pub min_samples_leaf: usize,
    /// How many columns are tried at each node.
    pub max_features: MaxFeatures,
    /// How thresholds are found.
    pub splits: SplitRule,
    /// What is added to the weight of a leaf, so that few rows say less (ridge regression on the
    /// leaves). A split must be worth more than none then.
    pub l2: f64,
}

/// How many columns are tried at each node; those that are constant there count, but at least one
/// that is not is tried.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MaxFeatures {
    /// All of them.
    All,
    /// So many.
    Count(usize),
    /// A fraction of all, rounded down, at least one.
    Fraction(f64),
    /// The square root of their number, rounded down.
    Sqrt,
    /// The binary logarithm of their number, rounded down.
    Log2,
}

impl MaxFeatures {
    /// The number among `columns` columns, from 1 to `columns`.
    pub fn of(self, columns: usize) -> usize {
        let count = match self {
            MaxFeatures::All => columns,
            MaxFeatures::Count(count) => count,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a count, which is not negative"
            )]
            MaxFeatures::Fraction(fraction) => (fraction * columns as f64) as usize,
            MaxFeatures::Sqrt => columns.isqrt(),
            MaxFeatures::Log2 => columns.checked_ilog2().unwrap_or(0) as usize,
        };
        count.clamp(1, columns.max(1))
    }
}

/// How thresholds are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitRule {
    /// The best of all.
    Best,
    /// One at random for each column, between its least and its greatest value in the node
    /// (Geurts, Ernst and Wehenkel, *Extremely randomized trees*, 2006).
    Random,
}
