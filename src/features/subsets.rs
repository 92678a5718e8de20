//! The sets of operations that features are computed over.

/// How many sets one word of the path walk holds, a bit each.
pub(super) const BLOCK: usize = u128::BITS as usize;

/// The non-empty sets of up to `max_size` of a space's operations, smallest first, then in
/// lexicographic order.
#[derive(Debug, Clone)]
pub struct Subsets {
    ops: usize,
    sets: Vec<u64>,
    /// For each set: the place of the set without its last operation (its own place if that is
    /// empty), and its last operation.
    grown: Vec<(u32, u8)>,
    /// For each block of [`BLOCK`] sets and each operation: which of them contain it.
    containing: Vec<Vec<u128>>,
}

impl Subsets {
    /// The sets over `ops` operations.
    pub fn new(ops: usize, max_size: usize) -> Self {
        let mut sets: Vec<u64> = Vec::new();
        let mut grown: Vec<(u32, u8)> = Vec::new();
        let mut smaller = 0..0; // the places of the sets that are one operation smaller
        for size in 1..=max_size.min(ops) {
            let start = sets.len();
            if size == 1 {
                for op in (0..ops).filter_map(|op| u8::try_from(op).ok()) {
                    grown.push((u32::from(op), op));
                    sets.push(1 << op);
                }
            }
            for parent in smaller {
                for op in (0..ops).filter_map(|op| u8::try_from(op).ok()) {
                    // Each set grows only by operations after its last: no set comes twice.
                    if op > grown[parent].1 {
                        grown.push((u32::try_from(parent).unwrap_or(u32::MAX), op));
                        sets.push(sets[parent] | 1 << op);
                    }
                }
            }
            smaller = start..sets.len();
        }
        let blocks = sets.chunks(BLOCK).map(|block| {
            let word = |op: usize| {
                let bits = block.iter().enumerate();
                bits.fold(0, |word, (bit, set)| word | u128::from(set >> op & 1) << bit)
            };
            (0..ops).map(word).collect()
        });
        let containing = blocks.collect();
        Subsets { ops, sets, grown, containing }
    }

    /// How many sets there are.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The sets, operation `o` as bit `o`.
    pub fn sets(&self) -> &[u64] {
        &self.sets
    }

    /// The place of a set.
    pub fn position(&self, set: u64) -> Option<usize> {
        self.sets.iter().position(|&other| other == set)
    }

    /// The operations of a set.
    pub fn ops_of(&self, set: u64) -> impl Iterator<Item = usize> + use<> {
        (0..self.ops).filter(move |op| set >> op & 1 == 1)
    }

    /// The sets' names, such as `skip_connect+nor_conv_3x3`.
    pub fn names<'a>(&'a self, ops: &'a [&str]) -> impl Iterator<Item = String> + 'a {
        let name = |&set| self.ops_of(set).map(|op| ops[op]).collect::<Vec<_>>().join("+");
        self.sets.iter().map(name)
    }

    /// For each block of sets and each operation, a word with a bit for each set that has it.
    pub(super) fn containing(&self) -> &[Vec<u128>] {
        &self.containing
    }

    /// Writes to `sums` for each set the sum of its operations' `counts`, by one addition each.
    pub(super) fn sums(&self, counts: &[u64], sums: &mut Vec<u64>) {
        sums.clear();
        sums.extend(&counts[..self.ops.min(self.len())]);
        for &(parent, op) in &self.grown[sums.len()..] {
            sums.push(sums[parent as usize] + counts[usize::from(op)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_come_by_size_then_in_lexicographic_order() {
        let subsets = Subsets::new(3, 3);
        let names: Vec<_> = subsets.names(&["a", "b", "c"]).collect();
        assert_eq!(names, ["a", "b", "c", "a+b", "a+c", "b+c", "a+b+c"]);
        assert_eq!(Subsets::new(9, 2).len(), 9 + 36);
        assert_eq!(Subsets::new(7, 7).len(), 127);
        assert!(Subsets::new(5, 0).is_empty());
    }

    #[test]
    fn sums_are_those_of_the_members() {
        let subsets = Subsets::new(4, 3);
        let counts = [1, 10, 100, 1000];
        let mut sums = vec![77; 3];
        subsets.sums(&counts, &mut sums);
        for (&set, &sum) in subsets.sets().iter().zip(&sums) {
            assert_eq!(sum, subsets.ops_of(set).map(|op| counts[op]).sum::<u64>());
        }
        assert_eq!(sums.len(), subsets.len());
    }

    #[test]
    fn words_say_which_sets_contain_an_operation() {
        let subsets = Subsets::new(9, 9); // 511 sets, four blocks
        assert_eq!(subsets.containing().len(), 4);
        for (index, set) in subsets.sets().iter().enumerate() {
            for op in 0..9 {
                let word = subsets.containing()[index / BLOCK][op];
                assert_eq!(word >> (index % BLOCK) & 1 == 1, set >> op & 1 == 1);
            }
        }
    }
}
