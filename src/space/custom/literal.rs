//! Literals of Python and JSON as values: lists, tuples, dictionaries, strings, numbers, and calls by keyword such as
//! `Genotype(normal=[…])`.

use serde_json::{Map, Number, Value};

use crate::space::EncodingError;
use crate::table::clip;

/// The deepest nesting that is read.
const DEEPEST: usize = 16;

/// The longest `range` that is written out.
const LONGEST_RANGE: u64 = 256;

/// Reads a text that is one literal.
///
/// # Errors
///
/// [`EncodingError::Syntax`] with the place where the text is none.
pub(super) fn read(text: &str) -> Result<Value, EncodingError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.error("the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Option<char> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn error(&self, expected: &'static str) -> EncodingError {
        let found = if self.rest().is_empty() {
            "the end".to_owned()
        } else {
            format!("`{}`", clip(self.rest()))
        };
        let at = self.text[..self.at].chars().count() + 1;
        EncodingError::Syntax { expected, found, at }
    }

    fn value(&mut self, depth: usize) -> Result<Value, EncodingError> {
        if depth > DEEPEST {
            return Err(self.error("fewer brackets inside one another"));
        }
        match self.peek() {
            Some('[') => self.list(']', depth),
            Some('(') => self.list(')', depth),
            Some('{') => self.dictionary(depth),
            Some('\'' | '"') => self.string().map(Value::String),
            Some(c) if c.is_alphanumeric() || matches!(c, '-' | '+' | '.' | '_') => {
                self.word(depth)
            }
            _ => Err(self.error("a list, a dictionary, a string or a number")),
        }
    }

    /// After an item: whether another one follows. A comma before the end is allowed.
    fn more(&mut self, close: char) -> Result<bool, EncodingError> {
        let comma = self.eat(',');
        if self.eat(close) {
            return Ok(false);
        }
        if comma { Ok(true) } else { Err(self.error("`,` or the closing bracket")) }
    }

    fn list(&mut self, close: char, depth: usize) -> Result<Value, EncodingError> {
        self.at += 1;
        let mut items = Vec::new();
        let mut more = !self.eat(close);
        while more {
            items.push(self.value(depth + 1)?);
            more = self.more(close)?;
        }
        Ok(Value::Array(items))
    }

    fn dictionary(&mut self, depth: usize) -> Result<Value, EncodingError> {
        self.at += 1;
        let mut fields = Map::new();
        let mut more = !self.eat('}');
        while more {
            let key = match self.value(depth + 1)? {
                Value::String(key) => key,
                Value::Number(number) => number.to_string(),
                _ => return Err(self.error("a key that is a string or a number")),
            };
            if !self.eat(':') {
                return Err(self.error("`:` and the value of the key"));
            }
            let value = self.value(depth + 1)?;
            if fields.insert(key, value).is_some() {
                return Err(self.error("each key once"));
            }
            more = self.more('}')?;
        }
        Ok(Value::Object(fields))
    }

    fn string(&mut self) -> Result<String, EncodingError> {
        let quote = if self.peek() == Some('\'') { '\'' } else { '"' };
        self.at += 1;
        let mut text = String::new();
        let mut is_escaped = false;
        for c in self.rest().chars() {
            self.at += c.len_utf8();
            match c {
                _ if is_escaped => {
                    text.push(c);
                    is_escaped = false;
                }
                '\\' => is_escaped = true,
                c if c == quote => return Ok(text),
                c => text.push(c),
            }
        }
        Err(self.error("the closing quote"))
    }

    /// A number, a name, or a call.
    fn word(&mut self, depth: usize) -> Result<Value, EncodingError> {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '+' | '.' | '_');
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        self.at += word.len();
        if self.peek() == Some('(') {
            return self.call(word, depth);
        }
        if let Ok(whole) = word.parse::<u64>() {
            return Ok(whole.into());
        }
        match (word, word.parse::<f64>().ok().and_then(Number::from_f64)) {
            ("None" | "null" | "nan" | "NaN", _) => Ok(Value::Null),
            ("True" | "true", _) => Ok(Value::Bool(true)),
            ("False" | "false", _) => Ok(Value::Bool(false)),
            // 4.0 and 4 are the same.
            (_, Some(number)) => Ok(whole(&number).unwrap_or(Value::Number(number))),
            (name, None) => Ok(name.into()),
        }
    }

    /// `range(2, 6)` is the list of its numbers, `int64(3)` is 3, and `Genotype(a=1)` a dictionary.
    fn call(&mut self, name: &str, depth: usize) -> Result<Value, EncodingError> {
        self.at += 1;
        if depth >= DEEPEST {
            return Err(self.error("fewer brackets inside one another"));
        }
        let (mut fields, mut arguments) = (Map::new(), Vec::new());
        let mut more = !self.eat(')');
        while more {
            let value = self.value(depth + 1)?;
            match value {
                Value::String(key) if self.eat('=') => {
                    if fields.insert(key, self.value(depth + 1)?).is_some() {
                        return Err(self.error("each key once"));
                    }
                }
                value => arguments.push(value),
            }
            more = self.more(')')?;
        }
        match (name, arguments.as_slice(), fields.is_empty()) {
            ("range", [to], true) => self.range(&0.into(), to),
            ("range", [from, to], true) => self.range(from, to),
            (_, [], false) => Ok(Value::Object(fields)),
            (_, [_], true) => Ok(arguments.swap_remove(0)),
            _ => Err(self.error("a call with one argument, or with names before all of them")),
        }
    }

    fn range(&self, from: &Value, to: &Value) -> Result<Value, EncodingError> {
        let ends = from.as_u64().zip(to.as_u64());
        match ends.filter(|(from, to)| to.saturating_sub(*from) <= LONGEST_RANGE) {
            Some((from, to)) => Ok(Value::from((from..to).collect::<Vec<_>>())),
            None => Err(self.error("a short range of whole numbers before this")),
        }
    }
}

/// A number without digits behind the point, as a whole one.
fn whole(number: &Number) -> Option<Value> {
    let value = number.as_f64()?;
    let is_whole = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked right above"
    )]
    is_whole.then(|| Value::from(value as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn python_and_json() {
        let text = "Genotype(normal=[('sep', 1), (\"skip\", 0),], concat=range(2, 4), x={'a': 4.0, 7: None})";
        let expected = json!({"normal": [["sep", 1], ["skip", 0]], "concat": [2, 3], "x": {"a": 4, "7": null}});
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(read("[np.int64(2), 3.5, k3_e6, -1]").unwrap(), json!([2, 3.5, "k3_e6", -1.0]));
        assert_eq!(read(r#""a \" b""#).unwrap(), json!("a \" b"));
    }

    #[test]
    fn what_is_no_literal_is_refused_where_it_ends() {
        let refused = |text: &str| read(text).unwrap_err().to_string();
        assert!(
            refused("[1, 2").contains("`,` or the closing bracket at character 6, found the end")
        );
        assert!(refused("[1] 2").contains("the end at character 5"));
        assert!(refused("{'a': 1, 'a': 2}").contains("each key once"));
        assert!(refused("range(0, 1000000)").contains("short range"));
        assert!(refused(&"[".repeat(100_000)).contains("fewer brackets"));
        assert!(refused(&"f(".repeat(100_000)).contains("fewer brackets"));
        assert!(refused("'open").contains("closing quote"));
        assert!(refused("").contains("a list, a dictionary"));
    }
}
