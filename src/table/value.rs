//! One field of a row.

/// One field of a row, with its text as the input had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An empty CSV field, a JSON `null`, or a key that this record has not.
    Missing,
    /// Text, decoded.
    Text(Box<str>),
    /// Raw JSON text of a number, boolean, array or object. A CSV field that is a JSON number is one too, so
    /// that it is still a number when it is written as JSON.
    Json(Box<str>),
}

impl Value {
    /// The text of the field; empty where it is missing.
    pub fn text(&self) -> &str {
        match self {
            Self::Missing => "",
            Self::Text(text) | Self::Json(text) => text,
        }
    }

    /// The field as a number, white space around it aside; not finite where [`f64::from_str`] says so
    /// (`nan`, `inf`, `1e999`).
    ///
    /// [`f64::from_str`]: std::str::FromStr::from_str
    pub fn number(&self) -> Option<f64> {
        self.text().trim().parse().ok()
    }

    /// Whether there is no value here.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
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
fn is_json_number(text: &[u8]) -> bool {
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
    }
}
