//! Splits from a file: the exact encodings to train on and to test.

use std::collections::HashMap;
use std::io::Read;

use serde::Deserialize;
use serde_json::Value;

use super::{CompareError, Plan};
use crate::dataset::{Error, Pool};
use crate::table::{Input, clip};

/// The longest split that is read, decompressed, in bytes.
const LIMIT: u64 = 256 << 20;

/// What a split file holds; other keys may stand beside these.
#[derive(Debug, Deserialize)]
struct SplitFile {
    train: Vec<Value>,
    test: Vec<Value>,
}

/// Reads a split, `{"train": [encodings], "test": [encodings]}`, as JSON, plain or compressed.
///
/// # Errors
///
/// [`CompareError`] if the file cannot be read, a network is not in the pool, or one stands on both
/// sides.
pub fn read_split(input: &Input, pool: &Pool) -> Result<Plan, CompareError> {
    let wrong = |reason: String| CompareError::Split { name: input.to_string(), reason };
    let bytes = input.bytes().map_err(Error::Table)?;
    let mut text = Vec::new();
    bytes.take(LIMIT + 1).read_to_end(&mut text).map_err(|error| wrong(error.to_string()))?;
    if text.len() as u64 > LIMIT {
        return Err(wrong(format!("a split of more than {} MiB is not read", LIMIT >> 20)));
    }
    let file: SplitFile = serde_json::from_slice(&text).map_err(|error| {
        let reason = clip(&error.to_string());
        wrong(format!("{reason}; a split is {{\"train\": […], \"test\": […]}}"))
    })?;
    let Some(space) = pool.space.filter(|_| !pool.networks.is_empty()) else {
        return Err(wrong("the table has no networks that the split could name".to_owned()));
    };
    let known = pool.networks.iter().map(|known| known.encoding.as_str());
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, encoding) in known.enumerate() {
        places.entry(encoding).or_insert(place);
    }
    let mut side_of = HashMap::new();
    let mut rows = |side: &'static str, encodings: &[Value]| {
        let row = |encoding: &Value| {
            let text = encoding.as_str().map_or_else(|| encoding.to_string(), str::to_owned);
            let wrong = |reason: &str| wrong(format!("{side}: {}: {reason}", clip(&text)));
            let network = space.read(&text).map_err(|error| wrong(&error.to_string()))?;
            let text = (space.encodings()[0].write)(&network);
            let text = text.map_err(|error| wrong(&error.to_string()))?;
            let row = places.get(text.as_str()).ok_or_else(|| wrong("not in the table"))?;
            match side_of.insert(*row, side) {
                Some(other) => Err(wrong(&format!("already in {other}"))),
                None => Ok(*row),
            }
        };
        encodings.iter().map(row).collect::<Result<Vec<_>, _>>()
    };
    Ok(Plan::Given(rows("train", &file.train)?, rows("test", &file.test)?))
}
