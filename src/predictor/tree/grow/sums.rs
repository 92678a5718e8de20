//! What is summed over the rows of a node.
//!
//! Targets are whole numbers small enough that a float holds every sum of them exactly (see
//! [`Targets`](super::super::Targets)): sums are the same in any order.

/// A count of rows, of their weights, and for each target the weighted sum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums<const T: usize> {
    /// The weight and, in the upper half, the number of rows.
    count: u64,
    pub targets: [f64; T],
}

impl<const T: usize> Sums<T> {
    pub const NONE: Self = Sums { count: 0, targets: [0.0; T] };

    /// One row of some weight.
    pub fn of(weight: u32, targets: &[f64]) -> Self {
        let mut sums = [0.0; T];
        for (sum, target) in sums.iter_mut().zip(targets) {
            *sum = f64::from(weight) * target;
        }
        Sums { count: (1 << 32) | u64::from(weight), targets: sums }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn weight(&self) -> usize {
        (self.count & 0xffff_ffff) as usize
    }

    pub fn rows(&self) -> usize {
        (self.count >> 32) as usize
    }

    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        for (sum, other) in self.targets.iter_mut().zip(&other.targets) {
            *sum += other;
        }
    }

    /// What is left without a part.
    pub fn without(&self, part: &Self) -> Self {
        let targets = std::array::from_fn(|target| self.targets[target] - part.targets[target]);
        Sums { count: self.count - part.count, targets }
    }
}
