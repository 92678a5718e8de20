//! Reading tables.

mod archive;
#[cfg(feature = "parquet")]
mod arrow;
#[cfg(not(feature = "parquet"))]
mod arrow_absent;
#[cfg(feature = "parquet")]
mod arrow_messages;
#[cfg(feature = "parquet")]
mod arrow_values;
mod columns;
mod delimited;
mod dialect;
mod fields;
mod foreign;
mod format;
mod input;
mod json;
mod json_columns;
mod json_constants;
mod json_lines;
mod json_shape;
mod json_walk;
mod limit;
mod lines;
mod nasbench101;
mod numpy;
mod numpy_header;
mod numpy_type;
mod packed;
mod part;
mod pickle;
mod pickle_json;
mod pickle_machine;
mod reader;
mod scanner;
mod small;
mod tape;
mod text;
mod tfrecord;

pub use format::Format;
pub use input::Input;
pub use reader::{Emit, IsEncoding, ReadOptions, Reader};
pub use small::read_text;
