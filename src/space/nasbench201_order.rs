//! The order in which NAS-Bench-201 numbers its networks.
//!
//! The benchmark lists all networks, operations none, skip, 1×1, 3×3 and pooling, edges 0→1, 0→2, 1→2, 0→3,
//! 1→3, 2→3, the first edge slowest, and shuffles the list once, with Python's `random.seed(88)` and
//! `random.shuffle` (`generate_meta_info` of D-X-Y/AutoDL-Projects). A network's place in the shuffled list is its index
//! in NAS-Bench-201, NATS-Bench and the tables made from them.

use std::sync::LazyLock;

use rand_mt::Mt;

/// How many networks there are: 5⁶.
pub(super) const COUNT: u32 = 15_625;

/// For each index the place in the list before the shuffle, and the other way round.
static ORDER: LazyLock<[Vec<u32>; 2]> = LazyLock::new(|| {
    let mut places: Vec<u32> = (0..COUNT).collect();
    // Python seeds its Mersenne Twister with the digits of the seed in base 2³².
    let mut random = Mt::new_with_key([88]);
    for last in (1..COUNT).rev() {
        // A number up to `last`, of as many random bits as it may need: too large ones are drawn again.
        let bits = u32::BITS - (last + 1).leading_zeros();
        let drawn = loop {
            let drawn = random.next_u32() >> (u32::BITS - bits);
            if drawn <= last {
                break drawn;
            }
        };
        places.swap(last as usize, drawn as usize);
    }
    let mut indices = vec![0; places.len()];
    for (index, &place) in (0..).zip(&places) {
        indices[place as usize] = index;
    }
    [places, indices]
});

/// The ids of the network with an index, in the benchmark's own order of edges and operations.
pub(super) fn ids(index: u32) -> Option<[u32; 6]> {
    let place = *ORDER[0].get(usize::try_from(index).ok()?)?;
    let mut ids = [0; 6];
    ids.iter_mut().rev().fold(place, |rest, id| {
        *id = rest % 5;
        rest / 5
    });
    Some(ids)
}

/// The index of the network with such ids.
pub(super) fn index(ids: [usize; 6]) -> u32 {
    ORDER[1].get(ids.iter().fold(0, |place, id| 5 * place + id)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_those_of_the_benchmark() {
        // Indices 0, 9 and 123 are asserted in the benchmark's own code.
        for (index, ids) in
            [(0, [4, 2, 1, 2, 1, 1]), (9, [4, 0, 0, 1, 0, 3]), (123, [4, 4, 2, 0, 4, 3])]
        {
            assert_eq!(super::ids(index), Some(ids), "{index}");
        }
        assert_eq!(super::ids(COUNT), None);
        for number in 0..COUNT {
            let ids = ids(number).unwrap().map(|id| id as usize);
            assert_eq!(index(ids), number);
        }
    }
}
