//! Learning curves: the results of early epochs, in columns such as `acc_1 … acc_12` or `accuracy@4`, as features.
//!
//! The columns of a curve have one prefix, `_` or `@` (and `epoch_`, `epoch` or `e`), and the number of the epoch. With the epochs
//! t₁ < … < tₙ and their values y:
//!
//! | column | definition |
//! |---|---|
//! | `curve(prefix[t₁…]).last` | yₙ |
//! | `….max`, `….min` | the greatest and the least of y: the best by either direction |
//! | `….slope` | the slope of the least-squares line of y over ln t |
//! | `….limit` | what the power law y = a + b t⁻ᶜ says of the epoch of the target, or of t > ∞ where that is not known |
//!
//! Of the exponents c = ¼, ½, 1 and 2 the one that fits best counts, ½ with fewer than three values. The power law goes no
//! further from yₙ than the values are apart from each other. Values that are missing are left out; where
//! all are, so is each feature. Domhan, Springenberg, Hutter: *Speeding up Automatic Hyperparameter Optimization of Deep Neural
//! Networks by Extrapolation of Learning Curves*, IJCAI 2015.

use std::fmt::Write as _;

/// The statistics of a curve, by the ends of their columns' names.
pub(crate) const STATISTICS: [&str; 5] = ["last", "max", "min", "slope", "limit"];

/// The exponents of the power law.
const EXPONENTS: [f64; 4] = [0.25, 0.5, 1.0, 2.0];

/// The columns of a curve: what comes before the number of the epoch, the epochs in ascending order, and the epoch that is predicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Curve {
    /// All of the name before the epoch.
    prefix: String,
    epochs: Vec<u32>,
    /// The epoch of the target, if it is one of the curve.
    until: Option<u32>,
}

/// A name as its prefix and the number of an epoch.
fn split(name: &str) -> Option<(&str, u32)> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (prefix, number) = name.split_at(name.len() - digits);
    let bare = prefix.strip_suffix("epoch_").or_else(|| prefix.strip_suffix("epoch"));
    let bare = bare.or_else(|| prefix.strip_suffix('e')).unwrap_or(prefix);
    let is_name = bare.len() > 1 && (bare.ends_with('_') || bare.ends_with('@'));
    let epoch = number.parse().ok().filter(|&epoch| epoch > 0)?;
    // 04 and 4 would be one epoch.
    (is_name && !number.starts_with('0')).then_some((prefix, epoch))
}

/// The curves of a table, in the order of their first columns: at least two epochs each, before that of a target of the same curve.
pub(crate) fn curves(columns: &[String], targets: &[String]) -> Vec<Curve> {
    let until = |prefix: &str| {
        let own = targets.iter().filter_map(|target| split(target));
        own.filter(|(other, _)| *other == prefix).map(|(_, epoch)| epoch).min()
    };
    let mut found: Vec<Curve> = Vec::new();
    for (prefix, epoch) in columns.iter().filter_map(|column| split(column)) {
        match found.iter_mut().find(|curve| curve.prefix == prefix) {
            Some(curve) => curve.epochs.push(epoch),
            None => found.push(Curve {
                prefix: prefix.to_owned(),
                epochs: vec![epoch],
                until: until(prefix),
            }),
        }
    }
    for curve in &mut found {
        let until = curve.until.unwrap_or(u32::MAX);
        curve.epochs.retain(|&epoch| epoch < until);
        curve.epochs.sort_unstable();
        curve.epochs.dedup();
    }
    found.retain(|curve| curve.epochs.len() > 1);
    found
}

impl Curve {
    /// What names it after `curve:`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether a target is one of its epochs.
    pub fn has_target(&self) -> bool {
        self.until.is_some()
    }

    /// The same up to an epoch; `None` if fewer than two are left.
    pub fn up_to(mut self, last: u32) -> Option<Self> {
        self.epochs.retain(|&epoch| epoch <= last);
        (self.epochs.len() > 1).then_some(self)
    }

    /// The names of the columns that it reads.
    pub fn columns(&self) -> Vec<String> {
        self.epochs.iter().map(|epoch| format!("{}{epoch}", self.prefix)).collect()
    }

    /// The name of a statistic, which says all that it is computed of.
    pub fn name(&self, statistic: usize) -> String {
        let mut name = format!("curve({}[", self.prefix);
        for (place, epoch) in self.epochs.iter().enumerate() {
            let _ = write!(name, "{}{epoch}", if place > 0 { "," } else { "" });
        }
        if let Some(until) = self.until {
            let _ = write!(name, ">{until}");
        }
        let _ = write!(name, "]).{}", STATISTICS[statistic]);
        name
    }

    /// The curve and the statistic of a [name](Curve::name).
    pub fn of_name(name: &str) -> Option<(Self, usize)> {
        let (curve, statistic) = name.strip_prefix("curve(")?.rsplit_once("]).")?;
        let statistic = STATISTICS.iter().position(|one| *one == statistic)?;
        let (prefix, epochs) = curve.rsplit_once('[')?;
        let (epochs, until) = match epochs.split_once('>') {
            Some((epochs, until)) => (epochs, Some(until.parse().ok()?)),
            None => (epochs, None),
        };
        let epochs = epochs.split(',').map(|epoch| epoch.parse().ok());
        let epochs: Vec<u32> = epochs.collect::<Option<_>>()?;
        let is_ordered = epochs.windows(2).all(|pair| pair[0] < pair[1]) && epochs[0] > 0;
        is_ordered.then_some((Curve { prefix: prefix.to_owned(), epochs, until }, statistic))
    }

