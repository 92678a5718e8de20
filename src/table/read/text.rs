//! Plain text: an encoding a line. Blank lines, and lines that start with `#`, are passed over.

use super::input::Input;
use super::lines::Lines;
use super::reader::{Emit, Records, Source};
use crate::table::{BrokenRow, Place, Row, TableError, Value};

/// An open text input.
struct Text {
    input: Input,
    lines: Lines,
    columns: [String; 1],
}

/// Opens a text input.
#[expect(clippy::unnecessary_wraps, reason = "every format opens by one signature")]
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    Ok(Box::new(Text {
        input: source.input,
        lines: Lines::new(source.bytes),
        columns: ["net".to_owned()],
    }))
}

impl Records for Text {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let mut is_empty = true;
        loop {
            let (number, line) = match self.lines.next() {
                Ok(Some(line)) => line,
                Ok(None) if is_empty => return Err(self.input.empty()),
                Ok(None) => return Ok(()),
                Err(error) => {
                    let place = Place::Line(self.lines.number()).to_string();
                    return Err(self.input.read_error(error, &place));
                }
            };
            if line.starts_with(b"#") {
                continue;
            }
            is_empty = false;
            if emit(row(Place::Line(number), line)).is_break() {
                return Ok(());
            }
        }
    }
}

/// The row of one line.
fn row(place: Place, line: &[u8]) -> Result<Row, BrokenRow> {
    if let Ok(line) = str::from_utf8(line) {
        return Ok(Row { place, values: vec![Value::Text(line.trim().into())] });
    }
    let raw = String::from_utf8_lossy(line).into_owned();
    Err(BrokenRow {
        place,
        column: Some("net".to_owned()),
        token: raw.clone(),
        reason: "this is not UTF-8 text".to_owned(),
        raw,
    })
}
