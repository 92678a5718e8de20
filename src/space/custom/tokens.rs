//! Lists of ids or names without brackets, whatever stands between them.

/// What may stand between items, tried in this order: what is no part of a name first.
const SEPARATORS: [char; 9] = ['|', ';', ',', ':', ' ', '\t', '+', '-', '_'];

/// The items of a list without brackets: for each separator that gives so many of them, the items.
pub(super) fn separated(text: &str, count: usize) -> impl Iterator<Item = Vec<&str>> {
    SEPARATORS.into_iter().filter_map(move |separator| {
        let items: Vec<_> = text.split(separator).map(str::trim).take(count + 1).collect();
        (items.len() == count).then_some(items)
    })
}

/// How many numbers a text has, if it is nothing but numbers and one separator.
pub(super) fn count_of_numbers(text: &str) -> Option<usize> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut items = text.split(separator);
    let all = items.all(|item| !item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit()));
    (all && SEPARATORS.contains(&separator)).then(|| text.split(separator).count())
}
