//! Which values of a target are better.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which values of a target are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Greater ones, as of an accuracy.
    Maximize,
    /// Smaller ones, as of a latency.
    Minimize,
}

impl Direction {
    /// The direction of a target that its name leaves no doubt about: greater is better, unless a word
    /// of the name speaks of a cost or an error (`edgegpu_latency`, `valLoss`, `FLOPs`) or of a sign that
    /// was turned (`neg_loss`). Then `None`.
    pub fn assumed(target: &str) -> Option<Self> {
        (!words(target).any(|word| is_in_doubt(&word))).then_some(Direction::Maximize)
    }

    /// A value as a number of which greater is better: the value or its negative, and 0 for −0.
    pub fn worth(self, value: f64) -> f64 {
        let worth = match self {
            Direction::Maximize => value,
            Direction::Minimize => -value,
        };
        worth + 0.0
    }

    /// The [worth](Direction::worth) of each value.
    pub fn worths(self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|&value| self.worth(value)).collect()
    }

    /// The better one of two values; the first of equal ones.
    pub fn better(self, one: f64, other: f64) -> f64 {
        if self.worth(other) > self.worth(one) { other } else { one }
    }

    /// What comes first in an order by it: `greatest` or `smallest`.
    pub fn first(self) -> &'static str {
        match self {
            Direction::Maximize => "greatest",
            Direction::Minimize => "smallest",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.pad(match self {
            Direction::Maximize => "maximize",
            Direction::Minimize => "minimize",
        })
    }
}

/// Words, in the singular, of names that do not say that greater is better.
#[rustfmt::skip]
const IN_DOUBT: &[&str] = &[
    // Errors.
    "err", "losse", "mae", "mape", "nll", "divergence", "entropy", "ppl",
    "bpc", "bpb", "bpd", "wer", "cer", "eer", "fid", "rank",
    // Costs.
    "mac", "madd", "time", "timing", "duration", "second", "sec", "ms", "delay", "cycle", "memory",
    "mem", "ram", "mb", "gb", "mib", "gib", "byte", "size", "footprint", "cost", "price", "power",
    "watt", "joule", "mj", "edp", "area", "emission", "carbon", "co", "latencie", "param",
    // Signs that were turned.
    "neg", "negative", "negated", "minus", "inverse",
];

/// The same of words that also stand at the end of longer ones, such as `valloss` and `gflops`.
const ENDS_IN_DOUBT: &[&str] = &[
    "latency",
    "energy",
    "loss",
    "error",
    "flop",
    "param",
    "parameter",
    "perplexity",
    "regret",
    "mse",
    "runtime",
    "complexity",
];

fn is_in_doubt(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    IN_DOUBT.iter().any(|known| [word, singular].contains(known))
        || ENDS_IN_DOUBT.iter().any(|end| word.ends_with(end) || singular.ends_with(end))
}

/// The words of a name, in lower case: runs of letters, and a capital after a small letter begins
/// another one.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !letter.is_alphabetic() || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if letter.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        was_small = letter.is_lowercase();
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_costs_and_errors_are_in_doubt() {
        for name in [
            "edgegpu_latency",
            "raspi4-latency",
            "edgeGPULatency",
            "latencies",
            "latency1",
            "pixel3.energy",
            "val_loss",
            "valLoss",
            "valloss",
            "LOSS",
            "train-losses",
            "cross_entropy",
            "test-error",
            "top1_err",
            "error rate",
            "FLOPs",
            "gflops",
            "analytic_flops",
            "flop count",
            "params",
            "nParams",
            "#params (M)",
            "num_parameters",
            "MACs",
            "regret",
            "simple_regret@10",
            "rmse",
            "val_RMSE",
            "mae",
            "mse",
            "perplexity",
            "training_time",
            "inference_ms",
            "peak memory",
            "runtime",
            "neg_loss",
            "room_layout__negative_loss",
            "neg_accuracy",
            "minus_acc",
        ] {
            assert_eq!(Direction::assumed(name), None, "{name}");
        }
    }

    #[test]
    fn of_other_names_greater_is_better() {
        for name in [
            "acc",
            "val_accs",
            "cs_valid_perf",
            "class_scene__val_accuracy",
            "validation_accuracy_108",
            "fgsm@Linf_eps-1.0",
            "score",
            "mean_acc",
            "lossless",
            "lossless_ratio",
            "valid_ssim",
            "mIoU",
            "f1",
            "throughput",
            "sentiment",
            "lifetimes",
            "",
            "α",
        ] {
            assert_eq!(Direction::assumed(name), Some(Direction::Maximize), "{name}");
        }
    }

    #[test]
    fn worth_turns_the_sign_and_not_that_of_zero() {
        assert_eq!(Direction::Minimize.worths(&[2.0, -3.0]), [-2.0, 3.0]);
        assert_eq!(Direction::Minimize.worth(0.0).to_bits(), 0.0_f64.to_bits());
        assert_eq!(Direction::Maximize.worth(-0.0).to_bits(), 0.0_f64.to_bits());
        assert_eq!(Direction::Minimize.better(2.0, 1.0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(Direction::Maximize.better(2.0, 1.0).to_bits(), 2.0_f64.to_bits());
    }
}
