//! Tables for a terminal.

use std::io::{self, IsTerminal};

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

/// A table as wide as the terminal at most, with the cells in bold of which `is_bold` says so by row and column;
/// in bold only where standard output is a terminal that wants it.
pub(super) fn table(
    header: &[String],
    rows: &[Vec<String>],
    is_bold: impl Fn(usize, usize) -> bool,
) -> String {
    let styles = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    // A terminal that does not know its width says 0.
    if table.width() != Some(0) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(header);
    for (row, cells) in rows.iter().enumerate() {
        table.add_row(cells.iter().enumerate().map(|(column, text)| {
            let cell = Cell::new(text);
            if styles && is_bold(row, column) { cell.add_attribute(Attribute::Bold) } else { cell }
        }));
    }
    format!("{table}\n")
}
