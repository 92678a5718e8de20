//! Explanations as tables for people.

use crate::cli::list::{TableLayout, shown_text, table};
use crate::features::statement;
use crate::jobs::Explanation;
use crate::model::{Grouping, Parts};
use crate::table::escaped;

/// How explanations are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub layout: TableLayout,
    /// How many contributions are shown one by one.
    pub most: u32,
}

/// How many contributions are put into words.
const SENTENCES: usize = 5;

/// The significant digits of the largest contribution.
const DIGITS: i32 = 3;

/// The most decimals of a number.
const MOST_DECIMALS: i32 = 12;

impl Shown {
    /// An explanation: what is predicted, and a table of contributions.
    pub fn text(self, parts: &Parts, one: &Explanation) -> String {
        let decimals = decimals(one.contributions.iter().copied());
        let Explanation { target, prediction, base, .. } = one;
        let net = one.net.clone().unwrap_or_else(|| format!("row {}", one.row));
        let change = prediction - base;
        let title = format!(
            "{}: {} {prediction:.decimals$} = base {base:.decimals$} {change:+.decimals$}",
            shown_text(self.layout, &net),
            shown_text(self.layout, target)
        );
        let comment = if self.layout == TableLayout::Latex { "% " } else { "" };
        let words: String = self.words(parts, one, decimals);
        format!("{comment}{title}\n{}{words}", self.table(parts, one, decimals))
    }

    /// The largest contributions as sentences, where columns have values.
    fn words(self, parts: &Parts, one: &Explanation, decimals: usize) -> String {
        if self.layout != TableLayout::Table
            || !matches!(parts.by(), Grouping::Column | Grouping::Group)
        {
            return String::new();
        }
        let told = one.order().into_iter().filter(|&place| !one.values[place].is_nan());
        let told = told.filter(|&place| one.contributions[place] != 0.0).take(SENTENCES);
        let line = |place: usize| {
            let said = statement(&parts.all()[place].name, one.values[place]);
            format!("  {}: {:+.decimals$}\n", escaped(&said), one.contributions[place])
        };
        told.map(line).collect()
    }

    fn table(self, parts: &Parts, one: &Explanation, decimals: usize) -> String {
        let by = parts.by();
        let with_value = matches!(by, Grouping::Column | Grouping::Group);
        let order = one.order();
        let (first, others) = order.split_at(order.len().min(self.most as usize));
        let mut rows: Vec<Vec<String>> = Vec::new();
        for &place in first {
            let part = &parts.all()[place];
            let mut row = vec![format!("{:+.decimals$}", one.contributions[place])];
            row.push(part.name.clone());
            if with_value {
                row.push(number(one.values[place]));
            }
            if by != Grouping::Column {
                row.push(part.columns.len().to_string());
            }
            rows.push(row);
        }
        if !others.is_empty() {
            let sum: f64 = others.iter().map(|&place| one.contributions[place]).sum();
            let mut row = vec![format!("{sum:+.decimals$}"), format!("{} others", others.len())];
            row.extend(with_value.then(String::new));
            if by != Grouping::Column {
                let columns = others.iter().map(|&place| parts.all()[place].columns.len());
                row.push(columns.sum::<usize>().to_string());
            }
            rows.push(row);
        }
        let mut header = vec!["contribution".to_owned(), by.to_string()];
        header.extend(with_value.then(|| "value".to_owned()));
        header.extend((by != Grouping::Column).then(|| "columns".to_owned()));
        table(self.layout, &header, &rows)
    }
}

/// How many decimals show the largest of some numbers with three digits.
fn decimals(numbers: impl Iterator<Item = f64>) -> usize {
    let largest = numbers.fold(0.0_f64, |largest, number| largest.max(number.abs()));
    if largest == 0.0 {
        return 3;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a float has at most 309 digits")]
    let before = largest.log10().floor() as i32 + 1;
    usize::try_from((DIGITS - before).clamp(0, MOST_DECIMALS)).unwrap_or(0)
}

/// A value of a column with few digits; nothing if there is none.
fn number(value: f64) -> String {
    if value.is_nan() {
        return String::new();
    }
    let rounded = format!("{value:.4}");
    let whole = rounded.trim_end_matches('0').trim_end_matches('.');
    if value != 0.0 && value.abs() < 1e-3 { format!("{value:.3e}") } else { whole.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_few_digits() {
        let shown = |values: &[f64]| decimals(values.iter().copied());
        assert_eq!((shown(&[0.029, -0.1]), shown(&[12.0]), shown(&[1234.0])), (3, 1, 0));
        assert_eq!((shown(&[]), shown(&[1e-300])), (3, 12));
        let texts = [3.0, 0.5, -0.25, 1234.56789, 0.0, 1e-7, f64::NAN].map(number);
        assert_eq!(texts, ["3", "0.5", "-0.25", "1234.5679", "0", "1.000e-7", ""]);
    }
}
