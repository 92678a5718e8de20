//! Dictionaries as Python and JSON write them, with the values yet to be read.

use std::borrow::Cow;

use super::EncodingError;
use super::scan::Scanner;
use crate::table::clip;

/// The most keys: a configuration has about a hundred.
const MOST: usize = 1024;

/// What may be written around a dictionary.
const CALLS: [&str; 5] = ["Configuration", "ModelSpec", "OrderedDict", "defaultdict", "dict"];

/// The keys and values of a dictionary, those apart that are `None`, `null` or `nan`.
pub(super) struct Dict<'a> {
    entries: Vec<(Cow<'a, str>, Scanner<'a>)>,
}

impl<'a> Dict<'a> {
    /// Whether a text begins as a dictionary does.
    pub fn begins(text: &str) -> bool {
        let mut scan = Scanner::new(text);
        scan.peek() == Some(b'{') || CALLS.contains(&scan.name()) && scan.eat(b'(')
    }

    /// Reads a text that is a dictionary.
    ///
    /// # Errors
    ///
    /// Where it is none, has a key twice, or more keys than a network has parts.
    pub fn read(text: &'a str) -> Result<Self, EncodingError> {
        Self::of(Scanner::new(text))
    }

    /// Reads a text that is the dictionary of a network, or of a record that has it under one of these keys.
    ///
    /// # Errors
    ///
    /// As [`Dict::read`].
    pub fn read_within(text: &'a str, keys: &[&str]) -> Result<Self, EncodingError> {
        let dict = Self::read(text)?;
        let Some(mut inner) = keys.iter().find_map(|key| dict.get(key)) else { return Ok(dict) };
        if inner.peek() == Some(b'{') { Self::of(inner) } else { Ok(dict) }
    }

    /// Reads a value that is a dictionary.
    pub fn of(mut scan: Scanner<'a>) -> Result<Self, EncodingError> {
        let is_call = scan.peek() != Some(b'{') && !scan.name().is_empty() && scan.eat(b'(');
        if is_call {
            // ConfigSpace writes `Configuration(values={…})`.
            let _ = scan.eat_word("values") && scan.eat(b'=');
        }
        // The keys of `dict(a=1)` stand in the call itself.
        let has_braces = !is_call || scan.peek() == Some(b'{');
        if has_braces {
            scan.expect(b'{', "`{`")?;
        }
        let (end, expected) = if has_braces { (b'}', "`,` or `}`") } else { (b')', "`,` or `)`") };
        let mut dict = Dict { entries: Vec::new() };
        let mut more = !scan.eat(end);
        while more {
            let start = scan;
            let key = if has_braces { scan.quoted()? } else { Cow::Borrowed(scan.name()) };
            let (sign, name) = if has_braces {
                (b':', "`:` and the value of the key")
            } else {
                (b'=', "`=` and the value of the key")
            };
            scan.expect(sign, name)?;
            let mut value = scan.value()?;
            if dict.entries.iter().any(|(other, _)| *other == key) {
                return Err(start.error("each key once"));
            }
            if dict.entries.len() == MOST {
                return Err(start.error("at most 1,024 keys"));
            }
            if !matches!(value.rest(), "None" | "null" | "nan" | "NaN" | "\"#na#\"" | "'#na#'") {
                dict.entries.push((key, value));
            }
            let comma = scan.eat(b',');
            more = !scan.eat(end);
            if more && !comma {
                return Err(scan.error(expected));
            }
        }
        if is_call && has_braces {
            scan.eat(b',');
            scan.expect(b')', "`)`")?;
        }
        scan.end()?;
        Ok(dict)
    }

    /// Whether it has the key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(found, _)| found == key)
    }

    /// The keys, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| &**key)
    }

    /// The keys and values, in their order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Scanner<'a>)> {
        self.entries.iter().map(|(key, value)| (&**key, *value))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Scanner<'a>> {
        self.entries.iter().find(|(found, _)| found == key).map(|(_, value)| *value)
    }

    /// The value of a key that must be there.
    pub fn field(&self, key: &str) -> Result<Scanner<'a>, EncodingError> {
        self.get(key).ok_or_else(|| EncodingError::invalid(format!("missing field `{key}`")))
    }

    /// Refuses keys other than these.
    pub fn check(&self, known: &[&str]) -> Result<(), EncodingError> {
        match self.entries.iter().find(|(key, _)| !known.contains(&&**key)) {
            None => Ok(()),
            Some((key, _)) => Err(EncodingError::invalid(format!(
                "unknown field `{}`; a network has {}",
                clip(key),
                super::list(known)
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_of_python_and_json() {
        for text in [
            r#"{"a": [1, {"b": 2}], "c": "d, e"}"#,
            "{'a': [1, {'b': 2}], 'c': 'd, e', 'none': None,}",
            "Configuration(values={'a': [1, {'b': 2}], 'c': 'd, e'})",
        ] {
            assert!(Dict::begins(text));
            let dict = Dict::read(text).unwrap();
            assert_eq!(dict.get("c").unwrap().quoted().unwrap(), "d, e");
            assert!(dict.has("a") && !dict.has("none"));
            assert_eq!(dict.field("b").err().unwrap().to_string(), "missing field `b`");
        }
    }

    #[test]
    fn positions_are_those_of_the_whole_text() {
        let message = |text| Dict::read(text).err().unwrap().to_string();
        assert_eq!(
            message("{'a': 1, 'a': 2}"),
            "expected each key once at character 10, found `'a': 2}`"
        );
        assert_eq!(
            message("{'a': [1, 2}"),
            "expected the bracket that closes the last one opened at character 12, found `}`"
        );
        assert_eq!(
            message("{'a' 1}"),
            "expected `:` and the value of the key at character 6, found `1}`"
        );
        let dict = Dict::read("{'a': [1, x]}").unwrap();
        let error = dict.get("a").unwrap().list(|scan, _| scan.number().map(drop)).unwrap_err();
        assert_eq!(error.to_string(), "expected a whole number at character 11, found `x]`");
        assert!(Dict::read(&("{'a': ".to_owned() + &"[".repeat(100_000))).is_err());
    }
}
