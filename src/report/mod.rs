//! Results in; tables, figures and pages out.
//!
//! Tables for a terminal and progress bars need the cargo feature `cli`.

mod card;
mod error;
mod escape;
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
pub use self::input::{ReportOptions, Section, Source, read_sources};
pub use self::labels::{Label, Labels, UnknownLabel};
pub use self::list::{Layout, ReportFormat, table, write, write_json, write_rows};
pub use self::page::{Page, figure_files};
#[cfg(feature = "cli")]
pub(crate) use self::progress::Progress;
pub use self::results::{Cell, Column, ResultRow, Results, Style};
pub use self::transfer::{names_of_matrix, write_matrix};
