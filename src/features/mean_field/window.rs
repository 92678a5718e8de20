//! Windows on a field whose pixels correlate as powers: r to the distance along each axis.
//!
//! All is separable, so that these are numbers of one axis.

use std::sync::LazyLock;

/// How often a mean of 3 can be taken of the same field; more often makes no further difference.
pub(super) const MOST_PASSES: u32 = 12;

/// The coefficients of a covariance as a polynomial of r.
const TERMS: usize = 2 * MOST_PASSES as usize + 2;

/// Covariances of two fields that are means of 3 of the same one, taken so many times, both counted together: of a pixel in
/// both, and of neighbours. They are polynomials of r.
#[derive(Debug)]
pub(super) struct Means {
    own: Vec<[f64; TERMS]>,
    next: Vec<[f64; TERMS]>,
}

/// See [`Means`].
pub(super) static MEANS: LazyLock<Means> = LazyLock::new(Means::new);

impl Means {
    fn new() -> Self {
        // How often the mean of means reads each distance, for the distances from 0.
        let mut weights = [0.0; TERMS];
        weights[0] = 1.0;
        let (mut own, mut next) = (Vec::new(), Vec::new());
        for _ in 0..=2 * MOST_PASSES {
            let mut polynomials = [[0.0; TERMS]; 2];
            for (distance, weight) in weights.into_iter().enumerate() {
                let mirrored = if distance == 0 { 0.0 } else { weight };
                polynomials[0][distance] += weight + mirrored;
                if distance + 1 < TERMS {
                    polynomials[1][distance + 1] += weight;
                }
                if distance > 0 {
                    polynomials[1][distance - 1] += weight;
                }
            }
            own.push(polynomials[0]);
            next.push(polynomials[1]);
            let before = weights;
            let at = |place: usize| before.get(place).copied().unwrap_or(0.0);
            for (place, weight) in weights.iter_mut().enumerate() {
                *weight = (at(place.abs_diff(1)) + at(place) + at(place + 1)) / 3.0;
            }
        }
        Means { own, next }
    }

    /// The covariances of a pixel with itself and with a neighbour along one axis, for so many means of 3 in both fields
    /// together.
    pub fn of(&self, passes: u32, r: f64) -> (f64, f64) {
        if passes == 0 {
            return (1.0, r);
        }
        let passes = passes.min(2 * MOST_PASSES) as usize;
        let value = |coefficients: &[f64; TERMS]| {
            coefficients[..passes + 2].iter().rev().fold(0.0, |sum, term| sum * r + term)
        };
        (value(&self.own[passes]), value(&self.next[passes]))
    }
}

/// How many means of 3 spread as far as one of a window: they have the same variance along an axis.
pub(super) fn passes(kernel: u64) -> u32 {
    let passes = (kernel.saturating_mul(kernel).saturating_sub(1) + 4) / 8;
    u32::try_from(passes).unwrap_or(MOST_PASSES).clamp(1, MOST_PASSES)
}

/// The powers of a number.
struct Powers([f64; MOST_POWERS]);

/// So many powers are enough for the largest window and stride.
const MOST_POWERS: usize = 48;

impl Powers {
    /// The first ones.
    fn of(r: f64, count: u64) -> Self {
        let mut powers = [0.0; MOST_POWERS];
        let mut power = 1.0;
        let count = usize::try_from(count).map_or(MOST_POWERS, |count| count.min(MOST_POWERS));
        for place in &mut powers[..count] {
            *place = power;
            power *= r;
        }
        Powers(powers)
    }

    fn at(&self, exponent: u64) -> f64 {
        let place = usize::try_from(exponent).ok();
        place.and_then(|place| self.0.get(place)).copied().unwrap_or(0.0)
    }
}

/// The covariances of the mean of a window with itself and with the next window, `stride` pixels further.
pub(super) fn mean(kernel: u64, stride: u64, r: f64) -> (f64, f64) {
    let area = (kernel * kernel) as f64;
    let powers = Powers::of(r, kernel + stride);
    let power = |distance: u64| powers.at(distance);
    let (mut own, mut next) = (0.0, 0.0);
    for distance in 0..kernel {
        let pairs = (kernel - distance) as f64 / area;
        own += pairs * power(distance);
        next += pairs * power(distance.abs_diff(stride));
        if distance > 0 {
            own += pairs * power(distance);
            next += pairs * power(distance + stride);
        }
    }
    (own, next)
}

