//! One HTML page: no script, nothing from a network.

use std::fmt::Write;

use super::input::{Section, Source, base_name};
use super::results::PageCell;
use super::svg::text::xml;
use super::svg::{self, Data, Embedding, Figure};

const STYLE: &str = include_str!("page.css");

/// The most rows of data that a page shows under a figure.
const MOST_ROWS: usize = 100;

/// A report.
pub struct Page<'a> {
    /// Its title.
    pub title: &'a str,
    /// The command that makes it.
    pub command: &'a str,
    /// The commands that made its inputs.
    pub commands: &'a [String],
    /// What its inputs show.
    pub sources: &'a [Source],
}

/// Every figure as two files, `NAME.svg` and `NAME.csv`.
pub fn figure_files(sources: &[Source]) -> Vec<(String, String)> {
    let sections = sources.iter().flat_map(|source| &source.sections);
    let figures = sections.flat_map(|section| &section.figures);
    let files = figures.flat_map(|(name, figure)| {
        let drawing = svg::svg(figure.as_ref(), name, Embedding::Alone);
        [(format!("{name}.svg"), drawing), (format!("{name}.csv"), svg::csv(figure.as_ref()))]
    });
    files.collect()
}

/// An element in progress. Writing to a string does not fail.
macro_rules! put {
    ($out:expr, $($part:tt)*) => {{ let _ = writeln!($out, $($part)*); }};
}

impl Page<'_> {
    /// The page. The same inputs and commands give the same bytes.
    pub fn html(&self) -> String {
        let mut out = String::new();
        let title = xml(self.title);
        put!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
        put!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        put!(
            out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             img-src data:\">"
        );
        put!(out, "<link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>");
        put!(
            out,
            "<style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>",
            svg::STYLE
        );
        self.contents(&mut out);
        let sections = self
            .sources
            .iter()
            .flat_map(|source| source.sections.iter().map(move |section| (source, section)));
        for (number, (source, one)) in sections.enumerate() {
            section(&mut out, number + 1, source, one);
        }
        self.origin(&mut out);
        put!(out, "</main>\n</body>\n</html>");
        out
    }

    fn contents(&self, out: &mut String) {
        put!(out, "<nav aria-label=\"Contents\">\n<ol>");
        let sections = self.sources.iter().flat_map(|source| &source.sections);
        for (number, section) in sections.enumerate() {
            let heading = xml(&section.heading);
            put!(out, "<li><a href=\"#section-{}\">{heading}</a></li>", number + 1);
        }
        put!(out, "<li><a href=\"#origin\">How this was made</a></li>\n</ol>\n</nav>");
    }

    /// The inputs and the commands.
    fn origin(&self, out: &mut String) {
        put!(out, "<section aria-labelledby=\"origin\">\n<h2 id=\"origin\">How this was made</h2>");
        let version = env!("CARGO_PKG_VERSION");
        put!(
            out,
            "<p>By graf {version}, with this command:</p>\n<pre tabindex=\"0\"><code>{}</code></pre>",
            xml(self.command)
        );
        if self.commands.is_empty() {
            put!(
                out,
                "<p class=\"note\">The inputs do not say with which options they were made; <code>graf report --command</code> \
                 adds them here.</p>"
            );
        } else {
            put!(out, "<p>The inputs were made with these commands, as the author states:</p>");
            let commands: Vec<String> = self.commands.iter().map(|one| xml(one)).collect();
            put!(out, "<pre tabindex=\"0\"><code>{}</code></pre>", commands.join("\n"));
        }
        let row = |source: &Source| {
            let checksum = source.checksum.clone().unwrap_or_else(|| "–".to_owned());
            let made_by = source.made_by.clone().unwrap_or_else(|| "–".to_owned());
            vec![base_name(&source.name).to_owned(), source.kind.to_owned(), made_by, checksum]
        };
        let header = ["input", "kind", "made by", "MD5"].map(str::to_owned);
        let rows: Vec<Vec<PageCell>> =
            self.sources.iter().map(|source| plain(row(source))).collect();
        table(out, "Inputs", &header, &rows);
        put!(out, "</section>");
    }
}

fn plain(texts: Vec<String>) -> Vec<PageCell> {
    texts.into_iter().map(|text| PageCell { text, is_best: false }).collect()
}

fn section(out: &mut String, number: usize, source: &Source, section: &Section) {
    let heading = xml(&section.heading);
    put!(
        out,
        "<section aria-labelledby=\"section-{number}\">\n<h2 id=\"section-{number}\">{heading}</h2>"
    );
    put!(
        out,
        "<dl>\n<dt>source</dt><dd>{} ({})</dd>",
        xml(base_name(&source.name)),
        xml(source.kind)
    );
    for (name, value) in &section.facts {
        put!(out, "<dt>{}</dt><dd>{}</dd>", xml(name), xml(value));
    }
    put!(out, "</dl>");
    for note in &section.notes {
        put!(out, "<p class=\"note\">{}</p>", xml(note));
    }
    if let Some((header, rows, note)) = &section.results {
        table(out, &format!("Results: {}", section.heading), header, rows);
        put!(out, "<p class=\"note\">{}</p>", xml(note));
    }
    for (name, one) in &section.figures {
        figure(out, name, one.as_ref());
    }
    put!(out, "</section>");
}

fn figure(out: &mut String, name: &str, figure: &dyn Figure) {
    let title = xml(&figure.title());
    put!(out, "<h3>{title}</h3>\n<figure id=\"{name}\">");
    put!(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">");
    put!(out, "{}</div>", svg::svg(figure, name, Embedding::Page));
    put!(out, "<figcaption>{}</figcaption>", xml(&figure.note()));
    let Data { header, rows } = figure.data();
    let shown = rows.len().min(MOST_ROWS);
    let count = if shown < rows.len() {
        format!("the first {shown} of {} rows", rows.len())
    } else {
        "all rows".to_owned()
    };
    put!(out, "<details><summary>Data of this figure, {count}</summary>");
    let rows: Vec<Vec<PageCell>> = rows.into_iter().take(shown).map(plain).collect();
    table(out, &figure.title(), &header, &rows);
    put!(out, "</details>\n</figure>");
}

/// A table that is scrolled where it is too wide.
fn table(out: &mut String, name: &str, header: &[String], rows: &[Vec<PageCell>]) {
    let name = xml(name);
    put!(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{name}\">");
    put!(out, "<table aria-label=\"{name}\">\n<thead><tr>");
    for name in header {
        put!(out, "<th scope=\"col\">{}</th>", xml(name));
    }
    put!(out, "</tr></thead>\n<tbody>");
    for row in rows {
        let cell = |cell: &PageCell| {
            let text = xml(&cell.text);
            if cell.is_best {
                format!("<td><strong>{text}</strong></td>")
            } else {
                format!("<td>{text}</td>")
            }
        };
        put!(out, "<tr>{}</tr>", row.iter().map(cell).collect::<String>());
    }
    put!(out, "</tbody>\n</table>\n</div>");
}
