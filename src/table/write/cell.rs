//! Fields as bytes, for formats that store columns: rows are encoded to them in parallel, and columns made of
//! them once all rows are known.

use super::encoder::{EncodeError, Encoder};
use crate::table::Value;
use crate::table::value::is_json_number;

/// A field that was encoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Integer(i64),
    Number(f64),
    Text(&'a str),
    /// JSON text, such as that of a number.
    Json(&'a str),
}

/// Whether a JSON number is an integer other than −0.
fn is_long(json: &str) -> bool {
    json != "-0" && !json.contains(['.', 'e', 'E'])
}

/// The largest magnitude up to which every integer is an `f64`.
const EXACT: u64 = 1 << 53;

/// What a column holds, as far as its fields tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Integers that are `f64` too; also of a column without a field.
    Integer,
    /// Integers of which some are no `f64`.
    Long,
    /// Numbers.
    Number,
    /// Anything.
    Text,
}

impl Kind {
    /// The kind that holds the fields of both.
    pub fn with(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Integer, other) | (other, Self::Integer) => other,
            _ => Self::Text,
        }
    }
}

impl<'a> Cell<'a> {
    /// The kind of the column that holds just this; none where the field is missing.
    pub fn kind(self) -> Option<Kind> {
        let of_integer = |integer: i64| {
            if integer.unsigned_abs() <= EXACT { Kind::Integer } else { Kind::Long }
        };
        Some(match self {
            Self::Missing => return None,
            Self::Text(_) => Kind::Text,
            Self::Integer(integer) => of_integer(integer),
            Self::Number(_) => Kind::Number,
            Self::Json(json) if !is_json_number(json.as_bytes()) => Kind::Text,
            Self::Json(json) => match (self.integer(), self.number()) {
                (Some(integer), _) => of_integer(integer),
                // An integer beyond i64 would lose digits, and so would a number beyond f64.
                (None, Some(number)) if !is_long(json) && number.is_finite() => Kind::Number,
                _ => Kind::Text,
            },
        })
    }

    /// The integer, where it is one.
    pub fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(integer),
            // −0 is no integer: it would lose its sign.
            Self::Json(json) if json != "-0" => json.parse().ok(),
            _ => None,
        }
    }

    /// The number, where it is one.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Integer(integer) => Some(integer as f64),
            Self::Number(number) => Some(number),
            Self::Json(json) => json.parse().ok(),
            Self::Missing | Self::Text(_) => None,
        }
    }

    /// The text, unless the field is missing.
    pub fn text(self) -> Option<std::borrow::Cow<'a, str>> {
        Some(match self {
            Self::Missing => return None,
            Self::Text(text) | Self::Json(text) => text.into(),
            Self::Integer(integer) => Value::Integer(integer).text().into_owned().into(),
            Self::Number(number) => Value::Number(number).text().into_owned().into(),
        })
    }
}

/// Appends a field.
fn push(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Missing => out.push(0),
        Value::Integer(integer) => {
            out.push(1);
            out.extend_from_slice(&integer.to_le_bytes());
        }
        Value::Number(number) => push_number(*number, out),
        Value::Text(text) => push_text(3, text, out),
        Value::Json(json) => push_text(4, json, out),
    }
}

fn push_number(number: f64, out: &mut Vec<u8>) {
    if number.is_nan() {
        out.push(0);
    } else {
        out.push(2);
        out.extend_from_slice(&number.to_le_bytes());
    }
}

fn push_text(tag: u8, text: &str, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Reads fields that were encoded, one after the other.
pub(super) struct Cells<'a>(pub &'a [u8]);

impl<'a> Cells<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn take_text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(u64::from_le_bytes(self.take()?)).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        str::from_utf8(text).ok()
    }
}

/// Ends where the bytes end.
impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        let [tag] = self.take()?;
        Some(match tag {
            0 => Cell::Missing,
            1 => Cell::Integer(i64::from_le_bytes(self.take()?)),
            2 => Cell::Number(f64::from_le_bytes(self.take()?)),
            3 => Cell::Text(self.take_text()?),
            _ => Cell::Json(self.take_text()?),
        })
    }
}

/// Encodes rows as fields one after the other.
pub(super) struct RowCells;

impl Encoder for RowCells {
    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.reserve(9 * (kept.len() + numbers.len()));
        for value in kept {
            push(value, out);
        }
        for &number in numbers {
            push_number(number, out);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_and_tell_their_kind() {
        let values = [
            (Value::Missing, None),
            (Value::Integer(-7), Some(Kind::Integer)),
            (Value::Integer(i64::MAX), Some(Kind::Long)),
            (Value::Number(f64::INFINITY), Some(Kind::Number)),
            (Value::Text("é".into()), Some(Kind::Text)),
            (Value::Json("90.0".into()), Some(Kind::Number)),
            (Value::Json("90".into()), Some(Kind::Integer)),
            (Value::Json("-0".into()), Some(Kind::Number)),
            (Value::Json("12345678901234567890".into()), Some(Kind::Text)),
            (Value::Json("1e999".into()), Some(Kind::Text)),
            (Value::Json("[1]".into()), Some(Kind::Text)),
        ];
        let mut out = Vec::new();
        let kept: Vec<_> = values.iter().map(|(value, _)| value).collect();
        RowCells.row(&kept, &[f64::NAN, 0.5], &mut out).expect("everything fits");
        let cells: Vec<_> = Cells(&out).collect();
        assert_eq!(cells.len(), values.len() + 2);
        for (cell, (value, kind)) in cells.iter().zip(&values) {
            assert_eq!(cell.kind(), *kind, "{value:?}");
            assert_eq!(cell.text().unwrap_or_default(), value.text());
        }
        assert_eq!(cells[values.len()..], [Cell::Missing, Cell::Number(0.5)]);
    }

    #[test]
    fn kinds_widen() {
        assert_eq!(Kind::Integer.with(Kind::Number), Kind::Number);
        assert_eq!(Kind::Long.with(Kind::Integer), Kind::Long);
        assert_eq!(Kind::Number.with(Kind::Long), Kind::Text);
    }
}
