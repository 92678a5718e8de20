//! Tables in Markdown and LaTeX, of cells that are escaped already.

use std::fmt::Write;

/// A Markdown table. Its columns are as wide as their widest cell, so that the text is readable as it is.
pub(super) fn markdown(header: &[String], rows: &[Vec<String>]) -> String {
    let width = |text: &String| text.chars().count();
    let widths: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(width);
            cells.fold(width(name), usize::max)
        })
        .collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths);
        cells.fold("|".to_owned(), |line, (cell, &width)| format!("{line} {cell:width$} |")) + "\n"
    };
    let rule =
        widths.iter().fold("|".to_owned(), |line, width| line + &"-".repeat(width + 2) + "|");
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{rule}\n{rows}", line(header))
}

/// A LaTeX table with the rules of the package booktabs.
pub(super) fn latex(alignment: &str, header: &[String], rows: &[Vec<String>]) -> String {
    let mut text = format!("\\begin{{tabular}}{{{alignment}}}\n\\toprule\n");
    let line = |cells: &[String]| cells.join(" & ") + " \\\\\n";
    let rows: String = rows.iter().map(|row| line(row)).collect();
    // Writing to a string does not fail.
    let _ = write!(text, "{}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n", line(header));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tables_of_each_language() {
        let (header, rows) = (texts(&["a", "long"]), [texts(&["±é", ""])]);
        assert_eq!(markdown(&header, &rows), "| a  | long |\n|----|------|\n| ±é |      |\n");
        assert_eq!(markdown(&header, &[]), "| a | long |\n|---|------|\n");
        let latex = latex("lr", &header, &rows);
        assert_eq!(
            latex,
            "\\begin{tabular}{lr}\n\\toprule\na & long \\\\\n\\midrule\n±é &  \\\\\n\\bottomrule\n\\end{tabular}\n"
        );
    }
}