/// The covariances of a pixel with itself and with its neighbour, on average, where each window spreads 1 / kernel to
/// each of its pixels and windows correlate as powers of r.
pub(super) fn spread(kernel: u64, stride: u64, r: f64) -> (f64, f64) {
    let area = (kernel * kernel * stride) as f64;
    // The windows that a pixel lies in, the first of which begins `kernel` pixels before it.
    let windows = |pixel: u64| {
        let last = (pixel + kernel) / stride;
        let first = (pixel + 1).div_ceil(stride);
        first..=last
    };
    let powers = Powers::of(r, kernel + 1);
    let pairs = |one: u64, other: u64| {
        let pair = |a: u64| windows(other).map(|b| powers.at(a.abs_diff(b))).sum::<f64>();
        windows(one).map(pair).sum::<f64>()
    };
    let own = (0..stride).map(|pixel| pairs(pixel, pixel)).sum::<f64>();
    let next = (0..stride).map(|pixel| pairs(pixel, pixel + 1)).sum::<f64>();
    (own / area, next / area)
}

/// The largest window whose maximum is known; that of a larger one differs little.
const MOST_KERNEL: usize = 31;

/// Mean and variance of the maximum of as many independent normal numbers as a window has.
pub(super) fn maximum(kernel: u64) -> (f64, f64) {
    static MAXIMA: LazyLock<Vec<(f64, f64)>> =
        LazyLock::new(|| (0..=MOST_KERNEL).map(|kernel| maximum_of(kernel * kernel)).collect());
    MAXIMA[usize::try_from(kernel).map_or(MOST_KERNEL, |kernel| kernel.min(MOST_KERNEL))]
}

/// By the trapezoidal rule, from −10 to 10.
fn maximum_of(count: usize) -> (f64, f64) {
    const STEPS: u32 = 400;
    const WIDTH: f64 = 20.0 / STEPS as f64;
    let count = count.max(1) as f64;
    let (mut mean, mut square) = (0.0, 0.0);
    for step in 0..=STEPS {
        let x = f64::from(step) * WIDTH - 10.0;
        let density = libm::exp(-x * x / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
        let below = 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2);
        let share = WIDTH * count * density * libm::pow(below, count - 1.0);
        mean += x * share;
        square += x * x * share;
    }
    (mean, square - mean * mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn means_of_three_are_windows_of_three() {
        for r in [0.0, 0.3, 0.9, 1.0] {
            let (own, next) = MEANS.of(2, r);
            let window = mean(3, 1, r);
            assert!(close(own, window.0) && close(next, window.1), "{own} {next} {window:?}");
        }
        assert_eq!(MEANS.of(0, 0.25), (1.0, 0.25));
        // Without correlation: the sum of the squared weights 1, 2, 3, 2, 1 over 9.
        assert!(close(MEANS.of(4, 0.0).0, 19.0 / 81.0));
        assert!((0..=2 * MOST_PASSES).all(|passes| close(MEANS.of(passes, 1.0).0, 1.0)));
        assert_eq!([1, 2, 3, 5, 7].map(passes), [1, 1, 1, 3, 6]);
    }

    #[test]
    fn a_window_gives_back_what_it_read() {
        // Each window of 2 gives half of its gradient to two pixels, the neighbour is in the same one every other time.
        let (own, next) = spread(2, 2, 0.5);
        assert!(close(own, 0.25) && close(next, 0.1875), "{own} {next}");
        for r in [0.0, 0.4, 1.0] {
            let (here, there) = (spread(3, 1, r), mean(3, 1, r));
            assert!(close(here.0, there.0) && close(here.1, there.1));
        }
    }

    #[test]
    fn maxima_of_normal_numbers() {
        // Known to four digits: of 1, 4 and 9.
        let known = [(1, 0.0, 1.0), (2, 1.0294, 0.4917), (3, 1.4850, 0.3574)];
        for (kernel, mean, variance) in known {
            let found = maximum(kernel);
            assert!((found.0 - mean).abs() < 1e-4, "{kernel}: {found:?}");
            assert!((found.1 - variance).abs() < 1e-4, "{kernel}: {found:?}");
        }
    }
}
