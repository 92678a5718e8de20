//! Results in; tables, figures and pages out.
//!
//! Tables for a terminal and progress bars need the cargo feature `cli`.

mod card;
mod error;
mod escape;
mod importances;
mod input;
mod labels;
mod list;
mod markup;
mod page;
#[cfg(feature = "cli")]
mod progress;
mod results;
pub mod svg;
#[cfg(feature = "cli")]
mod terminal;
mod transfer;

pub use self::card::facts;
pub use self::error::ReportError;
pub use self::importances::{ImportanceRow, importance_meaning, importances, most_important};
pub use self::input::{ReportOptions, Section, Source, base_name, read_sources};
pub use self::labels::{Label, ShownNames, UnknownLabel};
pub use self::list::{ReportFormat, TableLayout, shown_text, table, write, write_json, write_rows};
pub use self::page::{Page, figure_files};
#[cfg(feature = "cli")]
pub(crate) use self::progress::ProgressLine;
pub use self::results::{PageCell, ResultColumn, ResultRow, Results, Style};
pub use self::transfer::{names_of_matrix, write_matrix};
