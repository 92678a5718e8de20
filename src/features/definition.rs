//! What a family's columns mean: the text of `docs/features.md`, which is the only place that says so.

const DOCS: &str = include_str!("../../docs/features.md");

/// The section of the documentation on a family, in Markdown, without its heading. `None` if no family has the name.
pub fn definition(family: &str) -> Option<&'static str> {
    let is_heading = |line: &str| line.starts_with("## ") || line.starts_with("### ");
    let is_of = |line: &str| {
        let titles = line.strip_prefix("### ")?;
        Some(titles.trim_end().split(" and ").any(|title| title == family))
    };
    let start = lines(DOCS).find(|(_, line)| is_of(line) == Some(true)).map(|(end, _)| end)?;
    let rest = &DOCS[start..];
    let end = lines(rest).find(|(_, line)| is_heading(line) || line.starts_with("<a id="));
    let length = end.map_or(rest.len(), |(end, line)| end - line.len());
    Some(rest[..length].trim())
}

/// The lines of a text, each with the place where it ends.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FAMILIES;

    #[test]
    fn every_family_has_a_definition() {
        for family in FAMILIES {
            let text = definition(family.name()).unwrap_or_default();
            assert!(text.len() > 100, "{}: {text}", family.name());
            assert!(!text.contains("\n## ") && !text.contains("\n### "), "{}", family.name());
        }
        assert_eq!(definition("no such family"), None);
        assert!(
            definition("op_count").unwrap_or_default().starts_with("`op_count(o)` is the number")
        );
    }
}
