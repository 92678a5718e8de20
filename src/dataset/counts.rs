//! What became of the rows that were not worked on as they are.

use super::impute::Filled;
use super::kinds::Unseen;

/// How many rows were not worked on as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows left out for missing values or by choice.
    pub dropped: u64,
    /// Rows left out because their target is empty: networks that are not trained yet. Of several
    /// targets all are empty.
    pub untrained: u64,
    /// Rows left out because they do not meet the condition.
    pub excluded: u64,
    /// Broken rows that were skipped.
    pub broken: u64,
    /// Rows that were not found in a joined table, left out or not.
    pub unmatched: u64,
    /// Those of them that were left out.
    pub unmatched_dropped: u64,
    /// Networks that stand more than once in a joined table; the first of them counts.
    pub doubled: u64,
    /// Rows whose networks have operations that the model has not seen.
    pub unseen: Unseen,
    /// Values that medians stand in for.
    pub filled: Filled,
}

impl std::ops::AddAssign for RowCounts {
    fn add_assign(&mut self, more: Self) {
        self.dropped += more.dropped;
        self.untrained += more.untrained;
        self.excluded += more.excluded;
        self.broken += more.broken;
        self.unmatched += more.unmatched;
        self.unmatched_dropped += more.unmatched_dropped;
        // Each input meets the same joined tables.
        self.doubled = self.doubled.max(more.doubled);
        self.unseen += more.unseen;
        self.filled += more.filled;
    }
}

impl RowCounts {
    /// Why no row is left.
    pub(crate) fn why_none(&self) -> String {
        if self.excluded > 0 && self.dropped + self.untrained + self.broken == 0 {
            return format!("none of its rows meets the condition ({})", self.excluded);
        }
        if self.untrained > 0 && self.excluded == 0 && self.dropped == 0 && self.broken == 0 {
            let rows = self.untrained;
            return format!(
                "the target is empty in all of its rows ({rows}): no network is trained"
            );
        }
        let mut parts = vec![format!("{} left out for missing values", self.dropped)];
        if self.unmatched_dropped > 0 {
            parts.push(format!("{} of them not found in a joined table", self.unmatched_dropped));
        }
        if self.untrained > 0 {
            parts.push(format!("{} with an empty target", self.untrained));
        }
        if self.excluded > 0 {
            parts.push(format!("{} that do not meet the condition", self.excluded));
        }
        parts.push(format!("{} broken", self.broken));
        format!("no rows are left ({})", parts.join(", "))
    }
}
