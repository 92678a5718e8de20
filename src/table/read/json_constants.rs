//! `NaN`, `Infinity` and `-Infinity`, which Python's json writes although they are not JSON.

use std::borrow::Cow;

/// The longest first, as one is the end of another.
const CONSTANTS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// The text with `null` in the place of each of the constants, those in strings apart.
pub(super) fn without_constants(text: &str) -> Cow<'_, str> {
    if !CONSTANTS[1..].iter().any(|constant| text.contains(constant)) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    let (mut copied, mut at) = (0, 0);
    let (mut in_string, mut escaped) = (false, false);
    while let Some(&byte) = text.as_bytes().get(at) {
        at += 1;
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'N' | b'I' | b'-' if !in_string => {
                let rest = &text[at - 1..];
                if let Some(constant) =
                    CONSTANTS.iter().find(|constant| rest.starts_with(**constant))
                {
                    clean.push_str(&text[copied..at - 1]);
                    clean.push_str("null");
                    at += constant.len() - 1;
                    copied = at;
                }
            }
            _ => {}
        }
    }
    clean.push_str(&text[copied..]);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_outside_of_strings_are_null() {
        for (text, clean) in [
            (r#"{"a": NaN, "NaN": -Infinity}"#, r#"{"a": null, "NaN": null}"#),
            (r#"["NaN \" NaN", Infinity,-1]"#, r#"["NaN \" NaN", null,-1]"#),
            ("[NaNa]", "[nulla]"),
            ("[1]", "[1]"),
        ] {
            assert_eq!(without_constants(text), clean);
        }
    }
}
