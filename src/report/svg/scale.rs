//! Numbers to pixels, and the ticks of axes.

/// A number with its text.
pub(super) type Tick = (f64, String);

/// How numbers become pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The numbers at both ends; the first is smaller.
    pub domain: [f64; 2],
    /// The pixels at both ends.
    pub range: [f64; 2],
    /// Whether equal ratios are equally long; then the domain is above 0.
    pub is_log: bool,
}

impl Scale {
    /// The pixel of a number; none if the number is not finite, or not above 0 on a log axis.
    pub fn at(&self, value: f64) -> Option<f64> {
        let [from, to] = self.domain;
        // Halves, since a difference of the largest numbers is not finite.
        let share = if self.is_log {
            (value.ln() - from.ln()) / (to.ln() - from.ln())
        } else {
            (value / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0)
        };
        let pixel = self.range[0] + share * (self.range[1] - self.range[0]);
        pixel.is_finite().then_some(pixel)
    }
}

/// The smallest interval that holds all finite numbers, a twentieth wider on both sides. Around a single number it
/// is a tenth of that; of none it is 0 to 1.
pub(super) fn domain(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let finite = values.filter(|value| value.is_finite());
    let hull = finite.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    });
    let [low, high] = if hull[0] > hull[1] { return [0.0, 1.0] } else { hull };
    let margin = (high / 20.0 - low / 20.0).max(high.abs().max(low.abs()) * 1e-9);
    let margin = if low < high { margin } else { (low.abs() / 10.0).max(1e-300) };
    let margin = if low == 0.0 && high == 0.0 { 1.0 } else { margin };
    [(low - margin).max(-f64::MAX), (high + margin).min(f64::MAX)]
}

/// The same on a log axis, of the numbers above 0: a little wider by a ratio.
pub(super) fn log_domain(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let positive = values.filter(|&value| value > 0.0 && value.is_finite()).map(f64::ln);
    let hull = positive.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    });
    let [low, high] = if hull[0] > hull[1] { return [1.0, 10.0] } else { hull };
    let margin = ((high - low) / 20.0).max(0.1);
    [(low - margin).exp().max(f64::MIN_POSITIVE), (high + margin).exp().min(f64::MAX)]
}

/// Round numbers in a domain, about `count` of them.
pub(super) fn ticks(domain: [f64; 2], count: usize) -> Vec<Tick> {
    let [low, high] = domain;
    let raw = (high / count as f64) - (low / count as f64);
    if !(raw > 0.0 && raw.is_finite()) {
        return Vec::new();
    }
    let power = raw.log10().floor();
    let unit = 10f64.powf(power);
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * unit >= raw * 0.7);
    let step = factor.unwrap_or(10.0) * unit;
    if !(step > 0.0 && step.is_finite()) {
        return Vec::new();
    }
    let first = (low / step).ceil();
    let places = (0..=2 * count).map(|place| (first + place as f64) * step);
    let inside = places.take_while(|value| *value <= high);
    inside.filter(|value| value.is_finite()).map(|value| (value, number(value, step))).collect()
}

/// A number with as many digits as a step between neighbours needs.
fn number(value: f64, step: f64) -> String {
    let value = if value.abs() < step / 1e6 { 0.0 } else { value };
    if value.abs() >= 1e6 || step < 1e-6 {
        return format!("{value:e}").replace('-', "−");
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the step is at least a millionth"
    )]
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

/// A number for people: about four significant digits.
pub(crate) fn shown(value: f64) -> String {
    if value.is_nan() {
        return "undefined".to_owned();
    }
    let size = value.abs();
    let text = if size != 0.0 && !(1e-4..1e7).contains(&size) {
        format!("{value:.3e}")
    } else if size >= 1000.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.2}")
    } else if size >= 0.1 || size == 0.0 {
        format!("{value:.3}")
    } else {
        format!("{value:.5}")
    };
    text.replace('-', "−")
}

/// The smallest and the largest of some numbers, for a text.
pub(super) fn range(values: impl Iterator<Item = f64>) -> String {
    let hull =
        values.filter(|value| value.is_finite()).fold(None, |hull: Option<[f64; 2]>, value| {
            match hull {
                None => Some([value, value]),
                Some([low, high]) => Some([value.min(low), value.max(high)]),
            }
        });
    hull.map_or_else(
        || "no numbers".to_owned(),
        |[low, high]| format!("{} to {}", shown(low), shown(high)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(domain: [f64; 2], count: usize) -> Vec<String> {
        ticks(domain, count).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_numbers_inside() {
        assert_eq!(texts([0.0, 1.0], 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts([-0.31, 0.29], 5), ["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2"]);
        assert_eq!(texts([90.0, 94.2], 4), ["90", "91", "92", "93", "94"]);
        assert_eq!(texts([0.0, 2.5e7], 3), ["0", "1e7", "2e7"]);
        for domain in [[0.0, 0.0], [f64::NAN, 1.0], [0.0, f64::INFINITY], [1.0, -1.0]] {
            assert_eq!(texts(domain, 5), Vec::<String>::new(), "{domain:?}");
        }
        for domain in [[-f64::MAX, f64::MAX], [0.0, 5e-324], [1.0, 1.0 + 1e-15]] {
            assert!(ticks(domain, 5).len() <= 11, "{domain:?}");
        }
    }

    #[test]
    fn domains_hold_the_numbers_and_have_a_width() {
        let is = |found: [f64; 2], low: f64, high: f64| {
            found.map(f64::to_bits) == [low, high].map(f64::to_bits)
        };
        assert!(is(domain([].into_iter()), 0.0, 1.0));
        assert!(is(domain([f64::NAN, 0.0].into_iter()), -1.0, 1.0));
        for values in [[1.0, 1.0], [-5.0, 3.0], [1e-320, 1e-320], [-f64::MAX, f64::MAX]] {
            let [low, high] = domain(values.into_iter());
            assert!(low < high && low.is_finite() && high.is_finite(), "{values:?}");
            assert!(low <= values[0] && values[1] <= high);
        }
        for values in [[1.0, 1.0], [0.0, 1e308], [-1.0, 0.0]] {
            let [low, high] = log_domain(values.into_iter());
            assert!(0.0 < low && low < high && high.is_finite(), "{values:?}");
        }
    }

    #[test]
    fn pixels_of_numbers() {
        let scale = Scale { domain: [0.0, 2.0], range: [10.0, 30.0], is_log: false };
        assert_eq!(scale.at(1.0), Some(20.0));
        assert_eq!(scale.at(f64::NAN), None);
        let scale = Scale { domain: [1.0, 100.0], range: [0.0, 100.0], is_log: true };
        assert!((scale.at(10.0).unwrap() - 50.0).abs() < 1e-9);
        assert_eq!(scale.at(0.0), None);
        let widest = Scale { domain: [-f64::MAX, f64::MAX], range: [0.0, 1.0], is_log: false };
        assert_eq!(widest.at(0.0), Some(0.5));
    }
}
