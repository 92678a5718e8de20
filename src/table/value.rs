//! One field of a row.

use std::borrow::Cow;

use super::number;

/// One field of a row: its text as the input had it, or the number of a binary format.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An empty CSV field, a JSON `null`, or a key that this record has not.
    Missing,
    /// Text, decoded.
    Text(Box<str>),
    /// Raw JSON text of a number, boolean, array or object. A CSV field that is a JSON number is one too, so
    /// that it is still a number when it is written as JSON.
    Json(Box<str>),
    /// An integer of a binary format.
    Integer(i64),
    /// A number of a binary format. Never NaN, which stands for a missing value there.
    Number(f64),
}

impl Value {
    /// The text of the field; empty where it is missing.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Missing => Cow::Borrowed(""),
            Self::Text(text) | Self::Json(text) => Cow::Borrowed(text),
            Self::Integer(_) | Self::Number(_) => {
                let mut text = Vec::new();
                self.push_number(&mut text);
                Cow::Owned(text.into_iter().map(char::from).collect())
            }
        }
    }

    /// Appends the text of an [`Value::Integer`] or [`Value::Number`]; nothing for other fields.
    pub(crate) fn push_number(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Integer(integer) => {
                out.extend_from_slice(itoa::Buffer::new().format(integer).as_bytes());
            }
            Self::Number(number) => number::push(number, out),
            Self::Missing | Self::Text(_) | Self::Json(_) => {}
        }
    }

    /// How much of the memory the field takes, in bytes, roughly.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Text(text) | Self::Json(text) => text.len(),
            Self::Integer(_) | Self::Number(_) => size_of::<f64>(),
        }
    }

    /// The field as a number, white space around it aside; not finite where [`f64::from_str`] says so
    /// (`nan`, `inf`, `1e999`).
    ///
    /// [`f64::from_str`]: std::str::FromStr::from_str
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Missing => None,
            Self::Text(text) | Self::Json(text) => text.trim().parse().ok(),
            Self::Integer(integer) => Some(*integer as f64),
            Self::Number(number) => Some(*number),
        }
    }

    /// Whether there is no value here.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// The value of a number of a binary format.
    pub(crate) fn from_number(number: f64) -> Self {
        if number.is_nan() { Self::Missing } else { Self::Number(number) }
    }

    /// The field as JSON. A number that JSON has no way to write is `null`.
    pub(crate) fn json(&self) -> Cow<'_, str> {
        match self {
            Self::Missing => Cow::Borrowed("null"),
            Self::Number(number) if !number.is_finite() => Cow::Borrowed("null"),
            Self::Text(text) => Cow::Owned(serde_json::Value::from(text.as_ref()).to_string()),
            Self::Json(json) => Cow::Borrowed(json),
            Self::Integer(_) | Self::Number(_) => self.text(),
        }
    }

    /// The value of a field of an untyped format such as CSV.
    pub(crate) fn from_field(field: &str) -> Self {
        if field.is_empty() {
            Self::Missing
        } else if is_json_number(field.as_bytes()) {
            Self::Json(field.into())
        } else {
            Self::Text(field.into())
        }
    }
}

/// Whether `text` is a number by JSON's grammar: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
pub(super) fn is_json_number(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, mut rest) = digits(unsigned);
    if whole.is_empty() || (whole.len() > 1 && whole[0] == b'0') {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let (decimals, after) = digits(fraction);
        if decimals.is_empty() {
            return false;
        }
        rest = after;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let unsigned =
            if let [b'+' | b'-', unsigned @ ..] = exponent { unsigned } else { exponent };
        let (power, after) = digits(unsigned);
        if power.is_empty() {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

/// Splits off the decimal digits at the start.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_numbers_are_told_from_text() {
        for number in ["0", "-0", "12", "0.5", "-1.5e+10", "1E-3", "1e999", "10.0"] {
            assert!(is_json_number(number.as_bytes()), "{number}");
        }
        for text in [
            "", "-", "01", "+1", ".5", "1.", "1e", "1e+", "nan", "inf", " 1", "1 ", "0x1", "1.5.2",
            "--1",
        ] {
            assert!(!is_json_number(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_from_text_and_json() {
        assert_eq!(Value::Text(" 1.5 ".into()).number(), Some(1.5));
        assert_eq!(Value::Json("1e999".into()).number(), Some(f64::INFINITY));
        assert_eq!(Value::Json("true".into()).number(), None);
        assert_eq!(Value::Missing.number(), None);
        assert_eq!(Value::Missing.text(), "");
        assert!(Value::from_field("").is_missing());
        assert!(Value::from_number(f64::NAN).is_missing());
        assert_eq!(Value::Integer(-7).number(), Some(-7.0));
    }

    #[test]
    fn numbers_of_binary_formats_have_a_text() {
        assert_eq!(Value::Integer(i64::MIN).text(), "-9223372036854775808");
        assert_eq!(Value::Number(93.0).text(), "93");
        assert_eq!(Value::Number(f64::NEG_INFINITY).text(), "-inf");
        assert_eq!(Value::Number(f64::NEG_INFINITY).json(), "null");
        assert_eq!(Value::Number(0.5).json(), "0.5");
        assert_eq!(Value::Text("a\"b".into()).json(), r#""a\"b""#);
    }
}
