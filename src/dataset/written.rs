//! What is written of a row: columns of its table, and predictions that are numbers.

use ndarray::Array2;

use super::Error;
use super::records::Records;
use super::request::Keep;
use crate::table::{OutputFormat, Row};

/// Refuses predictions and standard deviations (rows × targets) that are not finite: their order means
/// nothing. A standard deviation may be absent, which is NaN.
pub(crate) fn check_finite(
    mean: &Array2<f64>,
    std: Option<&Array2<f64>>,
    open: &Records,
    rows: &[Row],
) -> Result<(), Error> {
    let first = |numbers: &Array2<f64>, is_wrong: fn(&f64) -> bool| {
        numbers.indexed_iter().find(|(_, value)| is_wrong(value)).map(|((row, _), _)| row)
    };
    let of_std = || first(std?, |std| std.is_infinite());
    let Some(row) = first(mean, |mean| !mean.is_finite()).or_else(of_std) else { return Ok(()) };
    let place = rows.get(row).map_or_else(String::new, |row| row.place.to_string());
    Err(Error::NotFinite { input: open.input().to_owned(), place })
}

/// The places of the columns that go along. A matrix has no room for encodings.
pub(crate) fn kept(
    keep: Option<&Keep>,
    format: OutputFormat,
    open: &Records,
) -> Result<Vec<usize>, Error> {
    match (keep, open.encoding()) {
        (Some(Keep::All), _) => Keep::All.places(open.own_columns()),
        (Some(keep), _) => keep.places(open.columns()),
        (None, _) if format.is_matrix() => Ok(Vec::new()),
        (None, Some(encoding)) => {
            let mut places = encoding.places();
            places.sort_unstable();
            Ok(places)
        }
        (None, None) => Ok(Vec::new()),
    }
}
