//! The columns of other tables, added to each row by its network.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;

use super::networks::open;
use super::{Error, Fault};
use crate::space::{Architecture, EncodingColumns, SearchSpace};
use crate::stream::{NUMBER_ROWS, read_chunks};
use crate::table::{Input, ReadOptions, Value};

/// The columns of joined tables, by network.
#[derive(Debug, Default)]
pub(crate) struct Joins {
    /// The names of the columns.
    pub names: Vec<String>,
    /// How many networks stand more than once in a table; the first of them counts.
    pub doubled: u64,
    /// For each table its values by network, and how many there are of each.
    tables: Vec<(HashMap<String, Vec<Value>>, usize)>,
}

/// A network in its space's first encoding.
fn canonical(space: &dyn SearchSpace, network: &Architecture) -> Result<String, Fault> {
    (space.encodings()[0].write)(network).map_err(Fault::of_network)
}

impl Joins {
    /// Reads the tables; what `columns` has already is not replaced.
    pub fn read(
        inputs: &[Input],
        encoding_column: Option<&str>,
        columns: &[String],
        space: &'static dyn SearchSpace,
    ) -> Result<Self, Error> {
        let mut joins = Joins::default();
        for input in inputs {
            let reader = open(input, &ReadOptions::default(), encoding_column, Some(space))?;
            let own = reader.columns().to_vec();
            let encoding = EncodingColumns::find(&own, encoding_column)
                .or_else(|_| EncodingColumns::find(&own, None))
                .map_err(|error| Error::Columns { input: input.to_string(), error })?;
            let broken_row =
                |row| Error::BrokenJoin { input: input.to_string(), row: Box::new(row) };
            let is_new = |name: &String| !columns.contains(name) && !joins.names.contains(name);
            let places: Vec<_> = (0..own.len()).filter(|&place| is_new(&own[place])).collect();
            let mut table = HashMap::new();
            let mut doubled = 0;
            read_chunks::<Error>(reader, NUMBER_ROWS, &mut |chunk| {
                for row in chunk {
                    let row = row.map_err(broken_row)?;
                    let network = space.read(&encoding.text(&row)).map_err(|error| Fault {
                        column: Some(encoding.name(&own)),
                        token: encoding.text(&row).into_owned(),
                        reason: error.to_string(),
                    });
                    let key = network.and_then(|network| canonical(space, &network));
                    let key = key.map_err(|fault| broken_row(fault.of(&row, &own)))?;
                    let values = places.iter().map(|&place| row.values[place].clone());
                    match table.entry(key) {
                        Entry::Occupied(_) => doubled += 1,
                        Entry::Vacant(entry) => {
                            entry.insert(values.collect::<Vec<_>>());
                        }
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
            joins.names.extend(places.iter().map(|&place| own[place].clone()));
            joins.tables.push((table, places.len()));
            joins.doubled += doubled;
        }
        Ok(joins)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The values of a network, and whether a table lacks it.
    pub fn values(
        &self,
        space: &dyn SearchSpace,
        network: &Architecture,
    ) -> Result<(Vec<&Value>, bool), Fault> {
        let key = canonical(space, network)?;
        let mut joined = Vec::with_capacity(self.names.len());
        let mut unmatched = false;
        for (table, width) in &self.tables {
            if let Some(values) = table.get(&key) {
                joined.extend(values);
            } else {
                unmatched = true;
                joined.extend(std::iter::repeat_n(&Value::Missing, *width));
            }
        }
        Ok((joined, unmatched))
    }
}
