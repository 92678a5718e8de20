//! The greatest of some scores.

/// The row with the greatest score; of equal ones the first. What is not a number is never the greatest.
pub(super) fn greatest(scores: impl Iterator<Item = (usize, f64)>) -> Option<(usize, f64)> {
    let known = scores.filter(|(_, score)| !score.is_nan());
    known.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// The rows with the greatest scores, as many as are wanted, in the order of the rows; of equal ones
/// the first.
pub(super) fn best(scores: Vec<(usize, f64)>, request: usize) -> Vec<usize> {
    let mut rows = ranked(scores);
    rows.truncate(request);
    rows.sort_unstable();
    rows
}

/// The rows in the order of their scores, the greatest first; of equal ones in their own order.
pub(super) fn ranked(mut scores: Vec<(usize, f64)>) -> Vec<usize> {
    // A stable sort: equal scores stay in the order of the rows.
    scores.sort_by(|one, other| other.1.total_cmp(&one.1));
    scores.into_iter().map(|(row, _)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first() {
        let scores = [(2, f64::NAN), (4, 1.0), (5, 3.0), (6, 3.0), (7, 3.0)];
        assert_eq!(greatest(scores.iter().copied()), Some((5, 3.0)));
        assert_eq!(greatest(std::iter::empty()), None);
        assert_eq!(best(scores[1..].to_vec(), 2), [5, 6]);
        assert_eq!(best(scores[1..].to_vec(), 9), [4, 5, 6, 7]);
    }
}
