//! Parquet and Arrow for a `graf` built without the feature `parquet`: the feature is named, and what to do.

use super::foreign::refusal;
use super::reader::{Records, Source};
use crate::table::TableError;

/// Refuses a Parquet file.
pub(super) fn open_parquet(source: Source) -> Result<Box<dyn Records>, TableError> {
    Err(refused(source, "a Parquet file", "read_parquet"))
}

/// Refuses an Arrow file.
pub(super) fn open_ipc(source: Source) -> Result<Box<dyn Records>, TableError> {
    Err(refused(source, "an Arrow file", "read_feather"))
}

fn refused(source: Source, name: &str, read: &str) -> TableError {
    let Source { input, .. } = source;
    let cure = format!(
        "this one is built without the feature parquet, released ones with it; or convert the file: python3 -c \
         \"import pandas; pandas.{read}('{{file}}').to_csv('{{stem}}.csv', index=False)\""
    );
    refusal(&input, name.to_owned(), &cure)
}
