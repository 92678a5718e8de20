//! Python pickles of plain values: numbers, texts, None, lists, tuples, dictionaries and sets.
//!
//! A pickle is a program for a small stack machine. This one makes plain values, ordered and default dictionaries and NumPy's numbers,
//! and imports and calls nothing; a pickle that needs more is refused, and what it would import is named.
//! What it makes is written as JSON and read by the rules for JSON documents.

use std::io::Seek;

use super::foreign::refusal;
use super::input::Input;
use super::json;
use super::pickle_json::{Unwritten, write};
use super::pickle_machine::{Machine, Stop};
use super::reader::{Records, Source};
use crate::table::{TableError, clip};

/// What converts pickles of other values.
const CURE: &str = "if you trust its source, convert it: python3 -c \"import json, pandas; \
     json.dump(pandas.read_pickle('{file}'), open('{stem}.json', 'w'), \
     default=lambda x: x.to_dict('records') if hasattr(x, 'to_dict') else x.tolist())\"";

/// Whether a pickle of protocol 2 or later begins like this. No text does.
pub(super) fn begins(head: &[u8]) -> bool {
    matches!(head, [0x80, 2..=5, ..])
}

/// Opens a pickle.
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    let input = source.input.clone();
    let heap = Machine::new(source.bytes).run().map_err(|stop| error(stop, &input))?;
    let read_error = |source| TableError::Read { input: input.to_string(), source };
    let mut file = tempfile::tempfile().map_err(read_error)?;
    match write(&heap, &file) {
        Ok(()) => {}
        Err(Unwritten::Failed(error)) => return Err(read_error(error)),
        Err(Unwritten::Refused(reason)) => {
            return Err(TableError::Binary { input: input.to_string(), reason: reason.to_owned() });
        }
    }
    drop(heap);
    file.rewind().map_err(read_error)?;
    json::open(Source { bytes: Box::new(file), is_rereadable: false, ..source })
}

/// The error of a pickle that is not read.
fn error(stop: Stop, input: &Input) -> TableError {
    match stop {
        Stop::Unread(source) => TableError::Read { input: input.to_string(), source },
        Stop::Damaged(reason) => {
            TableError::Binary { input: input.to_string(), reason: reason.to_owned() }
        }
        Stop::Import(name) => {
            let name = format!("a Python pickle that needs {}, not only plain values", clip(&name));
            refusal(input, name, CURE)
        }
    }
}
