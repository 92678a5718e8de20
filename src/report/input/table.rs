//! A table whose rows are read one by one.

use std::borrow::Cow;

use std::ops::ControlFlow;

use crate::report::ReportError;
use crate::table::{BrokenRow, Input, ReadOptions, Reader, Row, Value};

/// An open table.
pub(super) struct Table {
    reader: Reader,
    /// What it is called.
    pub name: String,
}

/// Where columns are in the rows of a table.
pub(super) struct Columns {
    input: String,
    names: Vec<String>,
}

impl Table {
    pub fn open(input: &Input) -> Result<Self, ReportError> {
        let reader = Reader::open(input, &ReadOptions::default())?;
        Ok(Self { reader, name: input.to_string() })
    }

    pub fn columns(&self) -> &[String] {
        self.reader.columns()
    }

    /// Gives each row to `each`; the first broken one is an error.
    pub fn rows(
        self,
        each: &mut dyn FnMut(&Columns, Row) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let columns = Columns { input: self.name, names: self.reader.columns().to_vec() };
        let mut failed = None;
        self.reader.read(&mut |row| {
            let done = match row {
                Ok(row) => each(&columns, row),
                Err(row) => {
                    Err(ReportError::Row { input: columns.input.clone(), row: Box::new(row) })
                }
            };
            match done {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }
}

impl Columns {
    /// Where a column is.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }

    /// The error of a value.
    pub fn wrong(&self, row: &Row, column: usize, reason: &str) -> ReportError {
        let row = BrokenRow {
            place: row.place,
            column: self.names.get(column).cloned(),
            token: row
                .values
                .get(column)
                .map_or_else(String::new, |value| value.text().into_owned()),
            reason: reason.to_owned(),
            raw: String::new(),
        };
        ReportError::Row { input: self.input.clone(), row: Box::new(row) }
    }

    /// The text in a column; empty where there is none.
    pub fn text<'a>(&self, row: &'a Row, name: &str) -> Cow<'a, str> {
        self.find(name).and_then(|at| row.values.get(at)).map_or(Cow::Borrowed(""), Value::text)
    }

    /// The number in a column; none where it is missing or not a number (`NaN`).
    pub fn number(&self, row: &Row, column: usize) -> Result<Option<f64>, ReportError> {
        let Some(value) = row.values.get(column).filter(|value| !value.text().trim().is_empty())
        else {
            return Ok(None);
        };
        match value.number() {
            Some(number) if number.is_nan() => Ok(None),
            Some(number) if number.is_finite() => Ok(Some(number)),
            _ if value.text().trim() == "null" => Ok(None),
            _ => Err(self.wrong(row, column, "expected a finite number")),
        }
    }

    /// The count in a column.
    pub fn count(&self, row: &Row, name: &str) -> Result<usize, ReportError> {
        let column = self.find(name).unwrap_or(usize::MAX);
        let text = self.text(row, name);
        text.trim().parse().map_err(|_| self.wrong(row, column, "expected a whole number"))
    }
}
