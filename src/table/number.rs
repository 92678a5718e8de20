//! Numbers as text.

/// Whether a text is a number, as keys of an index and values are: `17`, `91.0`, `-3`.
pub(crate) fn is_number(text: &str) -> bool {
    let text = text.trim();
    text.parse::<f64>().is_ok() && text.contains(|c: char| c.is_ascii_digit())
}

/// The largest power of two up to which every integer is an `f64`.
const EXACT: u64 = 1 << 53;

/// Appends the shortest decimal that reads back as the same number; integers without `.0`, no NaN.
#[inline]
#[expect(clippy::float_cmp, reason = "whether the cast was exact is the question")]
pub(crate) fn push(number: f64, out: &mut Vec<u8>) {
    // Digits are most of what feature tables hold. The cast saturates, so that comparing tells.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "compared right after"
    )]
    let digit = number as u8;
    if digit < 10 && f64::from(digit) == number && number.is_sign_positive() {
        out.push(b'0' + digit);
    } else {
        push_any(number, out);
    }
}

#[expect(clippy::float_cmp, reason = "whether the cast was exact is the question")]
fn push_any(number: f64, out: &mut Vec<u8>) {
    #[expect(clippy::cast_possible_truncation, reason = "compared right after")]
    let integer = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, and only those are written")]
    let is_integer = integer as f64 == number && integer.unsigned_abs() <= EXACT;
    if integer == 0 && number == 0.0 && number.is_sign_negative() {
        out.extend_from_slice(b"-0");
    } else if is_integer {
        out.extend_from_slice(itoa::Buffer::new().format(integer).as_bytes());
    } else if number.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(number).as_bytes());
    } else if number.is_infinite() {
        out.extend_from_slice(if number > 0.0 { b"inf" } else { b"-inf" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(number: f64) -> String {
        let mut out = Vec::new();
        push(number, &mut out);
        String::from_utf8(out).expect("digits are ASCII")
    }

    #[test]
    fn numbers_are_short() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (7.0, "7"),
            (9.5, "9.5"),
            (10.0, "10"),
            (-1.0, "-1"),
            (256.0, "256"),
            (2.0 / 7.0, "0.2857142857142857"),
            (-1e8, "-100000000"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, ""),
        ] {
            assert_eq!(text(number), expected);
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back(number in any::<f64>().prop_filter("NaN", |number| !number.is_nan())) {
            prop_assert_eq!(text(number).parse::<f64>().expect("a number").to_bits(), number.to_bits());
        }

        #[test]
        fn integers_have_no_point(number in any::<i32>()) {
            prop_assert_eq!(text(f64::from(number)), number.to_string());
        }
    }
}
