//! When a search is over, and how long things last.

use std::time::Duration;

use clap::Args;

use crate::search::study::Stop;

/// When a search is over.
#[derive(Debug, Args)]
#[command(next_help_heading = "End")]
pub(super) struct StopArgs {
    /// Stop after this number of trainings [default: when all networks are trained]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    budget: Option<u32>,
    /// Stop this many hours after the first network was asked
    #[arg(long, value_name = "HOURS", value_parser = positive)]
    hours: Option<f64>,
    /// Stop once the first objective reaches this value
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true, value_parser = finite)]
    target: Option<f64>,
    /// Stop after this number of trainings in a row without a better network
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    patience: Option<u32>,
}

impl StopArgs {
    pub fn stop(&self) -> Stop {
        Stop {
            budget: self.budget.map(|count| count as usize),
            hours: self.hours,
            target: self.target,
            patience: self.patience.map(|count| count as usize),
        }
    }
}

fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "not a number".to_owned())
}

fn positive(text: &str) -> Result<f64, String> {
    finite(text)
        .ok()
        .filter(|number| *number > 0.0)
        .ok_or_else(|| "not a number above 0".to_owned())
}

/// The longest time that can be named: a hundred years.
const LONGEST: f64 = 100.0 * 366.0 * 86_400.0;

/// A time such as `90s`, `30m`, `6h` or `2d`; a number alone is seconds.
pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 90s, 30m, 6h or 2d".to_owned();
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, &text[number.len()..]),
        None => (text, "s"),
    };
    let seconds = match unit {
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => 1.0,
    } * number.parse::<f64>().map_err(|_| wrong())?;
    if !(seconds > 0.0 && seconds <= LONGEST) {
        return Err(wrong());
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::parse_time;

    #[test]
    fn times() {
        for (text, seconds) in
            [("90", 90), ("90s", 90), ("30m", 1800), ("6h", 21600), ("1.5d", 129_600)]
        {
            assert_eq!(parse_time(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "h", "-1h", "0", "1w", "nan", "inf", "1e300d"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }
}
