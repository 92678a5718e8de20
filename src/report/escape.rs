//! Texts from outside in the languages of reports.

/// A text that Markdown shows as it is, in a cell of a table.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '_' | '`' | '~' | '&' | '<' | '>' | '[' | ']' | '#' | '$' => {
                escaped.extend(['\\', character]);
            }
            '\n' | '\r' => escaped.push(' '), // a line is a row
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text that LaTeX shows as it is.
pub fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => escaped.extend(['\\', character]),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_the_languages_are_shown_as_they_are() {
        assert_eq!(markdown("a|b_c & *d*"), "a\\|b\\_c \\& \\*d\\*");
        assert_eq!(markdown("a\\\nb"), "a\\\\ b");
        assert_eq!(
            latex("a_b & 5% {x}^2~"),
            "a\\_b \\& 5\\% \\{x\\}\\textasciicircum{}2\\textasciitilde{}"
        );
    }
}
