//! Which kinds of operations networks have, and which of them a model has never seen.

use std::sync::LazyLock;

use crate::space::{OpKind, OperationKind, SPACES, SearchSpace};

/// What the registered spaces have, and what a description can say with usual windows, each once; identities and zeros are
/// no operations here.
static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
    let registered = SPACES.into_iter().flat_map(|space| space.operation_kinds().iter().copied());
    let windowed =
        WINDOWED.into_iter().flat_map(|kind| WINDOWS.map(|kernel| OpKind::new(kind, kernel)));
    let mut all: Vec<String> = Vec::new();
    for name in registered.chain(windowed).filter_map(name) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
});

/// Operations with a window, and its usual sides: with the others few enough for the bits of [`Kinds`].
const WINDOWED: [OperationKind; 6] = [
    OperationKind::Convolution,
    OperationKind::SeparableConvolution,
    OperationKind::DilatedConvolution,
    OperationKind::AveragePooling,
    OperationKind::MaxPooling,
    OperationKind::ResidualBlocks,
];
const WINDOWS: [u8; 7] = [1, 2, 3, 5, 7, 9, 11];

fn name(op: OpKind) -> Option<String> {
    let is_none = matches!(op.kind, OperationKind::Identity | OperationKind::Zero);
    (!is_none).then(|| op.to_string())
}

/// A set of kinds of operations, of those that registered spaces have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// Those with these names; there may be none of a name.
    pub fn named(names: &[String]) -> Self {
        let indices = ALL.iter().enumerate().filter(|(_, name)| names.contains(name));
        Kinds(indices.fold(0, |all, (index, _)| all | 1 << index))
    }

    /// The kind of each operation of a space; the empty set of an identity, a zero and what is not
    /// known.
    pub(crate) fn of_ops(space: &dyn SearchSpace) -> Vec<Self> {
        let kind = |op: &OpKind| name(*op).map_or(Kinds::default(), |name| Kinds::named(&[name]));
        space.operation_kinds().iter().map(kind).collect()
    }

    /// The names.
    pub fn names(self) -> Vec<String> {
        let indices = ALL.iter().enumerate().filter(|(index, _)| self.0 >> index & 1 == 1);
        indices.map(|(_, name)| name.clone()).collect()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are not among others.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Kinds(self.0 & !others.0)
    }
}

impl std::ops::BitOrAssign for Kinds {
    fn bitor_assign(&mut self, more: Self) {
        self.0 |= more.0;
    }
}

impl FromIterator<Kinds> for Kinds {
    /// All of them together.
    fn from_iter<I: IntoIterator<Item = Kinds>>(each: I) -> Self {
        let mut all = Kinds::default();
        for kinds in each {
            all |= kinds;
        }
        all
    }
}

/// How many networks have operations of kinds that a model has not seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unseen {
    /// The networks.
    pub networks: u64,
    /// The kinds.
    pub kinds: Kinds,
}

impl Unseen {
    /// Counts a network with kinds that are not among those seen.
    pub fn count(&mut self, network: Kinds, seen: Kinds) {
        let new = network.without(seen);
        self.networks += u64::from(!new.is_empty());
        self.kinds |= new;
    }
}

impl std::ops::AddAssign for Unseen {
    fn add_assign(&mut self, more: Self) {
        self.networks += more.networks;
        self.kinds |= more.kinds;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::by_name;

    #[test]
    fn there_are_fewer_kinds_than_bits() {
        assert!(ALL.len() < 64, "{ALL:?}");
    }

    #[test]
    fn kinds_of_two_spaces() {
        let kinds =
            |space: &str| Kinds::of_ops(by_name(space).unwrap()).into_iter().collect::<Kinds>();
        let (micro, nb201) = (kinds("transbench101-micro"), kinds("nasbench201"));
        assert_eq!(micro.names(), ["convolution 1x1", "convolution 3x3"]);
        assert_eq!(Kinds::named(&nb201.names()), nb201);
        let mut unseen = Unseen::default();
        unseen.count(nb201, micro);
        unseen.count(micro, nb201);
        assert_eq!(
            (unseen.networks, unseen.kinds.names()),
            (1, vec!["average pooling 3x3".into()])
        );
        assert!(Kinds::named(&["telepathy".to_owned()]).is_empty());
    }
}