    /// A statistic of the values of the [columns](Curve::columns); NaN where all are missing.
    pub fn statistic(&self, statistic: usize, values: &[f64]) -> f64 {
        let points = self.epochs.iter().zip(values).filter(|(_, value)| !value.is_nan());
        let points: Vec<(f64, f64)> =
            points.map(|(&epoch, &value)| (f64::from(epoch), value)).collect();
        let Some(&(_, last)) = points.last() else { return f64::NAN };
        let of = |pick: fn(f64, f64) -> f64| points.iter().map(|point| point.1).fold(last, pick);
        match STATISTICS[statistic] {
            "last" => last,
            "max" => of(f64::max),
            "min" => of(f64::min),
            "slope" => line(&points, f64::ln).1,
            _ => {
                let room = of(f64::max) - of(f64::min);
                power_law(&points, self.until.map(f64::from)).clamp(last - room, last + room)
            }
        }
    }
}

/// The least-squares line of the values over a function of the epochs: its value at 0, its slope, and the squared error.
fn line(points: &[(f64, f64)], of: impl Fn(f64) -> f64) -> (f64, f64, f64) {
    let count = points.len() as f64;
    let mean = |values: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(values).sum::<f64>() / count;
    let (x, y) = (mean(&|point| of(point.0)), mean(&|point| point.1));
    let (mut xx, mut xy) = (0.0, 0.0);
    for point in points {
        let apart = of(point.0) - x;
        xx += apart * apart;
        xy += apart * (point.1 - y);
    }
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    let error = |point: &(f64, f64)| (point.1 - y - slope * (of(point.0) - x)).powi(2);
    (y - slope * x, slope, points.iter().map(error).sum())
}

/// What the power law that fits best says of an epoch, or of its limit.
fn power_law(points: &[(f64, f64)], until: Option<f64>) -> f64 {
    let exponents = if points.len() < 3 { &EXPONENTS[1..2] } else { &EXPONENTS };
    let mut best = (f64::INFINITY, f64::NAN);
    for &exponent in exponents {
        let power = |epoch: f64| epoch.powf(-exponent);
        let (limit, slope, error) = line(points, power);
        if error < best.0 {
            best = (error, limit + slope * until.map_or(0.0, power));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn curves_are_columns_that_differ_in_their_epoch() {
        let columns =
            names(&["net", "acc_12", "acc_4", "loss@1", "loss@2", "acc_108", "op_1", "x2", "v_e3"]);
        let found = curves(&columns, &names(&["acc_108"]));
        let prefixes: Vec<&str> = found.iter().map(Curve::prefix).collect();
        assert_eq!(prefixes, ["acc_", "loss@"]);
        assert_eq!(found[0].columns(), ["acc_4", "acc_12"]);
        assert!(found[0].has_target() && !found[1].has_target());
        assert_eq!(found[0].name(0), "curve(acc_[4,12>108]).last");
        for curve in &found {
            for statistic in 0..STATISTICS.len() {
                let name = curve.name(statistic);
                assert_eq!(Curve::of_name(&name), Some((curve.clone(), statistic)), "{name}");
            }
        }
        assert_eq!(found[0].clone().up_to(4), None);
        for wrong in ["curve(a_[]).last", "curve(a_[2,1]).last", "curve(a_[1,2]).mode", "curve(a"] {
            assert_eq!(Curve::of_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_power_law_is_found_again() {
        let curve = Curve { prefix: "a_".to_owned(), epochs: vec![1, 4, 9, 16], until: Some(25) };
        let law = |epoch: f64| 0.9 - 0.6 / epoch.sqrt();
        let values = [1.0, 4.0, 9.0, 16.0].map(law);
        let of = |name| {
            let place = STATISTICS.iter().position(|one| *one == name).unwrap();
            curve.statistic(place, &values)
        };
        assert!((of("limit") - law(25.0)).abs() < 1e-12);
        let extremes = [of("last") - values[3], of("max") - values[3], of("min") - values[0]];
        assert!(extremes.iter().all(|apart| apart.abs() < 1e-12), "{extremes:?}");
        assert!(of("slope") > 0.0);
        // Fewer values than columns, down to none; and a flat curve goes nowhere.
        let few = curve.statistic(4, &[values[0], f64::NAN, values[2], f64::NAN]);
        assert!((few - law(25.0)).abs() < 1e-12);
        assert!(curve.statistic(0, &[f64::NAN; 4]).is_nan());
        assert!((curve.statistic(4, &[0.5; 4]) - 0.5).abs() < 1e-12);
        assert!(curve.statistic(3, &[0.5, f64::NAN, f64::NAN, f64::NAN]).abs() < 1e-12);
    }
}
