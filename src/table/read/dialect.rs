//! What separates the fields of a table, and whether blanks stand around them.

use std::io;

use super::input::{Bytes, Input};
use crate::table::TableError;

/// What tables are separated by, and what it is called.
const DELIMITERS: [(u8, &str); 4] = [(b',', "`,`"), (b';', "`;`"), (b'\t', "a tab"), (b'|', "`|`")];

/// How the fields of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two fields.
    pub delimiter: u8,
    /// Whether blanks stand around them.
    pub is_padded: bool,
}

impl Dialect {
    /// How many first bytes are looked at, at most.
    pub const HEAD: usize = 64 << 10;

    /// Whether these first bytes tell the dialect: two lines and the beginning of another.
    pub fn is_head_enough(head: &[u8]) -> bool {
        let mut lines = head.trim_ascii_start().splitn(3, |&byte| byte == b'\n');
        lines.nth(2).is_some_and(|rest| !rest.is_empty())
    }

    /// Tells the dialect from the first bytes. A character separates fields if the header and the first row have as many of it,
    /// outside of quotes.
    ///
    /// # Arguments
    ///
    /// * `given` - the delimiter, if it is known
    /// * `usual` - that of the format
    ///
    /// # Errors
    ///
    /// If several characters fit.
    pub fn of_head(
        head: &[u8],
        given: Option<u8>,
        usual: u8,
        input: &Input,
    ) -> Result<Self, TableError> {
        let delimiter = match given {
            Some(delimiter) => delimiter,
            None => inferred(head, usual, input)?,
        };
        Ok(Dialect { delimiter, is_padded: is_padded(head, delimiter) })
    }

    /// The bytes of a table without the blanks in front of its fields.
    pub fn unpadded(self, bytes: Bytes) -> Bytes {
        if self.is_padded {
            Box::new(Unpadded { bytes, fields: Fields::new(self.delimiter) })
        } else {
            bytes
        }
    }
}

fn inferred(head: &[u8], usual: u8, input: &Input) -> Result<u8, TableError> {
    let mut lines = head.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let header = lines.next().unwrap_or_default();
    let row = lines.next();
    let is_in = |delimiter| count(header, delimiter) > 0;
    if !DELIMITERS.iter().any(|(delimiter, _)| *delimiter != usual && is_in(*delimiter)) {
        return Ok(usual);
    }
    let fits = |&&(delimiter, _): &&(u8, &str)| {
        is_in(delimiter) && row.is_none_or(|row| count(row, delimiter) == count(header, delimiter))
    };
    let fitting: Vec<_> = DELIMITERS.iter().filter(fits).collect();
    match fitting.as_slice() {
        [] => Ok(usual),
        [(delimiter, _)] => Ok(*delimiter),
        _ if row.is_none() => Ok(usual),
        several => Err(TableError::ChooseDelimiter {
            input: input.to_string(),
            choices: several.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(" or "),
        }),
    }
}

/// How often a delimiter stands in a line outside of quotes.
fn count(line: &[u8], delimiter: u8) -> usize {
    let mut fields = Fields::new(delimiter);
    line.iter().filter(|&&byte| fields.step(byte) == Step::End).count()
}

/// Whether blanks stand between a delimiter and the next field of the header, or between one and a quote.
fn is_padded(head: &[u8], delimiter: u8) -> bool {
    let mut fields = Fields::new(delimiter);
    let (mut is_header, mut was_blank) = (true, false);
    for &byte in head.trim_ascii_start() {
        let step = fields.step(byte);
        let is_blank = step == Step::Blank;
        if (is_header && is_blank && delimiter != b' ') || (was_blank && byte == b'"') {
            return true;
        }
        was_blank = is_blank;
        is_header &= byte != b'\n';
    }
    false
}

/// What a byte of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A blank in front of a field.
    Blank,
    /// The end of a field.
    End,
    /// Anything else.
    Other,
}

/// Follows the fields of a table byte by byte.
struct Fields {
    delimiter: u8,
    at_start: bool,
    in_quotes: bool,
    /// Whether the byte before closed a quote: another one then is a quote within the field.
    after_quote: bool,
}

impl Fields {
    fn new(delimiter: u8) -> Self {
        Fields { delimiter, at_start: true, in_quotes: false, after_quote: false }
    }

    fn step(&mut self, byte: u8) -> Step {
        let after_quote = std::mem::take(&mut self.after_quote);
        if self.in_quotes {
            self.in_quotes = byte != b'"';
            self.after_quote = !self.in_quotes;
            return Step::Other;
        }
        if byte == b'\n' || (byte == self.delimiter && !(self.at_start && byte == b' ')) {
            self.at_start = true;
            return if byte == b'\n' { Step::Other } else { Step::End };
        }
        if self.at_start && (byte == b' ' || byte == b'\t') {
            return Step::Blank;
        }
        self.in_quotes = byte == b'"' && (self.at_start || after_quote);
        self.at_start = false;
        Step::Other
    }
}

/// A reader that leaves out the blanks in front of fields.
struct Unpadded {
    bytes: Bytes,
    fields: Fields,
}

impl io::Read for Unpadded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.bytes.read(buffer)?;
            let mut kept = 0;
            for place in 0..count {
                let byte = buffer[place];
                if self.fields.step(byte) != Step::Blank {
                    buffer[kept] = byte;
                    kept += 1;
                }
            }
            if kept > 0 || count == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn dialect(head: &str) -> Result<(char, bool), String> {
        let found = Dialect::of_head(head.as_bytes(), None, b',', &"t.csv".into());
        found
            .map(|found| (char::from(found.delimiter), found.is_padded))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn header_and_first_row_tell_the_delimiter() {
        for (head, found) in [
            ("net,acc\n\"(1, 2)\",3\n", (',', false)),
            ("net;acc\n(1, 2);3\n", (';', false)),
            ("net;acc, top-1\n(1, 2, 3);3\n", (';', false)),
            ("net|acc\n(1, 2)|3", ('|', false)),
            ("net\tacc\n(1, 2)\t3\n", ('\t', false)),
            ("net;acc", (';', false)),
            ("net\n(1, 2);3\n", (',', false)),
            ("net,acc\n(1, 2),3\n", (',', false)),
            ("\"a;b\",acc\n1,2\n", (',', false)),
            ("net, acc\n\"(1, 2)\", 3\n", (',', true)),
            ("net,acc\n3, \"(1, 2)\"\n", (',', true)),
            ("net,acc\n\"(1, \"\"2)\", 3\n", (',', false)),
        ] {
            assert_eq!(dialect(head), Ok(found), "{head}");
        }
        let error = dialect("a;b,c\n1;2,3\n").unwrap_err();
        assert_eq!(error, "t.csv: the header may be separated by `,` or `;`");
    }

    #[test]
    fn blanks_in_front_of_fields_are_left_out() {
        let text = "net,   acc\n  \"(1,  \"\"2)\",  3 4\n";
        let dialect = Dialect { delimiter: b',', is_padded: true };
        let mut read = String::new();
        dialect.unpadded(Box::new(text.as_bytes())).read_to_string(&mut read).unwrap();
        assert_eq!(read, "net,acc\n\"(1,  \"\"2)\",3 4\n");
    }
}
