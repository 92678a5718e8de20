//! Rows in front of the first network, where the space is told by networks and broken rows are
//! skipped: no space reads any of them.

use super::rejects::Rejects;
use super::{Error, Fault};
use crate::space::{EncodingColumns, InferError};
use crate::stream::Chunk;
use crate::table::{BrokenRow, Input, Row, TableError};

/// What has become of them so far.
#[derive(Default)]
pub(crate) struct Unidentified {
    rows: u64,
    /// The first of them, as in a message.
    first: String,
}

impl Unidentified {
    /// How many there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether a chunk of which this was found has no network, so that the next one is to tell.
    pub fn goes_on(&self, error: &Error, chunk: &Chunk) -> bool {
        let nothing = matches!(
            error,
            Error::Infer { error: InferError::NoneFits { .. } | InferError::NoRows, .. }
        );
        nothing && (self.rows > 0 || !chunk.is_empty())
    }

    /// Rejects the rows of such a chunk.
    pub fn reject(
        &mut self,
        chunk: Chunk,
        columns: &[String],
        encoding: &EncodingColumns,
        rejects: &mut Option<Rejects>,
    ) -> Result<(), TableError> {
        for row in chunk {
            let broken =
                row.map_or_else(|broken| broken, |row| no_network(&row, columns, encoding));
            if self.rows == 0 {
                self.first = broken.to_string();
            }
            self.rows += 1;
            if let Some(rejects) = rejects {
                rejects.write(&broken)?;
            }
        }
        Ok(())
    }

    /// The end of a table without a network, if there were rows at all: the rejects are put in
    /// their place, as the table has been read.
    pub fn end(self, input: &Input, rejects: Option<Rejects>) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        Err(Error::AllBroken { input: input.to_string(), rows: self.rows, first: self.first })
    }
}

fn no_network(row: &Row, columns: &[String], encoding: &EncodingColumns) -> BrokenRow {
    let fault = Fault {
        column: Some(encoding.name(columns)),
        token: encoding.text(row).into_owned(),
        reason: "an encoding of no search space; name the space to learn why".to_owned(),
    };
    fault.of(row, columns)
}
