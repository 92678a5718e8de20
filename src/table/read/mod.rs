//! Reading tables.

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
mod reader;
mod scanner;
mod small;
mod tape;
mod text;

pub use format::Format;
pub use input::Input;
pub use reader::{Emit, IsEncoding, ReadOptions, Reader};
pub use small::read_text;
