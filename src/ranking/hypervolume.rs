//! The hypervolume of a Pareto front: the volume of all that it dominates.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::pareto::front;

/// The most objectives that a hypervolume is computed for.
pub const MOST_OBJECTIVES: usize = 6;

/// The most steps that its computation may take in the worst case, for n points and d objectives n^(d − 1).
const MOST_STEPS: f64 = 1e10;

/// The exact hypervolume: the volume of the union of the boxes between the origin and each point.
///
/// The points are sorted by their last number; each adds to those before it a slab as high as this number, on the part
/// of its base that their bases leave: While, Bradstreet and Barone, *A Fast Way of Calculating Exact
/// Hypervolumes*, IEEE Transactions on Evolutionary Computation 16 (2012).
///
/// # Arguments
///
/// `gains`: points × objectives, how much better than the reference point each is. Points that are not better in all
/// objectives dominate nothing and are passed over.
///
/// # Returns
///
/// The volume, in the product of the units of the objectives; 0 if there are no points or objectives. `None` if there are more than
/// [`MOST_OBJECTIVES`] objectives, or so many points that it would take minutes: more than about 100,000 with three
/// objectives, 2,100 with four, 310 with five, 100 with six; or if it is beyond the largest float. Up to two objectives any number is fine.
///
/// # Complexity
///
/// For n points and d objectives O(n log n) up to d = 2, else O(n^(d − 1) log n) in the worst case, on all threads. The
/// result does not depend on their number.
///
/// # Example
///
/// ```
/// use graf::ranking::hypervolume;
/// use ndarray::array;
///
/// assert_eq!(hypervolume(array![[2.0, 1.0], [1.0, 3.0]].view()), Some(4.0));
/// ```
pub fn hypervolume(gains: ArrayView2<f64>) -> Option<f64> {
    let objectives = gains.ncols();
    if objectives > MOST_OBJECTIVES {
        return None;
    }
    let rows = gains.rows().into_iter().enumerate();
    let rows = rows.filter(|(_, gains)| objectives > 0 && gains.iter().all(|&gain| gain > 0.0));
    let better: Vec<usize> = rows.map(|(row, _)| row).collect();
    let points = distinct(gains.select(Axis(0), &better).view());
    let steps = (points.len() as f64).powi(i32::try_from(objectives).unwrap_or(0) - 1);
    let volume = (objectives <= 2 || steps <= MOST_STEPS).then(|| volume(points, objectives));
    volume.filter(|volume| volume.is_finite())
}

/// The points of the front, each once.
fn distinct(gains: ArrayView2<f64>) -> Vec<Vec<f64>> {
    let mut points: Vec<Vec<f64>> =
        front(gains).iter().map(|point| gains.row(point.row).to_vec()).collect();
    points.dedup();
    points
}

/// The volume of points, of whose numbers the first `objectives` count.
fn volume(mut points: Vec<Vec<f64>>, objectives: usize) -> f64 {
    match objectives {
        0 => 0.0,
        1 => points.iter().map(|point| point[0]).fold(0.0, f64::max),
        2 => area(points),
        _ => {
            let last = objectives - 1;
            points.sort_by(|one, other| other[last].total_cmp(&one[last]));
            let slab = |place: usize| {
                let own = &points[place];
                let base: f64 = own[..last].iter().product();
                own[last] * (base - volume(limited(&points[..place], &own[..last]), last))
            };
            // Added in their order, whatever thread has found them.
            (0..points.len()).into_par_iter().map(slab).collect::<Vec<_>>().iter().sum()
        }
    }
}

/// The parts of the points that are within a box.
fn limited(points: &[Vec<f64>], within: &[f64]) -> Vec<Vec<f64>> {
    let part = |point: &Vec<f64>| -> Vec<f64> {
        point.iter().zip(within).map(|(point, within)| point.min(*within)).collect()
    };
    if within.len() <= 2 {
        return points.iter().map(part).collect();
    }
    let numbers: Vec<f64> = points.iter().flat_map(part).collect();
    let shaped = Array2::from_shape_vec((points.len(), within.len()), numbers);
    shaped.map_or_else(|_| Vec::new(), |parts| distinct(parts.view()))
}

/// The area of points with two numbers.
fn area(mut points: Vec<Vec<f64>>) -> f64 {
    points.sort_by(|one, other| other[0].total_cmp(&one[0]));
    let (mut area, mut height) = (0.0, 0.0);
    for point in points {
        if point[1] > height {
            area += point[0] * (point[1] - height);
            height = point[1];
        }
    }
    area
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn volumes_by_hand() {
        assert_eq!(hypervolume(array![[2.0], [5.0], [1.0]].view()), Some(5.0));
        assert_eq!(hypervolume(array![[2.0, 1.0], [1.0, 3.0], [1.0, 1.0]].view()), Some(4.0));
        // Two boxes of 4 and 3 that share one of 1.
        assert_eq!(hypervolume(array![[2.0, 2.0, 1.0], [1.0, 1.0, 3.0]].view()), Some(6.0));
        assert_eq!(hypervolume(array![[2.0, 0.0], [-1.0, 3.0]].view()), Some(0.0));
        assert_eq!(hypervolume(Array2::zeros((0, 3)).view()), Some(0.0));
        assert_eq!(hypervolume(Array2::ones((1, MOST_OBJECTIVES)).view()), Some(1.0));
        assert_eq!(hypervolume(Array2::ones((1, MOST_OBJECTIVES + 1)).view()), None);
    }

    #[test]
    fn too_many_points_have_none() {
        let points = |count: usize| {
            Array2::from_shape_fn((count, 6), |(row, column)| match column {
                0 => row as f64 + 1.0,
                1 => (count - row) as f64,
                _ => 1.0,
            })
        };
        assert!(hypervolume(points(101).view()).is_none());
        assert!(hypervolume(points(20).view()).is_some());
    }

    /// How many unit cubes lie in a box of some point.
    fn naive(points: &[Vec<u8>], objectives: usize, side: u8) -> f64 {
        let mut cubes = 0_u32;
        for place in 0..u32::from(side).pow(u32::try_from(objectives).unwrap()) {
            let at = |objective: usize| {
                place / u32::from(side).pow(u32::try_from(objective).unwrap()) % u32::from(side)
            };
            let is_in =
                |point: &&Vec<u8>| (0..objectives).all(|one| u32::from(point[one]) > at(one));
            cubes += u32::from(points.iter().any(|point| is_in(&point)));
        }
        f64::from(cubes)
    }

    proptest! {
        #[test]
        fn the_volume_is_the_number_of_unit_cubes(
            objectives in 1_usize..6,
            numbers in prop::collection::vec(0_u8..6, 0..90),
        ) {
            let points: Vec<Vec<u8>> = numbers.chunks_exact(objectives).map(<[u8]>::to_vec).collect();
            let gains = Array2::from_shape_fn((points.len(), objectives), |(row, column)| f64::from(points[row][column]));
            prop_assert_eq!(hypervolume(gains.view()), Some(naive(&points, objectives, 5)));
        }
    }
}
